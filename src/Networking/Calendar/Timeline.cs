using MemoryPack;

namespace Meridian.Networking.Calendar;

/// <summary>
/// How much of something is reserved at every moment: a persistent step function of time. Every change gives a new
/// value that shares what did not change. Changes and questions take time logarithmic in the number of steps.
/// Intervals include their beginning and not their end.
/// </summary>
[MemoryPackable(GenerateType.NoGenerate)]
public sealed partial class Timeline
{
    /// <summary>Nothing reserved, ever.</summary>
    public static readonly Timeline Empty = new(root: null, start: 0);

    private readonly TimelineNode? _root;
    private readonly long _start;

    static Timeline() => MemoryPackFormatterProvider.Register(new Formatter());

    private Timeline(TimelineNode? root, long start) => (_root, _start) = (root, start);

    /// <summary>Whether nothing is reserved at any moment that is remembered.</summary>
    public bool IsEmpty => _root is null;

    /// <summary>The steps in order of time: from each moment on, the amount.</summary>
    public IEnumerable<(DateTimeOffset From, long Amount)> Steps =>
        StepsAfter(long.MinValue).Select(step => (Moment(step.Time), step.Level));

    /// <summary>Reserves the amount from one moment up to another; an empty interval changes nothing.</summary>
    public Timeline Add(DateTimeOffset from, DateTimeOffset to, long amount) =>
        Add(from.UtcTicks, to.UtcTicks, amount);

    /// <summary>Gives back what an equal <see cref="Add(DateTimeOffset, DateTimeOffset, long)"/> reserved, or a part of its interval.</summary>
    public Timeline Remove(DateTimeOffset from, DateTimeOffset to, long amount) =>
        Add(from.UtcTicks, to.UtcTicks, -amount);

    /// <summary>The amount at the moment; before the moment of the last pruning, the amount at that moment.</summary>
    public long At(DateTimeOffset moment) => TimelineNode.LevelAt(_root, Math.Max(moment.UtcTicks, _start));

    /// <summary>The largest amount in the interval; zero when the interval is empty.</summary>
    public long MaxIn(DateTimeOffset from, DateTimeOffset to) => MaxIn(from.UtcTicks, to.UtcTicks);

    /// <summary>
    /// The earliest moment from which the amount fits under the capacity for the whole duration, or none. Takes
    /// logarithmic time for each busy stretch that is passed over, and passes at most two per duration.
    /// </summary>
    /// <param name="notBefore">The earliest moment allowed.</param>
    /// <param name="duration">How long the room is needed.</param>
    /// <param name="amount">How much room is needed.</param>
    /// <param name="capacity">How much there is.</param>
    /// <param name="notAfter">The latest moment allowed; none when absent.</param>
    public DateTimeOffset? EarliestWindow(
        DateTimeOffset notBefore, TimeSpan duration, long amount, long capacity, DateTimeOffset? notAfter = null)
    {
        var start = EarliestWindow(notBefore.UtcTicks, duration.Ticks, checked(capacity - amount));
        return start is { } found && found <= (notAfter?.UtcTicks ?? long.MaxValue) && found <= DateTimeOffset.MaxValue.Ticks
            ? Moment(found)
            : null;
    }

    /// <summary>Forgets what was before the moment. Amounts at the moment and later stay as they were.</summary>
    public Timeline PruneBefore(DateTimeOffset moment)
    {
        var time = moment.UtcTicks;
        if (time <= _start)
            return this;
        var level = TimelineNode.LevelAt(_root, time);
        return new(TimelineNode.With(TimelineNode.After(_root, time), time, level), time);
    }

    internal Timeline Add(long from, long to, long amount)
    {
        from = Math.Max(from, _start);
        if (from >= to || amount == 0)
            return this;
        return new(
            TimelineNode.With(TimelineNode.With(_root, from, amount), to, checked(-amount)), _start);
    }

    internal long MaxIn(long from, long to)
    {
        from = Math.Max(from, _start);
        return from >= to
            ? 0
            : Math.Max(
                TimelineNode.LevelAt(_root, from), TimelineNode.LargestBetween(_root, before: 0, after: from, until: to));
    }

    internal long LevelAt(long time) => TimelineNode.LevelAt(_root, Math.Max(time, _start));

    internal long? EarliestWindow(long notBefore, long duration, long limit)
    {
        if (limit < 0 || duration < 0)
            return null;

        var start = Math.Max(notBefore, _start);
        while (true)
        {
            var end = start > long.MaxValue - duration ? long.MaxValue : start + duration;
            var last = TimelineNode.LastAbove(_root, before: 0, after: start, until: end, limit)
                ?? (duration > 0 && TimelineNode.LevelAt(_root, start) > limit ? start : null);
            if (last is not { } busy)
                return start;
            if (TimelineNode.FirstAtMost(_root, before: 0, after: busy, limit) is not { } free)
                return null;
            start = free;
        }
    }

    /// <summary>The changes after the moment, in order: each moment and the level from then on.</summary>
    internal IEnumerable<(long Time, long Level)> StepsAfter(long time)
    {
        var level = TimelineNode.LevelAt(_root, time);
        var path = new Stack<TimelineNode>();
        for (var node = _root; node is not null; node = node.Time > time ? node.Left : node.Right)
        {
            if (node.Time > time)
                path.Push(node);
        }

        while (path.TryPop(out var next))
        {
            level += next.Change;
            yield return (next.Time, level);
            for (var node = next.Right; node is not null; node = node.Left)
                path.Push(node);
        }
    }

    private static DateTimeOffset Moment(long ticks) => new(Math.Max(0, ticks), TimeSpan.Zero);

    /// <summary>Writes the steps in order of time, so that equal timelines have equal bytes whatever their history.</summary>
    private sealed class Formatter : MemoryPackFormatter<Timeline>
    {
        public override void Serialize<TBufferWriter>(
            ref MemoryPackWriter<TBufferWriter> writer, scoped ref Timeline? value)
        {
            value ??= Empty;
            var steps = value.StepsAfter(long.MinValue).ToArray();
            writer.WriteVarInt(value._start);
            writer.WriteVarInt(steps.Length);
            var (time, level) = (0L, 0L);
            foreach (var step in steps)
            {
                writer.WriteVarInt(step.Time - time);
                writer.WriteVarInt(step.Level - level);
                (time, level) = step;
            }
        }

        public override void Deserialize(ref MemoryPackReader reader, scoped ref Timeline? value)
        {
            var start = reader.ReadVarIntInt64();
            var changes = new (long Time, long Change)[CountOf(reader.ReadVarIntInt32(), reader.Remaining)];
            var time = 0L;
            for (var i = 0; i < changes.Length; i++)
            {
                time = checked(time + reader.ReadVarIntInt64());
                changes[i] = (time, reader.ReadVarIntInt64());
                if (changes[i].Change == 0 || (i > 0 && changes[i - 1].Time >= time))
                    MemoryPackSerializationException.ThrowMessage("the steps of a timeline are in order of time");
            }

            value = new(TimelineNode.FromSorted(changes), start);
        }

        private static int CountOf(int count, long bytesLeft)
        {
            if (count < 0 || count > bytesLeft / 2)
                MemoryPackSerializationException.ThrowMessage("a timeline has as many steps as it says");
            return count;
        }
    }
}
