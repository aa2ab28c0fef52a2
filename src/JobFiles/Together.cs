namespace Meridian.JobFiles;

/// <summary>How near to each other a job's tasks are.</summary>
public enum Together
{
    /// <summary>Wherever there is room.</summary>
    Anywhere,

    /// <summary>At one site.</summary>
    Site,

    /// <summary>Behind one switch of a site.</summary>
    Switch,

    /// <summary>On one node.</summary>
    Node,
}
