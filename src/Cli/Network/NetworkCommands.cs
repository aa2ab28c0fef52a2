using System.CommandLine;
using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>network</c>.</summary>
internal static class NetworkCommands
{
    private const int PathCountUsual = 3;

    private static readonly Listing<SitePairView> Pairs = new(
        pair => $"{pair.From} {pair.To}",
        new(Texts.ColumnFrom, pair => pair.From),
        new(Texts.ColumnTo, pair => pair.To),
        new(Texts.ColumnCircle, pair => pair.Circle) { IsWord = true },
        new(Texts.ColumnLatency, pair => Milliseconds(pair.LatencyMicroseconds)),
        new(Texts.ColumnSource, pair => pair.Source),
        new(Texts.ColumnDeclared, pair => Milliseconds(pair.DeclaredLatencyMicroseconds)),
        new(Texts.ColumnJitter, pair => Milliseconds(pair.Measured?.JitterMicroseconds)),
        new(Texts.ColumnLoss, pair => pair.Measured is { } seen ? Percent(seen.LossShare) : ""),
        new(Texts.ColumnRate, pair => Rate(pair.Measured)),
        new(Texts.ColumnMeasuredAt, pair => Shown.At(pair.Measured?.At)));

    private static readonly Listing<MeasuredView> History = new(
        seen => Shown.At(seen.At),
        new(Texts.ColumnMeasuredAt, seen => Shown.At(seen.At)),
        new(Texts.ColumnLatency, seen => Milliseconds(seen.LatencyMicroseconds)),
        new(Texts.ColumnJitter, seen => Milliseconds(seen.JitterMicroseconds)),
        new(Texts.ColumnLoss, seen => Percent(seen.LossShare)),
        new(Texts.ColumnRate, Rate));

    private static readonly Listing<CircleShareView> Shares = new(
        share => share.Circle,
        new(Texts.ColumnCircle, share => share.Circle) { IsWord = true },
        new(Texts.ColumnWithin, share => Milliseconds(share.LatencyMicrosecondsMax)),
        new(Texts.ColumnPairs, share => share.PairCount.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnShare, share => Percent(share.Share)));

    private static readonly Listing<CircleMembersView> Members = new(
        site => site.Site,
        new(Texts.ColumnSite, site => site.Site),
        new(Texts.ColumnMetro, site => Shown.Words(site.Metro)),
        new(Texts.ColumnRegionCircle, site => Shown.Words(site.Region.Except(site.Metro, StringComparer.Ordinal))),
        new(Texts.ColumnNation, site => Shown.Words(site.Nation.Except(site.Region, StringComparer.Ordinal))));

    private static readonly Listing<NetworkPathView> Paths = new(
        path => Shown.Words(path.Links),
        new(Texts.ColumnPath, path => string.Join(" > ", path.Sites)),
        new(Texts.ColumnLinks, path => Shown.Words(path.Links)),
        new(Texts.ColumnLatency, path => Milliseconds(path.LatencyMicroseconds)),
        new(Texts.ColumnBandwidth, path => new Bandwidth(path.BitsPerSecond).ToString()),
        new(Texts.ColumnPerGigabyte, path => Shown.Money(path.PricePerGigabyte)));

    private static readonly Listing<CircuitView> CircuitsAsked = new(
        circuit => circuit.Transfer.ToString(CultureInfo.InvariantCulture),
        new(Texts.ColumnTransfer, circuit => circuit.Transfer.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnFrom, circuit => circuit.From),
        new(Texts.ColumnTo, circuit => circuit.To),
        new(Texts.ColumnLinks, circuit => Shown.Words(circuit.Links)),
        new(Texts.ColumnAsked, circuit => new Bandwidth(circuit.BitsPerSecond).ToString()),
        new(Texts.ColumnInForce, circuit => circuit.InForce is { BitsPerSecond: > 0 } held ? new Bandwidth(held.BitsPerSecond).ToString() : ""),
        new(Texts.ColumnDriver, circuit => circuit.InForce?.Driver),
        new(Texts.ColumnState, circuit => circuit.InForce?.State) { IsWord = true },
        new(Texts.ColumnPath, circuit => circuit.InForce?.Path),
        new(Texts.ColumnMended, circuit => circuit.InForce?.MendedCount.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnReason, circuit => circuit.InForce?.Detail));

