namespace Meridian.Benches.Swf;

/// <summary>A job of a trace in the Standard Workload Format, as RLScheduler reads it.</summary>
/// <param name="Id">Its number in the trace.</param>
/// <param name="SubmitSeconds">When it was handed in.</param>
/// <param name="RunSeconds">How long it ran; a scheduler must not look at it before the job ended.</param>
/// <param name="Processors">The larger of the processors asked for and those given.</param>
/// <param name="RequestedSeconds">The run time asked for, or the run time itself where the trace has none.</param>
/// <param name="User">Who handed it in, or -1.</param>
/// <param name="Group">The user's group, or -1.</param>
/// <param name="Executable">What it runs, or -1.</param>
/// <param name="Queue">The queue that it was handed in to, or -1.</param>
internal sealed record SwfJob(
    int Id, long SubmitSeconds, long RunSeconds, int Processors, long RequestedSeconds, int User, int Group, int Executable, int Queue);
