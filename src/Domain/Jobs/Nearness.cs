using Meridian.Domain.Sites;
using Meridian.JobFiles;

namespace Meridian.Domain.Jobs;

/// <summary>Which nodes are near enough to each other for tasks that are kept together.</summary>
public static class Nearness
{
    /// <summary>
    /// The place of the node: tasks are together whose nodes have the same place. A node of which nobody told the switch is
    /// taken for one behind a switch of its own.
    /// </summary>
    public static string PlaceOf(Together together, Node node) => together switch
    {
        Together.Site => node.Id.Site.Value,
        Together.Switch when node.NetworkSwitch.Length > 0 => $"{node.Id.Site.Value}/{node.NetworkSwitch}",
        Together.Switch or Together.Node => node.Id.Value,
        _ => "",
    };

    /// <summary>The place that the job's living tasks keep the others to, or nothing.</summary>
    public static string? PlaceOf(SitesState sites, Job job)
    {
        if (job.Spec.Constraints.Together == Together.Anywhere || job.LiveCount == 0)
            return null;
        foreach (var task in job.Tasks.Values)
        {
            // One is enough: they are together.
            if (task.Live is { } live && sites.Nodes.TryGetValue(live.Node, out var node))
                return PlaceOf(job.Spec.Constraints.Together, node);
        }

        return null;
    }
}