    public static Command Make(Verbs verbs) => verbs.Noun(
        "network",
        Texts.Network,
        ListVerb.Make(
            verbs, ("pairs", Texts.NetworkPairs), Pairs,
            (session, page, cancellation) => session.Client.GetSitePairsAsync(page, cancellation)),
        Show(verbs),
        Circles(verbs),
        PathsBetween(verbs),
        ListVerb.Make(
            verbs, ("circuits", Texts.NetworkCircuits), CircuitsAsked,
            (session, page, cancellation) => session.Client.GetCircuitsAsync(page, cancellation)),
        NetworkWhatIfCommand.Make(verbs),
        NetworkFileCommands.Import(verbs),
        NetworkFileCommands.Export(verbs));

    /// <summary>A time in milliseconds, or nothing.</summary>
    internal static string Milliseconds(long? microseconds) =>
        microseconds is { } known ? Shown.Number(known / 1000d) + "ms" : "";

    private static Command Show(Verbs verbs)
    {
        var (from, to) = (verbs.Argument<string>("FROM", Texts.LinkFrom), verbs.Argument<string>("TO", Texts.LinkTo));
        return verbs.Verb(
            "show",
            Texts.NetworkShow,
            async (session, cancellation) =>
            {
                var detail = await session.Client.GetSitePairAsync(
                    session.Parsed.GetRequiredValue(from), session.Parsed.GetRequiredValue(to), cancellation);
                if (!session.Printer.IsTable)
                {
                    session.Printer.One(detail, new(shown => $"{shown.Pair.From} {shown.Pair.To}"));
                    return ExitCode.Done;
                }

                session.Printer.One(detail.Pair, Pairs);
                if (detail.History.Count > 0)
                {
                    session.Printer.Line();
                    session.Printer.Table(detail.History, History);
                }

                return ExitCode.Done;
            },
            from, to);
    }

    private static Command Circles(Verbs verbs)
    {
        var target = verbs.Option<string?>("--target", Texts.CircleTargetOption);
        return verbs.Verb(
            "circles",
            Texts.NetworkCircles,
            async (session, cancellation) =>
            {
                Show(session, await session.Client.GetCirclesAsync(session.Parsed.GetValue(target), cancellation));
                return ExitCode.Done;
            },
            target);
    }

    private static void Show(Session session, CirclesView circles)
    {
        if (!session.Printer.IsTable)
        {
            session.Printer.One(circles, new(shown => shown.Target));
            return;
        }

        session.Printer.Line(Texts.CirclesSummary.In(
            session.Language, circles.PairCount, circles.MeasuredPairCount, Percent(circles.ShareMeetingTarget ?? 0), circles.Target));
        session.Printer.Line();
        session.Printer.Table(circles.Shares, Shares);
        if (circles.Sites.Count > 0)
        {
            session.Printer.Line();
            session.Printer.Table(circles.Sites, Members);
        }
    }

    private static Command PathsBetween(Verbs verbs)
    {
        var (from, to) = (verbs.Argument<string>("FROM", Texts.LinkFrom), verbs.Argument<string>("TO", Texts.LinkTo));
        var by = verbs.WithDefault("--by", Texts.PathOrderOption, "latency");
        var count = verbs.WithDefault("--count", Texts.PathCountOption, PathCountUsual);
        return verbs.Verb(
            "paths",
            Texts.NetworkPaths,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var paths = await session.Client.GetPathsAsync(
                    parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetRequiredValue(by), parsed.GetValue(count), cancellation);
                session.Printer.List(paths, Paths);
                if (paths.Count == 0 && session.Printer.IsTable)
                    session.Say(Texts.NothingThere);
                return ExitCode.Done;
            },
            from, to, by, count);
    }

    private static string Percent(double share) => share.ToString("0.##%", CultureInfo.InvariantCulture);

    private static string Rate(MeasuredView? seen) => seen is { BitsPerSecond: > 0 } ? new Bandwidth(seen.BitsPerSecond).ToString() : "";
}
