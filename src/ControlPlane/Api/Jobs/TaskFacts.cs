using Meridian.Domain.Jobs;

namespace Meridian.ControlPlane.Api;

/// <summary>What each state of a task tells, wherever it tells it.</summary>
internal static class TaskFacts
{
    /// <summary>The states that a task view knows.</summary>
    public static readonly IReadOnlyList<string> States = ["waiting", "staging", "running", "succeeded", "failed", "cancelled"];

    public static string StateOf(Job job, TaskState? task) => task switch
    {
        Staging or Dispatched => "staging",
        Running or Stopping => "running",
        Ended { Outcome: TaskOutcome.Succeeded } => "succeeded",
        Ended { Outcome: TaskOutcome.Failed } => "failed",
        Ended => "cancelled",
        _ => job.Phase == JobPhase.Active && !job.IsCancelling ? "waiting" : "cancelled",
    };

    public static Attempt? AttemptOf(TaskState? task) => task is Ended ended ? ended.Attempt : task?.Live;

    public static DateTimeOffset? StagedAt(TaskState? task) => task switch
    {
        Dispatched d => d.StagedAt,
        Running r => r.StagedAt,
        Ended e => e.StagedAt,
        _ => null,
    };

    public static DateTimeOffset? StartedAt(TaskState? task) => task switch
    {
        Running r => r.StartedAt,
        Stopping s => s.StartedAt,
        Ended e => e.StartedAt,
        _ => null,
    };
}
