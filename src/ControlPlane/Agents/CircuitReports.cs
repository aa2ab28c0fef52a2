using System.Collections.Concurrent;
using Meridian.ControlPlane.Api;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What agents say of the circuits that leave them, and what they are asked for.</summary>
public sealed class CircuitReports(TimeProvider time) : ICircuitReports
{
    private readonly ConcurrentDictionary<NodeId, (CircuitReport Report, DateTimeOffset At)> _reports = new();

    /// <inheritdoc/>
    public CircuitStanding? Of(NodeId sender, long circuit) =>
        _reports.TryGetValue(sender, out var known) && known.Report.Circuits.FirstOrDefault(c => c.Circuit == circuit) is { } one
            ? new(known.Report.Driver, one.State == "in-force", one.BitsPerSecond, one.Path, one.Code, one.About, one.Mended, known.At)
            : null;

    internal void Note(NodeId sender, CircuitReport report) => _reports[sender] = (report, time.GetUtcNow());

    /// <summary>Everything that the agent is to hold now.</summary>
    internal static CircuitOrder OrderFor(DomainState state, NodeId sender)
    {
        var order = new CircuitOrder();
        foreach (var (_, hop) in state.Data.OpenHops.Where(o => o.Hop.State == HopState.Moving))
        {
            var window = hop.Windows[hop.Window];
            for (var index = 0; index < window.Sources.Length; index++)
            {
                if (window.Sources[index] is { Links.IsEmpty: false } source && source.From == sender)
                    order.Circuits.Add(Asked(state, hop, source, TransferRules.CircuitNumber(hop.Fetch, index)));
            }
        }

        return order;
    }

    /// <summary>Whether the event may change what an agent is to hold.</summary>
    internal static bool MayChangeWith(DomainEvent happened) => happened is HopStarted or HopHalted or HopEnded;

    private static CircuitAsked Asked(DomainState state, Hop hop, HopSource source, long number)
    {
        var first = state.Network.Links.GetValueOrDefault(source.Links[0]);
        return new()
        {
            Circuit = number,
            PeerAgent = hop.To.Value,
            PeerUrl = state.Sites.Nodes.TryGetValue(hop.To, out var peer) ? peer.DepotUrl : "",
            BitsPerSecond = source.Rate.BitsPerSecond,
            NextSite = first?.To.Value ?? "",
            UntilUnixMilliseconds = hop.Windows[hop.Window].Finish.ToUnixTimeMilliseconds(),
            LinkBitsPerSecond = first?.Capacity.BitsPerSecond ?? 0,
        };
    }
}
