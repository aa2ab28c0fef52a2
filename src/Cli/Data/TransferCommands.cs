using System.CommandLine;
using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verbs of <c>data</c> that are about transfers.</summary>
internal static class TransferCommands
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(500);

    public static Command[] Make(Verbs verbs) =>
    [
        Send(verbs), Quote(verbs), List(verbs), Show(verbs), Change(verbs, "pause", Texts.DataPause),
        Change(verbs, "resume", Texts.DataResume), Change(verbs, "cancel", Texts.DataCancel),
    ];

    private static Command Send(Verbs verbs)
    {
        var wish = new Wish(verbs);
        var quote = verbs.Option<bool>("--quote", Texts.SendQuoteOption, "--dry-run");
        var watch = verbs.Option<bool>("--watch", Texts.SendWatchOption, "-w");
        return verbs.Verb(
            "send",
            Texts.DataSend,
            async (session, cancellation) =>
            {
                var asked = await wish.ReadAsync(session, cancellation);
                if (session.Parsed.GetValue(quote))
                    return Show(session, await session.Client.QuoteTransferAsync(asked, cancellation));
                var transfer = await session.Client.SendAsync(asked, cancellation);
                session.Say(Texts.TransferPromised, transfer.Summary.Id, Shown.At(transfer.Summary.Promised), transfer.Summary.Held);
                if (session.Parsed.GetValue(watch))
                    return await WatchAsync(session, transfer.Summary.Id, cancellation);
                if (session.Printer.IsTable)
                    session.Printer.Line(TransferListings.Id(transfer.Summary.Id));
                else
                    session.Printer.One(transfer, TransferListings.Detail);
                return ExitCode.Done;
            },
            [.. wish.Parts, quote, watch]);
    }

    private static Command Quote(Verbs verbs)
    {
        var wish = new Wish(verbs);
        return verbs.Verb(
            "quote",
            Texts.DataQuote,
            async (session, cancellation) =>
                Show(session, await session.Client.QuoteTransferAsync(await wish.ReadAsync(session, cancellation), cancellation)),
            wish.Parts);
    }

    private static Command List(Verbs verbs)
    {
        var state = verbs.Option<string?>("--state", Texts.TransferStateOption);
        return ListVerb.Make(
            verbs,
            ("transfers", Texts.DataTransfers),
            TransferListings.Transfers,
            (session, page, cancellation) => session.Client.GetTransfersAsync(session.Parsed.GetValue(state), page, cancellation),
            state);
    }

    private static Command Show(Verbs verbs)
    {
        var id = verbs.Argument<long>("ID", Texts.TransferArgument);
        var watch = verbs.Option<bool>("--watch", Texts.SendWatchOption, "-w");
        return verbs.Verb(
            "show",
            Texts.DataShow,
            async (session, cancellation) =>
            {
                var number = session.Parsed.GetRequiredValue(id);
                if (session.Parsed.GetValue(watch))
                    return await WatchAsync(session, number, cancellation);
                Show(session, await session.Client.GetTransferAsync(number, cancellation));
                return ExitCode.Done;
            },
            id, watch);
    }

    private static Command Change(Verbs verbs, string change, Phrase help)
    {
        var id = verbs.Argument<long>("ID", Texts.TransferArgument);
        return verbs.Verb(
            change,
            help,
            async (session, cancellation) =>
            {
                var number = session.Parsed.GetRequiredValue(id);
                await session.Client.ChangeTransferAsync(number, change, cancellation);
                var transfer = await session.Client.GetTransferAsync(number, cancellation);
                session.Say(Texts.TransferChanged, number, CodeWords.In(session.Language, transfer.Summary.State));
                return ExitCode.Done;
            },
            id);
    }

    /// <summary>Says how it goes until it is over, and then what came of it.</summary>
    private static async Task<int> WatchAsync(Session session, long id, CancellationToken cancellation)
    {
        while (true)
        {
            var transfer = await session.Client.GetTransferAsync(id, cancellation);
            var summary = transfer.Summary;
            session.Progress(
                Texts.TransferProgress, id, CodeWords.In(session.Language, summary.State), new DataSize(summary.BytesDone), new DataSize(summary.Bytes),
                TransferListings.Rate(summary.BitsPerSecond), TransferListings.Left(summary));
            if (summary.State is "done" or "failed" or "cancelled")
            {
                session.CloseLine();
                Show(session, transfer);
                return summary.State is "done" ? ExitCode.Done : ExitCode.Failed;
            }

            await Task.Delay(LookPause, session.Context.Clock, cancellation);
        }
    }

    private static void Show(Session session, TransferDetail transfer)
    {
        session.Printer.One(transfer, TransferListings.Detail);
        Hops(session, transfer.Hops);
    }

    private static int Show(Session session, TransferQuote quote)
    {
        session.Printer.One(quote, TransferListings.Quote);
        Hops(session, quote.Hops);
        return ExitCode.Done;
    }

    private static void Hops(Session session, IReadOnlyList<HopView> hops)
    {
        if (!session.Printer.IsTable)
            return;
        session.Printer.Line();
        session.Printer.Table(TransferListings.Rows(hops), TransferListings.Hops);
    }

    /// <summary>What is to be sent where and how, as arguments and options.</summary>
    private sealed class Wish(Verbs verbs)
    {
        private readonly Argument<string> _name = verbs.Argument<string>("DATASET", Texts.DatasetArgument);
        private readonly Option<string> _to = verbs.Required<string>("--to", Texts.SendToOption);
        private readonly Option<string?> _mode = verbs.Option<string?>("--mode", Texts.ModeOption);
        private readonly Option<string?> _rate = verbs.Option<string?>("--rate", Texts.RateOption);
        private readonly Option<string?> _deadline = verbs.Option<string?>("--deadline", Texts.DeadlineOption);
        private readonly Option<int?> _priority = verbs.Option<int?>("--priority", Texts.PriorityOption);

        private readonly Option<bool> _sealed = verbs.Option<bool>("--sealed", Texts.SealedOption);

        public Symbol[] Parts => [_name, _to, _mode, _rate, _deadline, _priority, _sealed];

        public async Task<TransferWish> ReadAsync(Session session, CancellationToken cancellation)
        {
            var parsed = session.Parsed;
            var dataset = DatasetName.Parse(parsed.GetRequiredValue(_name));
            var sites = parsed.GetRequiredValue(_to).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return new(
                dataset.Name, await dataset.ProjectOfAsync(session, cancellation), dataset.Version, sites,
                parsed.GetValue(_mode) ?? (sites.Length > 1 ? "aggregated" : "dedicated"), Rate(session), Deadline(session), parsed.GetValue(_priority),
                parsed.GetValue(_sealed));
        }

        private long? Rate(Session session)
        {
            if (session.Parsed.GetValue(_rate) is not { } text)
                return null;
            return Bandwidth.TryParse(text, out var rate) && rate > Bandwidth.Zero
                ? rate.BitsPerSecond
                : throw new CommandException(ExitCode.Usage, Texts.BadQuantity, text, Texts.BandwidthWord.In(session.Language), "500Mbps");
        }

        private DateTimeOffset? Deadline(Session session)
        {
            if (session.Parsed.GetValue(_deadline) is not { } text)
                return null;
            if (Duration.TryParse(text, out var time))
                return session.Context.Clock.GetUtcNow() + time;
            return DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
                    ? moment
                    : throw new CommandException(ExitCode.Usage, Texts.BadQuantity, text, Texts.MomentWord.In(session.Language), "6h");
        }
    }
}
