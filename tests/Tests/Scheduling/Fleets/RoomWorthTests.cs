using CsCheck;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;
using Xunit;

namespace Meridian.Tests.Scheduling.Fleets;

public sealed class RoomWorthTests
{
    private static readonly Gen<(Ask, double)> AnAsk =
        from cores in Gen.Int[1, 16]
        from gibibytes in Gen.Int[1, 32]
        from count in Gen.Int[0, 3]
        from milli in Gen.Int[1, 1_000]
        from first in Gen.Bool
        from weight in Gen.Int[1, 20]
        select (Ask(cores, gibibytes, count, milli, [first, true]), (double)weight);

    private static readonly Gen<(int[] Milli, int[] Kinds, int Cores)> ARoom =
        from milli in Gen.Int[0, 1_000].Array[1, 8]
        from kinds in Gen.Int[0, 1].Array[8]
        from cores in Gen.Int[0, 64]
        select (milli, kinds[..milli.Length], cores);

    [Fact]
    public void The_chosen_accelerator_has_room_for_the_share() =>
        Gen.Select(AnAsk.Array[1, 8], ARoom).Sample((mix, drawn) =>
        {
            var ask = mix[0].Item1;
            var room = RoomOf(drawn);
            if (!room.Holds(ask) || ask.Count != 1)
                return;
            var worth = new RoomWorth(mix, [4, 4]);

            var (_, accelerator) = worth.Loss(room, worth.Of(room), ask);

            Assert.True(ask.Suits(drawn.Kinds[accelerator], drawn.Milli[accelerator]));
        });

    [Fact]
    public void More_room_is_never_worth_less() => Gen.Select(AnAsk.Array[1, 8], ARoom, Gen.Int[0, 7]).Sample((mix, drawn, at) =>
    {
        var worth = new RoomWorth(mix, [4, 4]);
        var before = worth.Of(RoomOf(drawn));
        var milli = drawn.Milli.ToArray();
        milli[at % milli.Length] = 1_000;

        Assert.True(worth.Of(RoomOf((milli, drawn.Kinds, drawn.Cores + 1))) >= before - 1e-9);
    });

    [Fact]
    public void The_same_asks_give_the_same_losses_to_the_last_bit() => Gen.Select(AnAsk.Array[1, 8], ARoom).Sample((mix, drawn) =>
    {
        var room = RoomOf(drawn);
        if (!room.Holds(mix[0].Item1))
            return;
        var (one, other) = (new RoomWorth(mix, [4, 4]), new RoomWorth([.. mix], [4, 4]));

        Assert.Equal(one.Loss(room, one.Of(room), mix[0].Item1), other.Loss(room, other.Of(room), mix[0].Item1));
    });

    [Fact]
    public void A_share_joins_the_one_that_it_fills_the_accelerator_with()
    {
        // 650 and 320 leave 30; 320 beside 470 would leave 210, which nobody wants.
        (Ask, double)[] mix = [(Share(650), 30), (Share(320), 30), (Share(470), 60)];
        var worth = new RoomWorth(mix, [8, 0]);
        var room = RoomOf(([1_000, 530, 350], [0, 0, 0], 64));

        Assert.Equal(2, worth.Loss(room, worth.Of(room), mix[1].Item1).Accelerator);
        Assert.Equal(1, worth.Loss(room, worth.Of(room), mix[2].Item1).Accelerator);
    }

    [Fact]
    public void A_share_opens_an_accelerator_rather_than_spoil_a_place_that_is_worth_more()
    {
        (Ask, double)[] mix = [(Share(650), 30), (Share(320), 30), (Share(470), 60)];
        var worth = new RoomWorth(mix, [8, 0]);
        var room = RoomOf(([1_000, 530], [0, 0], 64));

        Assert.Equal(0, worth.Loss(room, worth.Of(room), mix[1].Item1).Accelerator);
    }

    [Fact]
    public void A_task_without_accelerators_keeps_off_the_cores_that_accelerators_need()
    {
        (Ask, double)[] mix = [(Ask(cores: 8, gibibytes: 1, count: 1, milli: 1_000, [true, true]), 1)];
        var (worth, plain) = (new RoomWorth(mix, [8, 0]), Ask(cores: 8, gibibytes: 1, count: 0, milli: 0, [true, true]));
        var scarce = RoomOf(([1_000, 1_000], [0, 0], 16));
        var ample = RoomOf(([1_000, 1_000], [0, 0], 40));

        Assert.True(worth.Loss(scarce, worth.Of(scarce), plain).Loss > 0.5);
        Assert.Equal(0, worth.Loss(ample, worth.Of(ample), plain).Loss, 1e-6);
    }

    [Fact]
    public void A_task_that_takes_any_kind_leaves_the_kind_that_others_insist_on()
    {
        var any = Ask(cores: 1, gibibytes: 1, count: 1, milli: 1_000, [true, true]);
        var worth = new RoomWorth([(any, 10), (any with { Kinds = [true, false] }, 10)], [10, 10]);
        var room = RoomOf(([1_000, 1_000], [0, 1], 16));

        Assert.Equal(1, worth.Loss(room, worth.Of(room), any).Accelerator);
    }

    private static Ask Share(int milli) => Ask(cores: 1, gibibytes: 1, count: 1, milli, [true, true]);

    private static Ask Ask(int cores, int gibibytes, int count, int milli, bool[] kinds) =>
        new(new(cores * 1_000, DataSize.FromGibibytes(gibibytes), DataSize.Zero), count, milli, [.. kinds]);

    private static Room RoomOf((int[] Milli, int[] Kinds, int Cores) drawn) =>
        new(new Capacity(drawn.Cores * 1_000, DataSize.FromGibibytes(256), DataSize.Zero), drawn.Milli, drawn.Kinds);
}
