using System.CommandLine;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Submitting and quoting job files.</summary>
internal static class SubmitVerb
{
    public static Command Submit(Verbs verbs)
    {
        var file = verbs.Argument<string>("FILE", Texts.JobFileArgument);
        var wait = verbs.Option<bool>("--wait", Texts.WaitOption);
        var dryRun = verbs.Option<bool>("--dry-run", Texts.DryRunOption);
        var fetch = verbs.Option<string?>("--fetch", Texts.FetchOption);
        var timeout = DurationOption.Make(verbs);
        return verbs.Verb(
            "submit",
            Texts.JobSubmit,
            async (session, cancellation) =>
            {
                var limit = DurationOption.Read(session, timeout);
                if (await JobText.ReadAsync(session, session.Parsed.GetRequiredValue(file), cancellation) is not { } job)
                    return ExitCode.Usage;
                if (session.Parsed.GetValue(dryRun))
                    return Show(session, await session.Client.TryAsync(job.Text, job.Name, cancellation));

                var submitted = await session.Client.SubmitAsync(job.Text, job.Name, cancellation);
                session.Say(Texts.JobSubmitted, submitted.Id, submitted.Name, Where(session, submitted.Quote));
                var folder = session.Parsed.GetValue(fetch);
                if (folder is null && !session.Parsed.GetValue(wait))
                    return Answer(session, submitted);

                return await FollowAsync(session, submitted.Id, (folder, limit), cancellation);
            },
            file, wait, dryRun, fetch, timeout);
    }

    public static Command Quote(Verbs verbs)
    {
        var file = verbs.Argument<string>("FILE", Texts.JobFileArgument);
        return verbs.Verb(
            "quote",
            Texts.Quote,
            async (session, cancellation) =>
                await JobText.ReadAsync(session, session.Parsed.GetRequiredValue(file), cancellation) is { } job
                    ? Show(session, await session.Client.QuoteAsync(job.Text, job.Name, cancellation))
                    : ExitCode.Usage,
            file);
    }

    private static async Task<int> FollowAsync(
        Session session, long id, (string? Folder, TimeSpan? Limit) wish, CancellationToken cancellation)
    {
        var job = await JobWait.RunAsync(session, id, wish.Limit, cancellation);
        session.Printer.One(job, JobListings.Detail);
        if (wish.Folder is { } folder && job.Summary.State is "succeeded")
            await FetchAsync(session, job, folder, cancellation);
        return JobWait.Conclude(session, job);
    }

    /// <summary>Brings each result into a folder of its own; a result without a project is in the job's.</summary>
    private static async Task FetchAsync(Session session, JobDetail job, string folder, CancellationToken cancellation)
    {
        foreach (var output in job.OutputDatasets.Select(DatasetName.Parse))
            await DataTransfer.PullAsync(
                session,
                output with { Project = output.Project ?? job.Summary.Project },
                new(Path.Combine(folder, output.Name), Force: false),
                cancellation);
    }

    private static int Answer(Session session, Submitted submitted)
    {
        if (session.Printer.IsTable)
            session.Printer.Line(JobListings.Id(submitted.Id));
        else
            session.Printer.One(submitted, new(job => JobListings.Id(job.Id)));
        return ExitCode.Done;
    }

    private static int Show(Session session, Quote quote)
    {
        if (session.Printer.IsTable)
            PlacementText.Write(session, quote);
        else
            session.Printer.One(quote, new(shown => shown.Expected));
        return ExitCode.Done;
    }

    private static string Where(Session session, Quote quote)
    {
        var line = Texts.QuoteLine.In(session.Language, quote.Expected, quote.HoldAtMost, quote.TaskCount);
        return quote.Placement is { Site: { } site } ? $"{site}, {line}" : line;
    }
}
