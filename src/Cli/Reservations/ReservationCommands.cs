using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>reservation</c>.</summary>
internal static class ReservationCommands
{
    private static readonly Listing<ReservationView> Reservations = new(
        one => one.Name,
        new(Texts.ColumnId, one => TransferListings.Id(one.Id)),
        new(Texts.ColumnName, one => one.Name),
        new(Texts.ColumnProject, one => one.Project),
        new(Texts.ColumnPool, one => one.Pool),
        new(Texts.ColumnState, one => one.State) { IsWord = true },
        new(Texts.ColumnBegins, one => Shown.At(one.From)),
        new(Texts.ColumnEnds, one => Shown.At(one.To)),
        new(Texts.ColumnCpu, one => Shown.Cores(one.Holdings.Sum(h => h.CpuMillicores))),
        new(Texts.ColumnMemory, one => Shown.Size(one.Holdings.Sum(h => h.MemoryBytes))),
        new(Texts.ColumnAccelerators, one => Shown.Cores(one.Holdings.Sum(h => h.AcceleratorMilli))),
        new(Texts.ColumnCost, one => one.Price),
        new(Texts.ColumnHeld, one => one.Held) { IsWide = true },
        new(Texts.ColumnCharged, one => one.Charged) { IsWide = true },
        new(Texts.ColumnNodes, one => one.Holdings.Count.ToString(CultureInfo.InvariantCulture)) { IsWide = true },
        new(Texts.ColumnOwner, one => one.Owner) { IsWide = true },
        new(Texts.ColumnFinished, one => Shown.At(one.EndedAt)) { IsWide = true });

    private static readonly Listing<ReservationQuote> Quotes = new(
        quote => quote.Price,
        new(Texts.ColumnName, quote => quote.Name),
        new(Texts.ColumnPool, quote => quote.Pool),
        new(Texts.ColumnBegins, quote => Shown.At(quote.From)),
        new(Texts.ColumnEnds, quote => Shown.At(quote.To)),
        new(Texts.ColumnNodes, quote => quote.Holdings.Count.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnCost, quote => quote.Price));

    private static readonly Listing<HoldingView> Holdings = new(
        held => held.Node,
        new(Texts.ColumnNode, held => held.Node),
        new(Texts.ColumnCpu, held => Of(held.UsedCpuMillicores, held.CpuMillicores, Shown.Cores)),
        new(Texts.ColumnMemory, held => Of(held.UsedMemoryBytes, held.MemoryBytes, Shown.Size)),
        new(Texts.ColumnAccelerators, held => Of(held.UsedAcceleratorMilli, held.AcceleratorMilli, Shown.Cores)));

    public static Command Make(Verbs verbs)
    {
        var state = verbs.Option<string?>("--state", Texts.ReservationStateOption);
        return verbs.Noun(
            "reservation",
            Texts.Reservation,
            Add(verbs),
            ListVerb.Make(
                verbs, ("ls", Texts.ReservationList), Reservations,
                (session, page, cancellation) => session.Client.GetReservationsAsync(session.Parsed.GetValue(state), page, cancellation), state),
            Show(verbs),
            Cancel(verbs));
    }

    private static Command Add(Verbs verbs)
    {
        var (name, seat) = (verbs.Argument<string>("NAME", Texts.ReservationName), new SeatOptions(verbs));
        var pool = verbs.Required<string>("--pool", Texts.ReservationPool);
        var from = verbs.WithDefault("--from", Texts.ReservationFrom, "now");
        var to = verbs.Required<string>("--to", Texts.ReservationTo);
        var project = verbs.Option<string?>("--project", Texts.ReservationProject);
        var dryRun = verbs.Option<bool>("--dry-run", Texts.ReservationDryRun);
        return verbs.Verb(
            "add",
            Texts.ReservationAdd,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var begins = SeatOptions.Moment(session, parsed.GetRequiredValue(from), session.Context.Clock.GetUtcNow());
                var wish = seat.Read(session, new(
                    parsed.GetRequiredValue(name), parsed.GetValue(project), parsed.GetRequiredValue(pool), begins,
                    SeatOptions.Moment(session, parsed.GetRequiredValue(to), begins), Count: 1, WholeNodes: null, CpuMillicores: null,
                    MemoryBytes: null, DiskBytes: null, Accelerators: null));
                if (parsed.GetValue(dryRun))
                {
                    var quote = await session.Client.QuoteReservationAsync(wish, cancellation);
                    session.Printer.One(quote, Quotes);
                    return Nodes(session, quote.Holdings);
                }

                var made = await session.Client.MakeReservationAsync(wish, cancellation);
                session.Say(Texts.ReservationMade, made.Name, made.Pool, Shown.At(made.From), Shown.At(made.To), made.Price);
                if (session.Printer.IsTable)
                    session.Printer.Line(TransferListings.Id(made.Id));
                else
                    session.Printer.One(made, Reservations);
                return ExitCode.Done;
            },
            [name, pool, from, to, .. seat.All, project, dryRun]);
    }

    private static Command Show(Verbs verbs)
    {
        var which = verbs.Argument<string>("RESERVATION", Texts.ReservationArgument);
        return verbs.Verb(
            "show",
            Texts.ReservationShow,
            async (session, cancellation) =>
            {
                var found = await FindAsync(session, session.Parsed.GetRequiredValue(which), cancellation);
                session.Printer.One(found, Reservations);
                return Nodes(session, found.Holdings);
            },
            which);
    }

    private static Command Cancel(Verbs verbs)
    {
        var which = verbs.Argument<string>("RESERVATION", Texts.ReservationArgument);
        return verbs.Verb(
            "cancel",
            Texts.ReservationCancel,
            async (session, cancellation) =>
            {
                var found = await FindAsync(session, session.Parsed.GetRequiredValue(which), cancellation);
                await session.Client.CancelReservationAsync(found.Id, cancellation);
                var ended = await session.Client.GetReservationAsync(found.Id, cancellation);
                session.Say(Texts.ReservationCancelled, ended.Name, ended.Charged);
                return ExitCode.Done;
            },
            which);
    }

    /// <summary>The reservation of the number, or the newest of the name.</summary>
    private static async Task<ReservationView> FindAsync(Session session, string which, CancellationToken cancellation)
    {
        if (long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return await session.Client.GetReservationAsync(id, cancellation);
        string? cursor = null;
        do
        {
            var page = await session.Client.GetReservationsAsync(state: null, new(cursor, Limit: 500, Sort: null), cancellation);
            if (page.Items.FirstOrDefault(one => string.Equals(one.Name, which, StringComparison.Ordinal)) is { } found)
                return found;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        throw new CommandException(ExitCode.NotFound, Texts.NoReservation, which);
    }

    private static int Nodes(Session session, IReadOnlyList<HoldingView> holdings)
    {
        if (session.Printer.IsTable)
            session.Printer.Table(holdings, Holdings);
        return ExitCode.Done;
    }

    private static string Of(long used, long held, Func<long, string> shown) =>
        held == 0 ? "" : used == 0 ? shown(held) : $"{shown(used)}/{shown(held)}";
}
