namespace Meridian.Scheduling.Ordering;

/// <summary>Starts promised to the jobs that have waited longest.</summary>
internal static class Promises
{
    /// <summary>
    /// Takes room in the profile of what is certain for every job that has waited long enough: first where each was
    /// promised, then, one after another, as early as that now allows, which is never later. Only then new promises.
    /// </summary>
    internal static IReadOnlyList<(WaitingJob Job, double Start)> Make(
        BatchPicture picture, BatchOptions options, FreeProfile certain)
    {
        var due = picture.Waiting
            .Where(job => job.PromisedSeconds is not null
                || picture.NowSeconds - job.SubmittedSeconds >= options.PromiseAfterSeconds)
            .OrderBy(job => job.PromisedSeconds ?? double.MaxValue).ThenBy(job => job.SubmittedSeconds).ThenBy(job => job.Id)
            .ToList();
        foreach (var job in due.Where(job => job.PromisedSeconds is not null))
            certain.Take(job.Processors, StartOf(job, picture), EndOf(job, picture));
        return [.. due.Select(job => (job, Move(job, picture, certain)))];
    }

    private static double Move(WaitingJob job, BatchPicture picture, FreeProfile certain)
    {
        if (job.PromisedSeconds is not null)
            certain.Take(-job.Processors, StartOf(job, picture), EndOf(job, picture));
        return certain.TakeEarliest(job.Processors, Math.Max(1, job.RequestedSeconds));
    }

    private static double StartOf(WaitingJob job, BatchPicture picture) => Math.Max(picture.NowSeconds, job.PromisedSeconds!.Value);

    private static double EndOf(WaitingJob job, BatchPicture picture) => StartOf(job, picture) + Math.Max(1, job.RequestedSeconds);
}
