using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>
/// The rate held on every link in slots of five seconds, for the five and a half hours to come. A circuit holds each
/// slot that it touches whole, so what is held in a slot bounds what flows at any moment of it. Sixty-four slots of all links
/// of a way are looked at together. A link is clear from the moment after which so little is held that any one circuit finds room;
/// over links that are all clear no slot needs to be looked at. Moments are milliseconds since 1970.
/// </summary>
internal sealed class SlotCalendar
{
    internal const int SlotMilliseconds = 5_000;

    internal const int SlotCount = 4096;

    /// <summary>In how many hours from this one on a circuit can end.</summary>
    internal const int HourCount = (int)(((long)SlotCount * SlotMilliseconds / 3_600_000) + 1);

    // Rates are quarters of what a way carries. A circuit this long or longer leaves a quarter of each link to short ones,
    // which else would wait for all of it.
    internal const int QuarterCount = 4;

    internal const long LongFrom = 60_000;

    private const int Word = 64;

    private readonly int[] _capacity;
    private readonly int[] _clearAtMost;
    private readonly long[] _tightUntil;
    private readonly int[]?[] _held;
    private readonly long[] _from;

    internal SlotCalendar(Topology topology)
    {
        _capacity = [.. topology.Links.Select(l => (int)Math.Min(int.MaxValue / 2, l.Capacity.BitsPerSecond / 1_000_000))];
        _clearAtMost = [.. _capacity.Select(c => Math.Max(0, c - (c / QuarterCount) - Math.Min(c, WayFinder.DepotMbps)))];
        (_tightUntil, _from) = (new long[_capacity.Length], new long[_capacity.Length]);
        _held = new int[_capacity.Length][];
    }

    internal int LinkCount => _capacity.Length;

    /// <summary>How long a circuit is held: a twentieth and a quarter of a second longer than the bytes alone take.</summary>
    internal static long HoldMilliseconds(long bytes, int mbps) =>
        (long)Math.Min(1e15, Math.Ceiling((bytes / 125d / mbps * 1.05) + 250));

    /// <summary>Whether any one circuit that the links can carry would find room on them at once; most are, at most times.</summary>
    internal bool AreClear(ReadOnlySpan<int> links, long now)
    {
        foreach (var link in links)
        {
            if (_tightUntil[link] > now)
                return false;
        }

        return true;
    }

    /// <summary>From when on the link is clear, by what is held by now.</summary>
    internal long TightUntil(int link) => _tightUntil[link];

    /// <summary>The window at once on links that are clear; none where the calendars end before, or where too little flows.</summary>
    internal static Window? AtOnce(int rateMax, long bytes, long now)
    {
        var (rate, hold) = WhenClear(rateMax, bytes);
        return hold <= (long)(SlotCount - 1) * SlotMilliseconds ? new(rate, now, now + hold) : null;
    }

    /// <summary>The least capacity of the links in megabits per second.</summary>
    internal int CapacityOf(ReadOnlySpan<int> links)
    {
        var least = int.MaxValue;
        foreach (var link in links)
            least = Math.Min(least, _capacity[link]);
        return least;
    }

    /// <summary>The window in which the bytes arrive first over the links, at a quarter, half, three quarters or all of the rate.</summary>
    internal Window? Earliest(ReadOnlySpan<int> links, int rateMax, long bytes, long now)
    {
        var isLong = HoldMilliseconds(bytes, rateMax) >= LongFrom;
        Window? best = null;
        // Links that are clear have room at any time, so only the others are looked at.
        Span<int> tight = stackalloc int[links.Length];
        var count = 0;
        foreach (var link in links)
        {
            if (_tightUntil[link] > now)
                tight[count++] = link;
        }

        for (var quarters = isLong ? QuarterCount - 1 : QuarterCount; quarters > 0; quarters--)
        {
            var rate = rateMax * quarters / QuarterCount;
            if (rate == 0)
                break;
            var hold = HoldMilliseconds(bytes, rate);
            if (best is { } found && found.Finish <= now + hold)
                break;
            if (StartOf(tight[..count], rate, hold, isLong, now) is { } start && (best is null || start + hold < best.Value.Finish))
                best = new(rate, start, start + hold);
        }

        return best;
    }

    /// <summary>When a circuit over idle links ends; the end of time where that is after the last slot.</summary>
    internal static long WhenIdle(int rateMax, long bytes, long now)
    {
        var (_, hold) = WhenClear(rateMax, bytes);
        return hold <= (long)(SlotCount - 1) * SlotMilliseconds ? now + hold : long.MaxValue;
    }

