using System.Diagnostics;
using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Networking.Calendar;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Benches.Networks;

/// <summary>Bookings a second and the time of an answer with a million live bookings.</summary>
internal sealed class CalendarBench : IBench
{
    private const int LinkCount = 1_000;
    private const int HopCountMax = 5;
    private const int SampleCount = 20_000;
    private const int SpanSeconds = 30 * 86_400;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public string Name => "calendar";

    /// <inheritdoc/>
    public string Summary => "bookings a second and latency at so many live bookings [--bookings 1000000]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var random = new Seed(1);
        var calendar = Filled(arguments.Number("--bookings", 1_000_000), ref random, figures);
        var nextId = (long)calendar.Bookings.Count * 10;

        var queries = Enumerable.Range(0, SampleCount).Select(_ => Draw(ref random)).ToArray();
        Record("max_free", queries, circuit => calendar.MaxFree(circuit.Links, circuit.From, circuit.To), figures);
        Record("earliest_arrival", queries, circuit => calendar.EarliestArrival(
            circuit.Links, new(circuit.Rate.BitsPerSecond * 60), Bandwidth.FromMbps(2_000), circuit.From), figures);
        Record("book", queries, circuit => (calendar, _) = calendar.Book(new(nextId++), circuit), figures);
        var ids = calendar.Bookings.From(0).Take(SampleCount).Select(booking => new BookingId(booking.Key)).ToArray();
        Record("release", ids, id => (calendar, _) = calendar.Release(id, Start), figures);
        figures["overbooked_links_count"] = calendar.Overbooked(Start).Count();

        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44} {value,14:0.###}"));
        return arguments.Finish(output, figures);
    }

    /// <summary>Asks for circuits at random until so many are taken.</summary>
    private static BandwidthCalendar Filled(int bookingCount, ref Seed random, SortedDictionary<string, double> figures)
    {
        var calendar = BandwidthCalendar.Empty;
        for (var link = 0; link < LinkCount; link++)
            calendar = calendar.WithCapacity(new(link), Bandwidth.FromMbps(100_000));

        var clock = Stopwatch.StartNew();
        var (id, asked) = (0L, 0L);
        while (calendar.Bookings.Count < bookingCount)
        {
            asked++;
            (calendar, var fault) = calendar.Book(new(id), Draw(ref random));
            id += fault is null ? 1 : 0;
        }

        figures["live_bookings_count"] = calendar.Bookings.Count;
        figures["refused_while_filling_count"] = asked - bookingCount;
        figures["filling_asked_per_second"] = asked / clock.Elapsed.TotalSeconds;
        figures["links_count"] = LinkCount;
        figures["memory_megabytes"] = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        return calendar;
    }

    private static Circuit Draw(ref Seed random)
    {
        var (first, hops) = (random.Next(LinkCount - HopCountMax), 1 + random.Next(HopCountMax));
        var from = Start.AddSeconds(random.Next(SpanSeconds));
        return new()
        {
            Links = [.. Enumerable.Range(first, hops).Select(link => new LinkId(link))],
            From = from,
            To = from.AddSeconds(60 + random.Next(6 * 3_600)),
            Rate = Bandwidth.FromMbps(100 + random.Next(2_000)),
        };
    }

    private static void Record<TItem, TAnswer>(
        string name, TItem[] items, Func<TItem, TAnswer> work, SortedDictionary<string, double> figures)
    {
        var (times, outside) = (new double[items.Length], new double[items.Length]);
        var whole = Stopwatch.StartNew();
        for (var i = 0; i < items.Length; i++)
        {
            var (paused, began) = (GC.GetTotalPauseDuration(), Stopwatch.GetTimestamp());
            work(items[i]);
            times[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
            outside[i] = times[i] - (GC.GetTotalPauseDuration() - paused).TotalMicroseconds;
        }

        figures[name + "_per_second"] = items.Length / whole.Elapsed.TotalSeconds;
        Array.Sort(times);
        figures[name + "_median_microseconds"] = times[times.Length / 2];
        figures[name + "_p99_microseconds"] = times[times.Length * 99 / 100];
        figures[name + "_worst_microseconds"] = times[^1];
        figures[name + "_worst_outside_collections_microseconds"] = outside.Max();
    }
}
