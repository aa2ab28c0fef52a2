using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Candidates;

namespace Meridian.Scheduling.Explaining;

/// <summary>What experience makes of a job's estimate.</summary>
/// <param name="Kind">What likewise jobs are called; see <see cref="RunTimes.KindOf"/>.</param>
/// <param name="Count">How many of their tasks were seen.</param>
/// <param name="Estimate">What the tenant estimates for the reference machine.</param>
/// <param name="Expected">What is expected of it instead.</param>
/// <param name="Latest">What it may well take, and a deadline has to leave room for.</param>
public sealed record LearnedRunTime(string Kind, int Count, TimeSpan Estimate, TimeSpan Expected, TimeSpan Latest)
{
    /// <summary>In a sentence.</summary>
    public string Say(Language language) => new Phrase(
        $"It is expected to take {Written(Expected)}, and {Written(Latest)} at most, on the reference machine; its estimate says "
            + $"{Written(Estimate)}. Learned from {Count} tasks named '{Kind}'.",
        $"在参考机器上预计用时 {Written(Expected)}，至多 {Written(Latest)}；其估计为 {Written(Estimate)}。依据 {Count} 个名为“{Kind}”的任务得出。")
        .In(language);

    internal static LearnedRunTime? Of(DomainState state, ProjectId project, JobSpec spec)
    {
        var kind = RunTimes.KindOf(spec.Name);
        var count = state.Jobs.RunTimes.Of(project, kind).Count;
        if (count == 0 || spec.Service is not null)
            return null;
        var (share, margin) = Expectation.Of(state.Jobs, project, spec);
        return new(kind, count, spec.Duration, Bounded(spec, share), Bounded(spec, share + margin));
    }

    private static TimeSpan Bounded(JobSpec spec, double share) =>
        TimeSpan.FromSeconds(Math.Min(spec.Duration.TotalSeconds * share, spec.Timeout.TotalSeconds));

    // Whole seconds, or milliseconds below ten: nobody reads more.
    private static string Written(TimeSpan time) =>
        Duration.Format(time < TimeSpan.FromSeconds(10) ? TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds)) : TimeSpan.FromSeconds(Math.Round(time.TotalSeconds)));
}
