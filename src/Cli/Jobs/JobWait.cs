using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Waits for a job's end. Asks again and again, ever more slowly, so that it survives a restart of the server.</summary>
internal static class JobWait
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);
    private const int FailureCountMax = 30;

    /// <summary>The job when it has ended.</summary>
    public static async Task<JobDetail> RunAsync(
        Session session, long id, TimeSpan? limit, CancellationToken cancellation)
    {
        var begin = session.Context.Clock.GetTimestamp();
        var pause = PauseFirst;
        var said = "";
        var failures = 0;
        while (true)
        {
            var job = await TryGetAsync(session, id, ++failures, cancellation);
            if (job is not null)
            {
                failures = 0;
                said = Tell(session, job.Summary, said);
                if (IsOver(job.Summary.State))
                    return job;
            }

            if (limit is { } most && session.Context.Clock.GetElapsedTime(begin) + pause > most)
                throw new CommandException(ExitCode.TimedOut, Texts.TimedOut, Duration.Format(most));
            await Task.Delay(pause, session.Context.Clock, cancellation);
            pause = pause * 1.5 > PauseMax ? PauseMax : pause * 1.5;
        }
    }

    /// <summary>The exit code of a job's end, with a word on it when it went wrong.</summary>
    public static int Conclude(Session session, JobDetail job)
    {
        session.CloseLine();
        if (job.Summary.State is "succeeded")
            return ExitCode.Done;

        session.Say(Texts.JobFailed, job.Summary.Id, CodeWords.In(session.Language, job.Summary.State), job.Failure ?? "");
        return ExitCode.Failed;
    }

    public static bool IsOver(string state) => state is "succeeded" or "failed" or "cancelled";

    private static async Task<JobDetail?> TryGetAsync(
        Session session, long id, int failure, CancellationToken cancellation)
    {
        try
        {
            return await session.Client.GetJobAsync(id, cancellation);
        }
        catch (UnreachableException) when (failure < FailureCountMax)
        {
            return null;
        }
    }

    private static string Tell(Session session, JobSummary job, string said)
    {
        object[] arguments = [job.Id, job.Name, CodeWords.In(session.Language, job.State), JobListings.Ended(job), job.TaskCount];
        session.Progress(Texts.JobProgress, arguments);
        var state = job.State;
        if (!session.Context.IsErrorTerminal && !string.Equals(state, said, StringComparison.Ordinal))
            session.Say(Texts.JobProgress, arguments);
        return state;
    }
}
