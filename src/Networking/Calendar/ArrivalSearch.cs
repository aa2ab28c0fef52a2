using Meridian.Primitives;

namespace Meridian.Networking.Calendar;

/// <summary>
/// The constant-rate window over several links that ends first. One sweep over the moments at which the free rate of
/// the path changes keeps, for each rate that has been free without a break, since when; a rate that is no longer free
/// leaves the stack, so every moment is touched once.
/// </summary>
internal static class ArrivalSearch
{
    internal static (long From, long To, long Rate)? Earliest(
        LinkCalendar[] links, DataSize size, Bandwidth rateMax, long notBefore, long notAfter)
    {
        if (rateMax <= Bandwidth.Zero || size.Bytes < 0)
            return null;

        var stack = new Stack<Window>();
        var moment = notBefore;
        foreach (var (next, free) in FreeSteps(links, notBefore, rateMax.BitsPerSecond))
        {
            if (next > moment && Best(stack) is { } found && found.To <= next)
                return found.To <= notAfter ? (found.From, found.To, found.Rate) : null;
            if (next >= notAfter)
                return null;
            moment = next;
            Extend(stack, size, next, free);
        }

        return Best(stack) is { } last && last.To <= notAfter ? (last.From, last.To, last.Rate) : null;
    }

    private static Window? Best(Stack<Window> stack) => stack.TryPeek(out var top) ? top.Best : null;

    /// <summary>From the moment on only the rate is free: higher ones end, and the rate has been free since the first of them.</summary>
    private static void Extend(Stack<Window> stack, DataSize size, long moment, long rate)
    {
        var since = moment;
        while (stack.TryPeek(out var top) && top.Rate >= rate)
            since = stack.Pop().From;
        if (rate <= 0)
            return;

        var window = new Window(since, End(since, size, rate), rate);
        var below = Best(stack);
        window.Best = below is not null && below.To <= window.To ? below : window;
        stack.Push(window);
    }

    private static long End(long from, DataSize size, long rate)
    {
        var ticks = (((Int128)size.Bytes * 8 * TimeSpan.TicksPerSecond) + rate - 1) / rate;
        return ticks > long.MaxValue - from ? long.MaxValue : from + (long)ticks;
    }

    /// <summary>The moments at which the least free rate of the links may change, and that rate up to the largest useful one.</summary>
    private static IEnumerable<(long Time, long Free)> FreeSteps(LinkCalendar[] links, long from, long rateMax)
    {
        var free = new long[links.Length];
        var steps = new IEnumerator<(long Time, long Level)>[links.Length];
        var queue = new PriorityQueue<int, (long, int)>();
        for (var i = 0; i < links.Length; i++)
        {
            free[i] = links[i].Capacity.BitsPerSecond - links[i].Taken.LevelAt(from);
            steps[i] = links[i].Taken.StepsAfter(from).GetEnumerator();
            if (steps[i].MoveNext())
                queue.Enqueue(i, (steps[i].Current.Time, i));
        }

        yield return (from, Least(free, rateMax));
        while (queue.TryDequeue(out var link, out var key))
        {
            free[link] = links[link].Capacity.BitsPerSecond - steps[link].Current.Level;
            if (steps[link].MoveNext())
                queue.Enqueue(link, (steps[link].Current.Time, link));
            if (!queue.TryPeek(out _, out var next) || next.Item1 > key.Item1)
                yield return (key.Item1, Least(free, rateMax));
        }
    }

    private static long Least(long[] free, long rateMax)
    {
        var least = rateMax;
        foreach (var here in free)
            least = Math.Min(least, here);
        return Math.Max(0, least);
    }

    /// <summary>A rate that has been free since a moment, and the window that ends first among it and those under it.</summary>
    private sealed class Window(long from, long to, long rate)
    {
        internal long From => from;

        internal long To => to;

        internal long Rate => rate;

        internal Window? Best { get; set; }
    }
}
