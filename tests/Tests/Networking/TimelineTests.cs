using CsCheck;
using MemoryPack;
using Meridian.Networking.Calendar;
using Xunit;

namespace Meridian.Tests.Networking;

public class TimelineTests
{
    private const int SpanSeconds = 60;

    private static readonly Gen<(int From, int To, int Amount)[]> Reservations =
        Gen.Select(Gen.Int[0, SpanSeconds], Gen.Int[0, SpanSeconds], Gen.Int[1, 9])
            .Select((a, b, amount) => (Math.Min(a, b), Math.Max(a, b), amount)).Array[0, 40];

    [Fact]
    public void Every_amount_and_every_maximum_agree_with_counting_by_hand()
    {
        Gen.Select(Reservations, Gen.Int[0, SpanSeconds], Gen.Int[0, SpanSeconds]).Sample((reservations, a, b) =>
        {
            var (timeline, naive) = Build(reservations);
            var (from, to) = (Math.Min(a, b), Math.Max(a, b));

            var expected = from == to ? 0 : naive[from..to].Max();

            Assert.Equal(expected, timeline.MaxIn(At(from), At(to)));
            Assert.Equal(naive[from], timeline.At(At(from)));
        });
    }

    [Fact]
    public void What_is_removed_leaves_no_trace()
    {
        Gen.Select(Reservations, Reservations).Sample((kept, removed) =>
        {
            var (expected, _) = Build(kept);
            var (timeline, _) = Build([.. removed, .. kept]);

            foreach (var (from, to, amount) in removed)
                timeline = timeline.Remove(At(from), At(to), amount);

            Assert.Equal(MemoryPackSerializer.Serialize(expected), MemoryPackSerializer.Serialize(timeline));
        });
    }

    [Fact]
    public void Equal_content_has_equal_bytes_in_whatever_order_it_came()
    {
        Reservations.Sample(reservations =>
        {
            var (one, _) = Build(reservations);
            var (other, _) = Build([.. reservations.Reverse()]);

            var bytes = MemoryPackSerializer.Serialize(one);
            var again = MemoryPackSerializer.Deserialize<Timeline>(bytes);

            Assert.Equal(bytes, MemoryPackSerializer.Serialize(other));
            Assert.Equal(bytes, MemoryPackSerializer.Serialize(again));
        });
    }

    [Fact]
    public void The_earliest_window_is_the_first_that_counting_finds()
    {
        Gen.Select(Reservations, Gen.Int[0, SpanSeconds], Gen.Int[0, 20], Gen.Int[1, 30]).Sample((reservations, notBefore, duration, amount) =>
        {
            const int Capacity = 40;
            var (timeline, naive) = Build(reservations);

            var found = timeline.EarliestWindow(At(notBefore), TimeSpan.FromSeconds(duration), amount, Capacity);

            var expected = Enumerable.Range(notBefore, SpanSeconds + 1)
                .First(start => Enumerable.Range(start, duration).All(t => t >= naive.Length || naive[t] + amount <= Capacity));
            Assert.Equal(At(expected), found);
        });
    }

    [Fact]
    public void There_is_no_window_for_more_than_the_capacity()
    {
        Assert.Null(Timeline.Empty.EarliestWindow(At(0), TimeSpan.FromSeconds(1), amount: 11, capacity: 10));
        Assert.Null(Timeline.Empty.Add(At(0), At(9), 5)
            .EarliestWindow(At(0), TimeSpan.FromSeconds(1), amount: 6, capacity: 10, notAfter: At(8)));
    }

    [Fact]
    public void Pruning_changes_nothing_from_its_moment_on()
    {
        Gen.Select(Reservations, Reservations, Gen.Int[0, SpanSeconds]).Sample((before, after, moment) =>
        {
            var (whole, naive) = Build([.. before, .. after]);
            var (pruned, _) = Build(before);
            pruned = pruned.PruneBefore(At(moment));
            foreach (var (from, to, amount) in after)
                pruned = pruned.Add(At(from), At(to), amount);

            for (var second = moment; second <= SpanSeconds; second++)
                Assert.Equal(naive[second], pruned.At(At(second)));
            Assert.DoesNotContain(pruned.Steps, step => step.From < At(moment));
            Assert.Equal(
                MemoryPackSerializer.Serialize(whole.PruneBefore(At(moment))), MemoryPackSerializer.Serialize(pruned));
        });
    }

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static (Timeline Timeline, long[] Naive) Build((int From, int To, int Amount)[] reservations)
    {
        var timeline = Timeline.Empty;
        var naive = new long[SpanSeconds + 1];
        foreach (var (from, to, amount) in reservations)
        {
            timeline = timeline.Add(At(from), At(to), amount);
            for (var second = from; second < to; second++)
                naive[second] += amount;
        }

        return (timeline, naive);
    }
}
