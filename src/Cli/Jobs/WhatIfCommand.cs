using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verb <c>what-if</c>: what a change to the fleet, or a job, would do to the jobs that there are.</summary>
internal static class WhatIfCommand
{
    private static readonly Listing<JobDifference> Listing = new(
        job => JobListings.Id(job.Job),
        new(Texts.ColumnJob, job => JobListings.Id(job.Job)),
        new(Texts.ColumnName, job => job.Name),
        new(Texts.ColumnProject, job => job.Project),
        new(Texts.ColumnWhatIf, job => string.Join("; ", job.Differences)),
        new(Texts.ColumnReason, job => job.With.PendingReason ?? "") { IsWide = true });

    public static Command Make(Verbs verbs)
    {
        var file = new Argument<string?>("FILE") { Description = Texts.WhatIfFile.In(verbs.Language), Arity = ArgumentArity.ZeroOrOne };
        var sites = verbs.Option<string[]?>("--site-lost", Texts.SiteLostOption);
        var links = verbs.Option<string[]?>("--link-cut", Texts.LinkCutOption);
        var prices = verbs.Option<string[]?>("--core-price", Texts.CorePriceOption);
        var nodes = verbs.Option<string[]?>("--add-nodes", Texts.AddNodesOption);
        return verbs.Verb(
            "what-if",
            Texts.WhatIf,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                JobText? job = null;
                if (parsed.GetValue(file) is { } path && (job = await JobText.ReadAsync(session, path, cancellation)) is null)
                    return ExitCode.Usage;
                var answer = await session.Client.WhatIfAsync(
                    new(
                        parsed.GetValue(sites), parsed.GetValue(links), Pairs(session, parsed.GetValue(prices)),
                        Pairs(session, parsed.GetValue(nodes))?.ToDictionary(p => p.Key, p => (int)p.Value, StringComparer.Ordinal), job?.Text),
                    cancellation);
                Show(session, answer);
                return ExitCode.Done;
            },
            file, sites, links, prices, nodes);
    }

    private static void Show(Session session, WhatIfAnswer answer)
    {
        if (!session.Printer.IsTable)
        {
            session.Printer.One(answer, new Listing<WhatIfAnswer>(shown => shown.UnchangedCount.ToString(CultureInfo.InvariantCulture)));
            return;
        }

        session.Printer.List(answer.Changed, Listing);
        session.Say(Texts.Unchanged, answer.UnchangedCount);
    }

    private static Dictionary<string, decimal>? Pairs(Session session, string[]? texts)
    {
        if (texts is not { Length: > 0 })
            return null;
        var pairs = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } pool, var number]
                || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 1_000_000)
                throw new CommandException(ExitCode.Usage, Texts.BadQuantity, text, Texts.ColumnPool.In(session.Language), "west/main=3");
            pairs[pool] = value;
        }

        return pairs;
    }
}
