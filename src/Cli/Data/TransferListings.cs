using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>How transfers are listed.</summary>
internal static class TransferListings
{
    public static readonly Listing<TransferView> Transfers = new(
        transfer => Id(transfer.Id),
        new(Texts.ColumnId, transfer => Id(transfer.Id)),
        new(Texts.ColumnDataset, transfer => transfer.Dataset),
        new(Texts.ColumnFrom, transfer => Shown.Words(transfer.From)),
        new(Texts.ColumnTo, transfer => Shown.Words(transfer.To)),
        new(Texts.ColumnMode, transfer => transfer.Mode) { IsWord = true },
        new(Texts.ColumnPurpose, transfer => transfer.Purpose) { IsWord = true },
        new(Texts.ColumnState, transfer => transfer.State) { IsWord = true },
        new(Texts.ColumnProgress, Progress),
        new(Texts.ColumnHeldRate, transfer => Rate(transfer.BitsPerSecond)),
        new(Texts.ColumnLeft, Left),
        new(Texts.ColumnPromised, transfer => Shown.At(transfer.Promised)),
        new(Texts.ColumnKept, Kept) { IsWord = true },
        new(Texts.ColumnCost, transfer => transfer.Cost) { IsWide = true },
        new(Texts.ColumnHeld, transfer => transfer.Held) { IsWide = true },
        new(Texts.ColumnExpected, transfer => Shown.At(transfer.Expected)) { IsWide = true },
        new(Texts.ColumnFinished, transfer => Shown.At(transfer.FinishedAt)) { IsWide = true },
        new(Texts.ColumnOwner, transfer => transfer.Owner) { IsWide = true },
        new(Texts.ColumnReason, transfer => transfer.Reason) { IsWide = true });

    public static readonly Listing<TransferDetail> Detail = new(
        detail => Id(detail.Summary.Id),
        [
            .. Transfers.Columns.Select(column => new Column<TransferDetail>(column.Head, detail => column.Cell(detail.Summary)) { IsWord = column.IsWord }),
            new(Texts.ColumnSent, detail => Shown.Size(detail.BytesSent)),
            new(Texts.ColumnFailures, detail => detail.Failures.ToString(CultureInfo.InvariantCulture)),
        ]);

    public static readonly Listing<TransferQuote> Quote = new(
        quote => quote.Price,
        new(Texts.ColumnDataset, quote => $"{quote.Dataset}@{quote.Version}"),
        new(Texts.ColumnTo, quote => Shown.Words(quote.To)),
        new(Texts.ColumnMode, quote => quote.Mode) { IsWord = true },
        new(Texts.ColumnState, quote => quote.State) { IsWord = true },
        new(Texts.ColumnSize, quote => Shown.Size(quote.Bytes)),
        new(Texts.ColumnPromised, quote => Shown.At(quote.Arrival)),
        new(Texts.ColumnCost, quote => quote.Price));

    public static readonly Listing<(HopView Hop, HopWindowView Window, HopSourceView Source)> Hops = new(
        row => row.Hop.Node,
        new(Texts.ColumnFrom, row => row.Source.Node),
        new(Texts.ColumnTo, row => row.Hop.Node + (row.Hop.IsRelay ? " (relay)" : "")),
        new(Texts.ColumnPath, row => row.Source.Path.Count == 0 ? "-" : Shown.Words(row.Source.Path)),
        new(Texts.ColumnHeldRate, row => Rate(row.Source.BitsPerSecond)),
        new(Texts.ColumnStarted, row => Shown.At(row.Window.Start)),
        new(Texts.ColumnFinished, row => Shown.At(row.Window.Finish)),
        new(Texts.ColumnState, row => row.Hop.State) { IsWord = true },
        new(Texts.ColumnSize, row => Shown.Size(row.Hop.Bytes)),
        new(Texts.ColumnSealed, row => Shown.Flag(row.Hop.IsSealed)));

    public static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    public static string Rate(long bitsPerSecond) => bitsPerSecond == 0 ? "" : new Bandwidth(bitsPerSecond).ToString();

    public static string Left(TransferView transfer) =>
        transfer.SecondsLeft is { } seconds ? Duration.Format(TimeSpan.FromSeconds(Math.Ceiling(seconds))) : "";

    /// <summary>Every source of every window of every hop, for a table.</summary>
    public static IReadOnlyList<(HopView Hop, HopWindowView Window, HopSourceView Source)> Rows(IReadOnlyList<HopView> hops) =>
    [
        .. from hop in hops
           from window in hop.Windows
           from source in window.Sources
           select (hop, window, source),
    ];

    private static string Progress(TransferView transfer) => transfer.Bytes == 0
        ? ""
        : (100d * transfer.BytesDone / transfer.Bytes).ToString("0", CultureInfo.InvariantCulture) + "% of " + Shown.Size(transfer.Bytes);

    private static string Kept(TransferView transfer) => transfer.Kept is { } kept ? Shown.Flag(kept) : "";
}
