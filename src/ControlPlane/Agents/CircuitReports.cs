using System.Collections.Concurrent;
using System.Collections.Immutable;
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
    private int _segmentsVersion;

    /// <inheritdoc/>
    public CircuitStanding? Of(NodeId sender, long circuit) =>
        _reports.TryGetValue(sender, out var known) && known.Report.Circuits.FirstOrDefault(c => c.Circuit == circuit) is { } one
            ? new(known.Report.Driver, one.State == "in-force", one.BitsPerSecond, one.Path, one.Code, one.About, one.Mended, known.At)
            : null;

    /// <summary>Another one whenever a node's segments come into force or are so no more: orders may then differ.</summary>
    public int SegmentsVersion => _segmentsVersion;

    /// <summary>The agent said how its circuits and its segments stand.</summary>
    public void Note(NodeId sender, CircuitReport report)
    {
        var before = SegmentOf(sender);
        _reports[sender] = (report, time.GetUtcNow());
        if (SegmentOf(sender) != before)
            Interlocked.Increment(ref _segmentsVersion);
    }

    /// <summary>Forgets the agent's segments: its line is closed, and nobody knows whether they still stand.</summary>
    public void ForgetSegments(NodeId sender)
    {
        if (SegmentOf(sender).Locator.Length > 0)
            Note(sender, new(_reports[sender].Report) { Segment = "" });
    }

    /// <summary>Everything that the agent is to hold now.</summary>
    public CircuitOrder OrderFor(DomainState state, NodeId sender)
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

    private CircuitAsked Asked(DomainState state, Hop hop, HopSource source, long number)
    {
        var first = state.Network.Links.GetValueOrDefault(source.Links[0]);
        var asked = new CircuitAsked
        {
            Circuit = number,
            PeerAgent = hop.To.Value,
            PeerUrl = state.Sites.Nodes.TryGetValue(hop.To, out var peer) ? peer.DepotUrl : "",
            BitsPerSecond = source.Rate.BitsPerSecond,
            NextSite = first?.To.Value ?? "",
            UntilUnixMilliseconds = hop.Windows[hop.Window].Finish.ToUnixTimeMilliseconds(),
            LinkBitsPerSecond = first?.Capacity.BitsPerSecond ?? 0,
        };
        asked.Segments.AddRange(SegmentsOf([.. source.Links.Select(l => state.Network.Links.GetValueOrDefault(l)?.To ?? default)], hop.To));
        return asked;
    }

    /// <summary>The locators along the sites, or none: packets that went through only some of them would not be on the path.</summary>
    private ImmutableArray<string> SegmentsOf(ImmutableArray<SiteId> sites, NodeId peer)
    {
        if (SegmentOf(peer) is not { Locator: { Length: > 0 } last })
            return [];
        var onward = sites[..^1].Select(site => _reports.Keys.Where(n => n.Site == site && SegmentOf(n).IsOnward).Order().Select(n => SegmentOf(n).Locator).FirstOrDefault("")).ToImmutableArray();
        return onward.Contains("") ? [] : onward.Add(last);
    }

    private (string Locator, bool IsOnward) SegmentOf(NodeId node) =>
        _reports.TryGetValue(node, out var known) && known.Report.Segment.Length > 0 ? (known.Report.Segment, known.Report.IsOnward) : ("", false);
}
