using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;

namespace Meridian.Domain.Machine;

/// <summary>Keeps the tasks of a job apart, so that what fails as a whole takes few of them along.</summary>
public static class Spreading
{
    /// <summary>What the node would fail with.</summary>
    public static string DomainOf(SitesState sites, Spread spread, NodeId node) => spread.Over switch
    {
        FailureDomain.Node => node.Value,
        FailureDomain.Site => node.Site.Value,
        _ => sites.Sites[node.Site].Region,
    };

    /// <summary>Why another task of the job may not go to the node, or nothing.</summary>
    internal static Fault? FaultOf(SitesState sites, Job job, NodeId node)
    {
        if (job.Spec.Constraints.Spread is not { } spread)
            return null;
        var domain = DomainOf(sites, spread, node);
        var count = job.Tasks.Values.Count(task => task.Live is { } live && string.Equals(DomainOf(sites, spread, live.Node), domain, StringComparison.Ordinal));
        return count < spread.Max ? null : Fault.Of("spread", job.Id, count, domain);
    }
}
