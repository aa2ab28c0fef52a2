using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Explaining;

/// <summary>One job alone before the domain as it is now.</summary>
internal sealed class Picture
{
    internal Picture(DomainState state, ProjectId project, JobSpec spec, DateTimeOffset now, Job? job = null)
    {
        var stager = new Stager(state, now);
        Finder = new(stager, now) { State = state };
        Jobs = new(state, new Fleet(state.Sites, state.Jobs), project, spec, job);
    }

    internal OptionFinder Finder { get; }

    internal JobClass Jobs { get; }
}
