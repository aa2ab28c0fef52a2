using CsCheck;
using MemoryPack;
using Meridian.Networking.Calendar;
using Meridian.Networking.Topologies;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class BandwidthCalendarTests
{
    private const int LinkCount = 4;
    private const long Capacity = 20;

    private static readonly Gen<Circuit> Circuits = Gen.Select(
        Gen.Int[1, (1 << LinkCount) - 1], Gen.Int[0, 30], Gen.Int[1, 12], Gen.Long[1, 15],
        (links, from, seconds, rate) => new Circuit
        {
            Links = [.. Enumerable.Range(0, LinkCount).Where(link => (links >> link & 1) == 1).Select(link => new LinkId(link))],
            From = At(from),
            To = At(from + seconds),
            Rate = new(rate),
        });

    [Fact]
    public void No_link_is_ever_overbooked_and_a_refusal_changes_nothing()
    {
        Circuits.Array[0, 60].Sample(circuits =>
        {
            var (calendar, taken) = (Calendar(), new List<Circuit>());
            for (var i = 0; i < circuits.Length; i++)
            {
                var before = calendar;
                (calendar, var fault) = calendar.Book(new(i), circuits[i]);

                var fits = circuits[i].Links.All(link => Fits(taken, link, circuits[i]));
                Assert.Equal(fits, fault is null);
                if (fits)
                    taken.Add(circuits[i]);
                else
                    Assert.Same(before, calendar);
            }

            Assert.Empty(calendar.Overbooked(At(0)));
            Assert.Equal(taken.Count, calendar.Bookings.Count);
        });
    }

    [Fact]
    public void Releasing_every_booking_leaves_the_calendar_as_it_was()
    {
        Circuits.Array[0, 40].Sample(circuits =>
        {
            var calendar = Calendar();
            var bytes = MemoryPackSerializer.Serialize(calendar);

            for (var i = 0; i < circuits.Length; i++)
                (calendar, _) = calendar.Book(new(i), circuits[i]);
            foreach (var (id, _) in calendar.Bookings)
                (calendar, _) = calendar.Release(new(id), At(0));

            Assert.Equal(bytes, MemoryPackSerializer.Serialize(calendar));
        });
    }

    [Fact]
    public void A_calendar_survives_its_bytes()
    {
        Circuits.Array[0, 40].Sample(circuits =>
        {
            var calendar = Calendar();
            for (var i = 0; i < circuits.Length; i++)
                (calendar, _) = calendar.Book(new(i), circuits[i]);

            var bytes = MemoryPackSerializer.Serialize(calendar);
            var again = MemoryPackSerializer.Deserialize<BandwidthCalendar>(bytes)!;

            Assert.Equal(bytes, MemoryPackSerializer.Serialize(again));
            Assert.Equal(calendar.Bookings.Values, again.Bookings.Values);
        });
    }

    [Fact]
    public void The_earliest_arrival_fits_and_no_other_rate_arrives_before_it()
    {
        Gen.Select(Circuits.Array[0, 40], Gen.Int[0, 30], Gen.Long[1, 25], Gen.Long[1, 12]).Sample((circuits, notBefore, bytes, rateMax) =>
        {
            var calendar = Calendar();
            for (var i = 0; i < circuits.Length; i++)
                (calendar, _) = calendar.Book(new(i), circuits[i]);
            LinkId[] path = [new(0), new(2), new(3)];

            var found = calendar.EarliestArrival(path, new(bytes), new(rateMax), At(notBefore));

            Assert.NotNull(found);
            Assert.Null(calendar.Book(new(99), found).Fault);
            Assert.True(found.From >= At(notBefore) && found.Rate.BitsPerSecond <= rateMax);
            Assert.True((Int128)(found.To - found.From).Ticks * found.Rate.BitsPerSecond >= (Int128)bytes * 8 * TimeSpan.TicksPerSecond);
            for (var rate = 1L; rate <= rateMax; rate++)
            {
                var needed = TimeSpan.FromTicks(((bytes * 8 * TimeSpan.TicksPerSecond) + rate - 1) / rate);
                var start = Enumerable.Range(notBefore, 60)
                    .First(second => calendar.MaxFree(path, At(second), At(second) + needed).BitsPerSecond >= rate);
                Assert.True(At(start) + needed >= found.To, $"rate {rate} from {start} arrives before {found.To}");
            }
        });
    }

    [Fact]
    public void A_change_that_does_not_fit_keeps_the_old_booking()
    {
        var (calendar, _) = Calendar().Book(new(1), Whole(rate: 10));
        (calendar, _) = calendar.Book(new(2), Whole(rate: 10));

        var (same, refused) = calendar.Change(new(1), Whole(rate: 11), At(0));
        var (less, fault) = calendar.Change(new(1), Whole(rate: 4), At(0));

        Assert.IsType<BookingFault.NoRoom>(refused);
        Assert.Same(calendar, same);
        Assert.Null(fault);
        Assert.Equal(6, less.MaxFree([new(0)], At(0), At(10)).BitsPerSecond);
    }

    [Fact]
    public void A_link_that_shrinks_under_its_bookings_is_named()
    {
        var (calendar, _) = Calendar().Book(new(1), Whole(rate: 10));

        calendar = calendar.WithCapacity(new(0), new(9));

        Assert.Equal([new LinkId(0)], calendar.Overbooked(At(0)));
        Assert.Equal(Bandwidth.Zero, calendar.MaxFree([new(0)], At(0), At(10)));
    }

    [Fact]
    public void Maintenance_leaves_nothing_to_book()
    {
        var calendar = Calendar().Block(new(0), At(2), At(4));

        Assert.Equal(Bandwidth.Zero, calendar.MaxFree([new(0)], At(0), At(10)));
        Assert.Equal(Capacity, calendar.MaxFree([new(0)], At(4), At(10)).BitsPerSecond);
    }

    private static Circuit Whole(long rate) =>
        new() { Links = [new(0)], From = At(0), To = At(10), Rate = new(rate) };

    private static bool Fits(List<Circuit> taken, LinkId link, Circuit circuit)
    {
        for (var second = circuit.From; second < circuit.To; second = second.AddSeconds(1))
        {
            var sum = taken.Where(other => other.Links.Contains(link) && other.From <= second && second < other.To)
                .Sum(other => other.Rate.BitsPerSecond);
            if (sum + circuit.Rate.BitsPerSecond > Capacity)
                return false;
        }

        return true;
    }

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static BandwidthCalendar Calendar()
    {
        var calendar = BandwidthCalendar.Empty;
        for (var link = 0; link < LinkCount; link++)
            calendar = calendar.WithCapacity(new(link), new(Capacity));
        return calendar;
    }
}
