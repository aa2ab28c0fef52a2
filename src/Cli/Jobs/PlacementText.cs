using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Writes where a job runs and why, or why it waits.</summary>
internal static class PlacementText
{
    public static void Write(Session session, Placement placement)
    {
        var printer = session.Printer;
        var language = session.Language;
        if (placement.Pool is not null)
            printer.Line(Texts.ChosenPlace.In(
                language, placement.Pool, placement.Site, Shown.At(placement.Start), Shown.At(placement.Finish), placement.Price));
        if (placement.PendingReason is { Length: > 0 } reason)
            printer.Line(Texts.WaitsFor.In(language, reason));
        foreach (var change in placement.Changes ?? [])
            printer.Line(Texts.WouldHelp.In(language, change));
        if (placement.Learned is { Length: > 0 } learned)
            printer.Line(learned);
        if (placement.Transfers is { Count: > 0 } transfers)
        {
            printer.Line();
            printer.Table(transfers, JobListings.Transfers);
        }

        if (placement.Candidates is { Count: > 0 } candidates)
        {
            printer.Line();
            printer.Table(candidates, JobListings.Candidates);
        }
    }

    public static void Write(Session session, Quote quote)
    {
        session.Printer.Line(Texts.QuoteLine.In(session.Language, quote.Expected, quote.HoldAtMost, quote.TaskCount));
        Write(session, quote.Placement);
    }
}
