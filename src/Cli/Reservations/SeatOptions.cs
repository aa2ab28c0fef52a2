using System.CommandLine;
using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>How much a reservation holds: so many times what a task needs, or so many whole nodes.</summary>
internal sealed class SeatOptions(Verbs verbs)
{
    private readonly Option<int?> _count = verbs.Option<int?>("--count", Texts.ReservationCount);
    private readonly Option<int?> _nodes = verbs.Option<int?>("--nodes", Texts.ReservationNodes);
    private readonly Option<decimal?> _cpu = verbs.Option<decimal?>("--cpu", Texts.ReservationCpu);
    private readonly Option<string?> _memory = verbs.Option<string?>("--memory", Texts.ReservationMemory);
    private readonly Option<string?> _disk = verbs.Option<string?>("--disk", Texts.ReservationDisk);
    private readonly Option<int?> _accelerators = verbs.Option<int?>("--accelerators", Texts.ReservationAccelerators);
    private readonly Option<string?> _model = verbs.Option<string?>("--model", Texts.ReservationModel);
    private readonly Option<string?> _class = verbs.Option<string?>("--class", Texts.ReservationClass);
    private readonly Option<decimal?> _fraction = verbs.Option<decimal?>("--fraction", Texts.ReservationFraction);

    public Symbol[] All => [_count, _nodes, _cpu, _memory, _disk, _accelerators, _model, _class, _fraction];

    /// <summary>The wish with its amounts.</summary>
    public ReservationWish Read(Session session, ReservationWish wish)
    {
        var parsed = session.Parsed;
        var hasSeat = parsed.GetValue(_cpu) is not null || parsed.GetValue(_memory) is not null || parsed.GetValue(_disk) is not null
            || parsed.GetValue(_accelerators) is not null;
        if (parsed.GetValue(_nodes) is { } nodes)
        {
            return !hasSeat && parsed.GetValue(_count) is null
                ? wish with { Count = nodes, WholeNodes = true }
                : throw new CommandException(ExitCode.Usage, Texts.NodesOrSeats);
        }

        return wish with
        {
            Count = parsed.GetValue(_count) ?? 1,
            CpuMillicores = Milli(parsed.GetValue(_cpu)),
            MemoryBytes = Size(session, parsed.GetValue(_memory)),
            DiskBytes = Size(session, parsed.GetValue(_disk)),
            Accelerators = parsed.GetValue(_accelerators) is { } count
                ? new(count, parsed.GetValue(_model), parsed.GetValue(_class), MemoryBytes: null, Milli(parsed.GetValue(_fraction)))
                : null,
        };
    }

    /// <summary>A moment, <c>now</c>, or a duration after another moment.</summary>
    public static DateTimeOffset Moment(Session session, string text, DateTimeOffset after)
    {
        if (string.Equals(text, "now", StringComparison.Ordinal))
            return session.Context.Clock.GetUtcNow();
        if (Duration.TryParse(text.TrimStart('+'), out var time))
            return after + time;
        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
                ? moment
                : throw new CommandException(ExitCode.Usage, Texts.BadQuantity, text, Texts.TimeWord.In(session.Language), "2026-12-01T20:00+08:00");
    }

    private static int? Milli(decimal? number) => number is { } some ? (int)Math.Clamp(some * 1000, 0, int.MaxValue) : null;

    private static long? Size(Session session, string? text) => text is null ? null
        : DataSize.TryParse(text, out var size) ? size.Bytes
        : throw new CommandException(ExitCode.Usage, Texts.BadQuantity, text, Texts.SizeWord.In(session.Language), "16GiB");
}
