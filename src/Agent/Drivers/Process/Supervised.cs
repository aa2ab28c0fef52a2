namespace Meridian.Agent.Drivers.Process;

/// <summary>How far a task is that the driver knows.</summary>
internal enum Progress
{
    /// <summary>Its folder is being made; the supervisor has not heard of it.</summary>
    Preparing,

    /// <summary>The supervisor was told, or asked, and has not answered.</summary>
    Told,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is over.</summary>
    Over,
}

/// <summary>A task that the driver knows. What changes is changed under <see cref="Lock"/>.</summary>
internal sealed class Supervised(TaskLaunch launch)
{
    internal readonly Lock Lock = new();

    internal TaskLaunch Launch => launch;

    internal string Id => launch.Id;

    internal Progress Progress { get; set; }

    /// <summary>When it started, in time since the boot.</summary>
    internal TimeSpan StartedAt { get; set; }

    /// <summary>Why it is being ended; empty while it is not.</summary>
    internal string EndReason { get; set; } = "";

    internal bool IsOver => Progress == Progress.Over;
}
