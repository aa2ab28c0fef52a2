using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verb <c>bill</c>.</summary>
internal static class BillCommand
{
    private static readonly Listing<BillLine> Lines = new(
        line => line.Job.ToString(CultureInfo.InvariantCulture),
        new(Texts.ColumnAt, line => Shown.At(line.At)),
        new(Texts.ColumnJob, line => $"{line.Job} {line.JobName}"),
        new(Texts.ColumnProject, line => line.Project),
        new(Texts.ColumnKind, line => line.Kind) { IsWord = true },
        new(Texts.ColumnPayee, line => line.Payee),
        new(Texts.ColumnAmount, line => line.Amount),
        new(Texts.ColumnText, line => line.Text));

    public static Command Make(Verbs verbs)
    {
        var tenant = verbs.Option<string?>("--tenant", Texts.TenantOption);
        var job = verbs.Option<long?>("--job", Texts.BillJobOption);
        var limit = verbs.WithDefault("--limit", Texts.LimitOption, Paging.CountUsual);
        return verbs.Verb(
            "bill",
            Texts.Bill,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                Bill? first = null;
                var (lines, hasMore) = await Paging.CollectAsync(
                    async page =>
                    {
                        var bill = await session.Client.GetBillAsync(
                            parsed.GetValue(tenant), parsed.GetValue(job), page.Cursor, cancellation);
                        first ??= bill;
                        return new Page<BillLine>(bill.Lines, bill.NextCursor);
                    },
                    Math.Max(1, parsed.GetValue(limit)));
                Show(session, first! with { Lines = lines, NextCursor = null });
                if (hasMore)
                    session.Say(Texts.MoreItems, lines.Count);
                return ExitCode.Done;
            },
            tenant, job, limit);
    }

    private static void Show(Session session, Bill bill)
    {
        if (!session.Printer.IsTable)
        {
            session.Printer.One(bill, new(shown => shown.Tenant));
            return;
        }

        session.Printer.Line(Texts.BillSummary.In(session.Language, bill.Tenant, bill.Available, bill.Held, bill.Spent));
        if (bill.Lines.Count > 0)
        {
            session.Printer.Line();
            session.Printer.Table(bill.Lines, Lines);
        }
    }
}
