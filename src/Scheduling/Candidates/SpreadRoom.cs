using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Candidates;

/// <summary>How many tasks of one job may still go where, by the spread that it asks for.</summary>
internal sealed class SpreadRoom
{
    private readonly Func<NodeId, string> _domainOf;
    private readonly SortedDictionary<string, int> _taken = new(StringComparer.Ordinal);

    internal SpreadRoom(DomainState state, Spread spread, Job? job)
    {
        (Spread, _domainOf) = (spread, node => Spreading.DomainOf(state.Sites, spread, node));
        foreach (var task in job?.Tasks.Values ?? [])
        {
            if (task.Live is { } live)
                Take(live.Node);
        }
    }

    private SpreadRoom(SpreadRoom other)
    {
        (Spread, _domainOf) = (other.Spread, other._domainOf);
        foreach (var (domain, count) in other._taken)
            _taken.Add(domain, count);
    }

    internal Spread Spread { get; }

    internal int At(NodeId node) => Math.Max(0, Spread.Max - _taken.GetValueOrDefault(_domainOf(node)));

    internal void Take(NodeId node, int count = 1) => _taken[_domainOf(node)] = _taken.GetValueOrDefault(_domainOf(node)) + count;

    internal SpreadRoom Copy() => new(this);
}
