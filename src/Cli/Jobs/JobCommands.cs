using System.CommandLine;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>job</c>.</summary>
internal static class JobCommands
{
    public static Command Make(Verbs verbs) => verbs.Noun(
        "job",
        Texts.Job,
        SubmitVerb.Submit(verbs),
        List(verbs),
        Show(verbs),
        Tasks(verbs),
        Why(verbs),
        LogVerb.Make(verbs),
        Change(verbs, "cancel", Texts.JobCancel, Texts.JobCancelled, (client, id, c) => client.CancelAsync(id, c)),
        Change(verbs, "retry", Texts.JobRetry, Texts.JobRetried, (client, id, c) => client.RetryAsync(id, c)),
        Wait(verbs));

    private static Command List(Verbs verbs)
    {
        var state = verbs.Option<string?>("--state", Texts.StateOption);
        var project = verbs.Option<string?>("--project", Texts.ProjectOption);
        var name = verbs.Option<string?>("--name", Texts.JobNameOption);
        return ListVerb.Make(
            verbs,
            ("list", Texts.JobList),
            JobListings.Jobs,
            (session, page, cancellation) => session.Client.GetJobsAsync(
                new(session.Parsed.GetValue(state), session.Parsed.GetValue(project), session.Parsed.GetValue(name)),
                page,
                cancellation),
            state, project, name);
    }

    private static Command Show(Verbs verbs)
    {
        var reference = verbs.Argument<string>("JOB", Texts.JobArgument);
        var watch = verbs.Option<bool>("--watch", Texts.WatchOption, "-w");
        return verbs.Verb(
            "show",
            Texts.JobShow,
            async (session, cancellation) =>
            {
                var id = await JobReference.FindAsync(session, session.Parsed.GetRequiredValue(reference), cancellation);
                if (session.Parsed.GetValue(watch))
                    await Watching.RunAsync(
                        session.Context, async to => !await WriteAsync(session, id, to, cancellation), cancellation);
                else
                    await WriteAsync(session, id, session.Context.Out, cancellation);
                return ExitCode.Done;
            },
            reference, watch);
    }

    private static async Task<bool> WriteAsync(Session session, long id, TextWriter to, CancellationToken cancellation)
    {
        var job = await session.Client.GetJobAsync(id, cancellation);
        var printer = session.Printer.To(to);
        printer.One(job, JobListings.Detail);
        if (printer.IsTable && job.Timeline.Count > 0)
        {
            printer.Line();
            printer.Table(job.Timeline, JobListings.Timeline);
        }

        return JobWait.IsOver(job.Summary.State);
    }

    private static Command Tasks(Verbs verbs)
    {
        var reference = verbs.Argument<string>("JOB", Texts.JobArgument);
        var state = verbs.Option<string?>("--state", Texts.StateOption);
        return ListVerb.Make(
            verbs,
            ("tasks", Texts.JobTasks),
            JobListings.Tasks,
            async (session, page, cancellation) => await session.Client.GetTasksAsync(
                await JobReference.FindAsync(session, session.Parsed.GetRequiredValue(reference), cancellation),
                session.Parsed.GetValue(state),
                page,
                cancellation),
            reference, state);
    }

    private static Command Why(Verbs verbs)
    {
        var reference = verbs.Argument<string>("JOB", Texts.JobArgument);
        return verbs.Verb(
            "why",
            Texts.JobWhy,
            async (session, cancellation) =>
            {
                var id = await JobReference.FindAsync(session, session.Parsed.GetRequiredValue(reference), cancellation);
                var placement = await session.Client.WhyAsync(id, cancellation);
                if (session.Printer.IsTable)
                    PlacementText.Write(session, placement);
                else
                    session.Printer.One(placement, new Listing<Placement>(shown => shown.Pool ?? ""));
                return ExitCode.Done;
            },
            reference);
    }

    private static Command Change(
        Verbs verbs, string name, Phrase help, Phrase done, Func<MeridianClient, long, CancellationToken, Task> change)
    {
        var reference = verbs.Argument<string>("JOB", Texts.JobArgument);
        return verbs.Verb(
            name,
            help,
            async (session, cancellation) =>
            {
                var id = await JobReference.FindAsync(session, session.Parsed.GetRequiredValue(reference), cancellation);
                await change(session.Client, id, cancellation);
                session.Say(done, id);
                return ExitCode.Done;
            },
            reference);
    }

    private static Command Wait(Verbs verbs)
    {
        var reference = verbs.Argument<string>("JOB", Texts.JobArgument);
        var timeout = DurationOption.Make(verbs);
        return verbs.Verb(
            "wait",
            Texts.JobWait,
            async (session, cancellation) =>
            {
                var limit = DurationOption.Read(session, timeout);
                var id = await JobReference.FindAsync(session, session.Parsed.GetRequiredValue(reference), cancellation);
                return JobWait.Conclude(session, await JobWait.RunAsync(session, id, limit, cancellation));
            },
            reference, timeout);
    }
}
