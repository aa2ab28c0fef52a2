using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verbs of <c>data</c> that are about stores outside the domain, and the noun <c>exchange</c>.</summary>
internal static class ExchangeCommands
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(500);

    private static readonly Listing<ExchangeView> Exchanges = new(
        exchange => TransferListings.Id(exchange.Id),
        new(Texts.ColumnId, exchange => TransferListings.Id(exchange.Id)),
        new(Texts.ColumnDirection, exchange => exchange.Direction) { IsWord = true },
        new(Texts.ColumnDataset, exchange => exchange.Version == 0 ? exchange.Dataset : $"{exchange.Dataset}@{exchange.Version}"),
        new(Texts.ColumnSite, exchange => exchange.Site),
        new(Texts.ColumnOutside, exchange => exchange.Url),
        new(Texts.ColumnState, exchange => exchange.State) { IsWord = true },
        new(Texts.ColumnProgress, Progress),
        new(Texts.ColumnHeldRate, exchange => TransferListings.Rate(exchange.BitsPerSecond)),
        new(Texts.ColumnReason, exchange => exchange.Reason),
        new(Texts.ColumnSize, exchange => Shown.Size(exchange.Bytes)) { IsWide = true },
        new(Texts.ColumnFiles, exchange => exchange.Files.ToString(CultureInfo.InvariantCulture)) { IsWide = true },
        new(Texts.ColumnStore, exchange => exchange.Store) { IsWide = true },
        new(Texts.ColumnNode, exchange => exchange.Node) { IsWide = true },
        new(Texts.ColumnOwner, exchange => exchange.Owner) { IsWide = true },
        new(Texts.ColumnStarted, exchange => Shown.At(exchange.SubmittedAt)) { IsWide = true },
        new(Texts.ColumnFinished, exchange => Shown.At(exchange.FinishedAt)) { IsWide = true });

    public static Command[] Make(Verbs verbs) => [Import(verbs), Export(verbs)];

    /// <summary>The noun <c>exchange</c>.</summary>
    public static Command Noun(Verbs verbs) => verbs.Noun("exchange", Texts.Exchange, List(verbs), Show(verbs), Cancel(verbs));

    private static Command Import(Verbs verbs)
    {
        var name = verbs.Argument<string>("NAME", Texts.DatasetArgument);
        var from = verbs.Required<string>("--from", Texts.ImportFromOption);
        var site = verbs.Required<string>("--at", Texts.ImportSiteOption);
        var hash = verbs.Option<string?>("--sha256", Texts.HashOption);
        var endpoint = verbs.Option<string?>("--endpoint", Texts.EndpointOption);
        var store = verbs.Option<string?>("--store", Texts.StoreOption);
        var sovereignty = verbs.WithDefault("--sovereignty", Texts.SovereigntyOption, "");
        var watch = verbs.Option<bool>("--watch", Texts.SendWatchOption, "-w");
        return verbs.Verb(
            "import",
            Texts.DataImport,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var dataset = DatasetName.Parse(parsed.GetRequiredValue(name));
                if (dataset.Version is not null)
                    throw new CommandException(ExitCode.Usage, Texts.BadDataset, dataset);
                var exchange = await session.Client.OrderExchangeAsync(
                    new(
                        "import", dataset.Name, await dataset.ProjectOfAsync(session, cancellation), Version: null, parsed.GetRequiredValue(site),
                        parsed.GetRequiredValue(from), parsed.GetValue(endpoint), parsed.GetValue(store), parsed.GetValue(hash), parsed.GetRequiredValue(sovereignty)),
                    cancellation);
                return await BeganAsync(session, exchange, parsed.GetValue(watch), cancellation);
            },
            name, from, site, hash, endpoint, store, sovereignty, watch);
    }

    private static Command Export(Verbs verbs)
    {
        var name = verbs.Argument<string>("DATASET", Texts.DatasetArgument);
        var to = verbs.Required<string>("--to", Texts.ExportToOption);
        var site = verbs.WithDefault("--at", Texts.ExportSiteOption, "");
        var endpoint = verbs.Option<string?>("--endpoint", Texts.EndpointOption);
        var store = verbs.Option<string?>("--store", Texts.StoreOption);
        var watch = verbs.Option<bool>("--watch", Texts.SendWatchOption, "-w");
        return verbs.Verb(
            "export",
            Texts.DataExport,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var dataset = DatasetName.Parse(parsed.GetRequiredValue(name));
                var exchange = await session.Client.OrderExchangeAsync(
                    new(
                        "export", dataset.Name, await dataset.ProjectOfAsync(session, cancellation), dataset.Version, parsed.GetRequiredValue(site),
                        parsed.GetRequiredValue(to), parsed.GetValue(endpoint), parsed.GetValue(store), Sha256: null, Sovereignty: null),
                    cancellation);
                return await BeganAsync(session, exchange, parsed.GetValue(watch), cancellation);
            },
            name, to, site, endpoint, store, watch);
    }

    private static Command List(Verbs verbs)
    {
        var state = verbs.Option<string?>("--state", Texts.ExchangeStateOption);
        return ListVerb.Make(
            verbs,
            ("ls", Texts.ExchangeList),
            Exchanges,
            (session, page, cancellation) => session.Client.GetExchangesAsync(session.Parsed.GetValue(state), page, cancellation),
            state);
    }

    private static Command Show(Verbs verbs)
    {
        var id = verbs.Argument<long>("ID", Texts.ExchangeArgument);
        var watch = verbs.Option<bool>("--watch", Texts.SendWatchOption, "-w");
        return verbs.Verb(
            "show",
            Texts.ExchangeShow,
            async (session, cancellation) =>
            {
                var number = session.Parsed.GetRequiredValue(id);
                if (session.Parsed.GetValue(watch))
                    return await WatchAsync(session, number, cancellation);
                session.Printer.One(await session.Client.GetExchangeAsync(number, cancellation), Exchanges);
                return ExitCode.Done;
            },
            id, watch);
    }

    private static Command Cancel(Verbs verbs)
    {
        var id = verbs.Argument<long>("ID", Texts.ExchangeArgument);
        return verbs.Verb(
            "cancel",
            Texts.ExchangeCancel,
            async (session, cancellation) =>
            {
                var number = session.Parsed.GetRequiredValue(id);
                await session.Client.CancelExchangeAsync(number, cancellation);
                var exchange = await session.Client.GetExchangeAsync(number, cancellation);
                session.Say(Texts.ExchangeChanged, number, CodeWords.In(session.Language, exchange.State));
                return ExitCode.Done;
            },
            id);
    }

    private static async Task<int> BeganAsync(Session session, ExchangeView exchange, bool isWatched, CancellationToken cancellation)
    {
        session.Say(Texts.ExchangeBegan, exchange.Id, exchange.Node);
        if (isWatched)
            return await WatchAsync(session, exchange.Id, cancellation);
        if (session.Printer.IsTable)
            session.Printer.Line(TransferListings.Id(exchange.Id));
        else
            session.Printer.One(exchange, Exchanges);
        return ExitCode.Done;
    }

    /// <summary>Says how it goes until it is over, and then what came of it.</summary>
    private static async Task<int> WatchAsync(Session session, long id, CancellationToken cancellation)
    {
        while (true)
        {
            var exchange = await session.Client.GetExchangeAsync(id, cancellation);
            session.Progress(Texts.ExchangeProgress, id, CodeWords.In(session.Language, exchange.State), Progress(exchange), TransferListings.Rate(exchange.BitsPerSecond));
            if (exchange.State is not "moving")
            {
                session.CloseLine();
                session.Printer.One(exchange, Exchanges);
                return exchange.State is "done" ? ExitCode.Done : ExitCode.Failed;
            }

            await Task.Delay(LookPause, session.Context.Clock, cancellation);
        }
    }

    private static string Progress(ExchangeView exchange) => exchange.Bytes == 0
        ? exchange.BytesDone == 0 ? "" : Shown.Size(exchange.BytesDone)
        : (100d * exchange.BytesDone / exchange.Bytes).ToString("0", CultureInfo.InvariantCulture) + "% of " + Shown.Size(exchange.Bytes);
}