    /// <summary>
    /// Before when no circuit over the link can end, however its rate is chosen: all that is free would have to be used, up to
    /// what one circuit may have. The end of time when that does not suffice.
    /// </summary>
    internal long NotBefore(int link, int rateMax, long bytes, long now)
    {
        var isLong = HoldMilliseconds(bytes, rateMax) >= LongFrom;
        var capacity = isLong ? _capacity[link] - (_capacity[link] / 4) : _capacity[link];
        var rate = isLong ? rateMax * (QuarterCount - 1) / QuarterCount : rateMax;
        var (left, moment) = (bytes / 125d * 1.05, now);
        if (_tightUntil[link] <= now && capacity - _clearAtMost[link] >= rate)
            return moment + (long)(left / rate);
        var first = now / SlotMilliseconds;
        var row = Row(link, first);
        for (var slot = first; slot < first + SlotCount; slot++)
        {
            var free = Math.Min(rate, capacity - row[(int)(slot % SlotCount)]);
            var end = (slot + 1) * SlotMilliseconds;
            if (free > 0 && left <= (double)free * (end - moment))
                return moment + (long)(left / free);
            left -= Math.Max(0, free) * (double)(end - moment);
            moment = end;
        }

        return long.MaxValue;
    }

    /// <summary>Holds the rate on the links.</summary>
    internal void Book(ReadOnlySpan<int> links, int mbps, long start, long finish, long now)
    {
        foreach (var link in links)
        {
            var row = Row(link, now / SlotMilliseconds);
            for (var slot = start / SlotMilliseconds; slot <= (finish - 1) / SlotMilliseconds; slot++)
            {
                ref var held = ref row[(int)(slot % SlotCount)];
                held += mbps;
                if (held > _clearAtMost[link])
                    _tightUntil[link] = Math.Max(_tightUntil[link], (slot + 1) * SlotMilliseconds);
                Invariant.Holds(held <= _capacity[link], "no link carries more than it can");
            }
        }
    }

    /// <summary>The highest rate that one circuit may have, and for how long it then holds it; for ever at no rate.</summary>
    private static (int Rate, long Hold) WhenClear(int rateMax, long bytes)
    {
        if (rateMax == 0)
            return (0, long.MaxValue);
        var isLong = HoldMilliseconds(bytes, rateMax) >= LongFrom;
        var rate = isLong ? rateMax * (QuarterCount - 1) / QuarterCount : rateMax;
        return (rate, rate == 0 ? long.MaxValue : HoldMilliseconds(bytes, rate));
    }

    /// <summary>
    /// The first moment from which the rate is free for so long: now, or at the beginning of a slot. The slots are gone
    /// through a word at a time; a run of free slots goes on from one word to the next.
    /// </summary>
    private long? StartOf(ReadOnlySpan<int> links, int rate, long hold, bool isLong, long now)
    {
        var first = now / SlotMilliseconds;
        var end = first + SlotCount;
        var needNow = ((now + hold - 1) / SlotMilliseconds) - first + 1;
        var needLater = (hold + SlotMilliseconds - 1) / SlotMilliseconds;
        if (needLater > SlotCount)
            return null;
        var run = -1L;
        for (var word = first / Word * Word; word < end; word += Word)
        {
            var bits = FreeSlots(links, rate, isLong, word, first);
            if (word < first)
                bits &= ulong.MaxValue << (int)(first - word);
            if (word + Word > end)
                bits &= ulong.MaxValue >> (int)(word + Word - end);
            for (var at = 0; at < Word;)
            {
                if (run < 0)
                {
                    at += BitOperations.TrailingZeroCount(bits >> at);
                    if (at >= Word)
                        break;
                    run = word + at;
                }

                at = Math.Min(Word, at + BitOperations.TrailingZeroCount(~(bits >> at)));
                if (word + at - run >= (run == first ? needNow : needLater))
                    return run == first ? now : run * SlotMilliseconds;
                if (at < Word)
                    run = -1;
            }
        }

        return null;
    }

    /// <summary>A bit for each slot of the word in which the rate is free on every link.</summary>
    private ulong FreeSlots(ReadOnlySpan<int> links, int rate, bool isLong, long word, long first)
    {
        var bits = ulong.MaxValue;
        var offset = (nuint)(word % SlotCount);
        foreach (var link in links)
        {
            var capacity = _capacity[link];
            var limit = Vector256.Create((isLong ? Math.Max(rate, capacity - (capacity / 4)) : capacity) - rate);
            ref var held = ref MemoryMarshal.GetArrayDataReference(Row(link, first));
            var free = 0UL;
            for (var i = 0; i < Word; i += Vector256<int>.Count)
            {
                var level = Vector256.LoadUnsafe(ref held, offset + (nuint)i);
                free |= (ulong)Vector256.LessThanOrEqual(level, limit).ExtractMostSignificantBits() << i;
            }

            bits &= free;
            if (bits == 0)
                break;
        }

        return bits;
    }

    /// <summary>The slots of the link, as a ring; what is over is cleared when the link is next looked at.</summary>
    private int[] Row(int link, long first)
    {
        var row = _held[link] ??= new int[SlotCount];
        if (_from[link] >= first)
            return row;
        var until = Math.Min(first, _from[link] + SlotCount);
        for (var slot = _from[link]; slot < until; slot++)
            row[(int)(slot % SlotCount)] = 0;
        _from[link] = first;
        return row;
    }
}
