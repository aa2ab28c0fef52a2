using System.CommandLine;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verb <c>ledger</c>.</summary>
internal static class LedgerCommand
{
    private static readonly Listing<LedgerAccount> Accounts = new(
        account => account.Account,
        new(Texts.ColumnAccount, account => account.Account),
        new(Texts.ColumnBalance, account => account.Balance));

    public static Command Make(Verbs verbs)
    {
        var limit = verbs.WithDefault("--limit", Texts.LimitOption, Paging.CountUsual);
        return verbs.Verb(
            "ledger",
            Texts.Ledger,
            async (session, cancellation) =>
            {
                var sum = "";
                var (accounts, hasMore) = await Paging.CollectAsync(
                    async page =>
                    {
                        var ledger = await session.Client.GetLedgerAsync(page, cancellation);
                        sum = ledger.Sum;
                        return new Page<LedgerAccount>(ledger.Items, ledger.NextCursor);
                    },
                    Math.Max(1, session.Parsed.GetValue(limit)));
                if (!session.Printer.IsTable)
                    session.Printer.One(new Ledger(accounts, NextCursor: null, sum), new(ledger => ledger.Sum));
                else
                    Show(session, accounts, sum);
                if (hasMore)
                    session.Say(Texts.MoreItems, accounts.Count);
                return ExitCode.Done;
            },
            limit);
    }

    private static void Show(Session session, IReadOnlyList<LedgerAccount> accounts, string sum)
    {
        session.Printer.Table(accounts, Accounts);
        session.Printer.Line();
        session.Printer.Line(Texts.LedgerSum.In(session.Language, sum));
    }
}
