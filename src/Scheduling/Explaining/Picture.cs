using Meridian.Domain.Machine;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Fleets;
using Meridian.Scheduling.Transport;

namespace Meridian.Scheduling.Explaining;

/// <summary>One job alone before the domain as it is now.</summary>
internal sealed class Picture
{
    internal Picture(DomainState state, JobAsk ask, DateTimeOffset now)
    {
        var stager = new Stager(state, now);
        Finder = new(stager, now) { State = state };
        Jobs = new(state, new Fleet(state, now), ask);
    }

    internal OptionFinder Finder { get; }

    internal JobClass Jobs { get; }
}
