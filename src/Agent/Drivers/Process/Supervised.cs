namespace Meridian.Agent.Drivers.Process;

/// <summary>A task that the driver knows. What changes is changed under <see cref="Lock"/>.</summary>
internal sealed class Supervised(TaskLaunch launch)
{
    internal readonly Lock Lock = new();

    internal TaskLaunch Launch => launch;

    internal string Id => launch.Id;

    /// <summary>The supervisor, or 0 while there is none.</summary>
    internal int Process { get; set; }

    /// <summary>When it started, in time since the boot.</summary>
    internal TimeSpan StartedAt { get; set; }

    /// <summary>Why it is being ended; empty while it is not.</summary>
    internal string EndReason { get; set; } = "";

    internal bool IsOver { get; set; }
}
