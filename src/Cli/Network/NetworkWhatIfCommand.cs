using System.CommandLine;
using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verb <c>network what-if</c>.</summary>
internal static class NetworkWhatIfCommand
{
    private static readonly Listing<LinkChangeView> Changes = new(
        change => change.Link,
        new(Texts.ColumnLink, change => change.Link),
        new(Texts.ColumnChange, change => change.Change),
        new(Texts.ColumnCircuitsLost, change => Count(change.Transfers.Sum(t => t.Lost.Count))),
        new(Texts.ColumnTransfersHit, change => Shown.Words(change.Transfers.Select(t => $"{t.Transfer}:{t.Outcome}"))),
        new(Texts.ColumnPairsCut, change => Count(change.Pairs.Count(p => p.MicrosecondsThen is null))),
        new(Texts.ColumnPairsMoved, change => Count(change.Pairs.Count(p => p.MicrosecondsThen is not null))),
        new(Texts.ColumnMeetingNow, change => Percent(change.CirclesNow.MeetingTarget)),
        new(Texts.ColumnMeetingThen, change => Percent(change.CirclesThen.MeetingTarget)));

    private static readonly Listing<TransferFateView> Transfers = new(
        fate => fate.Transfer.ToString(CultureInfo.InvariantCulture),
        new(Texts.ColumnTransfer, fate => fate.Transfer.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnDataset, fate => fate.Dataset),
        new(Texts.ColumnOutcome, fate => fate.Outcome),
        new(Texts.ColumnPromised, fate => Shown.At(fate.Promised)),
        new(Texts.ColumnExpected, fate => Shown.At(fate.ExpectedNow)),
        new(Texts.ColumnThen, fate => Shown.At(fate.ExpectedThen)),
        new(Texts.ColumnInstead, fate => string.Join(' ', fate.Instead.Select(Way))),
        new(Texts.ColumnReason, fate => fate.Reason));

    private static readonly Listing<PairFateView> Pairs = new(
        pair => $"{pair.From} {pair.To}",
        new(Texts.ColumnFrom, pair => pair.From),
        new(Texts.ColumnTo, pair => pair.To),
        new(Texts.ColumnNow, pair => Latency(pair.MicrosecondsNow, pair.CircleNow)),
        new(Texts.ColumnThen, pair => Latency(pair.MicrosecondsThen, pair.CircleThen)));

    public static Command Make(Verbs verbs)
    {
        var link = verbs.Option<string?>("--link", Texts.WhatIfLinkOption);
        var bandwidth = verbs.Option<string?>("--bandwidth", Texts.WhatIfBandwidthOption);
        var latency = verbs.Option<string?>("--latency", Texts.WhatIfLatencyOption);
        return verbs.Verb(
            "what-if",
            Texts.NetworkWhatIf,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                long? rate = parsed.GetValue(bandwidth) is { } fast ? LinkCommands.Rate(session, fast).BitsPerSecond : null;
                long? delay = parsed.GetValue(latency) is { } late ? LinkCommands.Time(session, late).Ticks / TimeSpan.TicksPerMicrosecond : null;
                Show(session, await session.Client.NetworkWhatIfAsync(parsed.GetValue(link), rate, delay, cancellation), parsed.GetValue(link) is not null);
                return ExitCode.Done;
            },
            link, bandwidth, latency);
    }

    private static void Show(Session session, IReadOnlyList<LinkChangeView> changes, bool isOneLink)
    {
        session.Printer.List(changes, Changes);
        if (!session.Printer.IsTable || !isOneLink)
            return;
        foreach (var change in changes)
        {
            session.Printer.Line();
            if (change.Transfers.Count > 0)
            {
                session.Printer.Table(change.Transfers, Transfers);
                session.Printer.Line();
            }

            session.Printer.Table(change.Pairs, Pairs);
        }
    }

    private static string Way(ImaginedCircuitView circuit) =>
        $"{Shown.Words(circuit.Links)}@{new Bandwidth(circuit.BitsPerSecond)}";

    private static string Latency(long? microseconds, string circle) =>
        microseconds is null ? "-" : $"{NetworkCommands.Milliseconds(microseconds)} ({circle})";

    private static string Percent(double share) => share.ToString("0.#%", CultureInfo.InvariantCulture);

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
