using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain.Sites;
using Meridian.Networking.Calendar;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Domain.Network;

/// <summary>A directed edge between two sites.</summary>
/// <param name="Id">The link.</param>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Capacity">The rate that circuits may hold on it together.</param>
/// <param name="LatencyMicroseconds">One way.</param>
/// <param name="PricePerGigabyte">Money for 10^9 bytes.</param>
[MemoryPackable]
public sealed partial record Link(
    LinkId Id, SiteId From, SiteId To, Bandwidth Capacity, long LatencyMicroseconds, decimal PricePerGigabyte)
{
    /// <summary>The price of each hour of the day (UTC) in the place of the one price; 24 of them, or none.</summary>
    public ImmutableArray<decimal> PricesByHour { get; init; } = [];

    /// <summary>When it is out of service for work on it: in order of time, apart from each other. No new circuit is held in these.</summary>
    public ImmutableArray<MaintenanceWindow> Maintenance
    {
        get;
        init => field = value.IsDefault ? [] : value; // Links that were written before there were any are read without.
    } = [];
}

/// <summary>Links, what is held on them, and what was measured between sites.</summary>
/// <param name="Links">The links.</param>
/// <param name="Held">What circuits hold of each, by time.</param>
/// <param name="Measured">What agents measured between sites.</param>
/// <param name="LinkChanges">How often a link was declared or removed; a plan made before the last of these may not be the best any more.</param>
[MemoryPackable]
public sealed partial record NetworkState(
    ImmutableSortedDictionary<LinkId, Link> Links, ImmutableSortedDictionary<LinkId, Timeline> Held,
    ImmutableSortedDictionary<SitePair, PathMeasurement> Measured, long LinkChanges)
{
    /// <summary>No links.</summary>
    public static readonly NetworkState Empty = new(
        ImmutableSortedDictionary<LinkId, Link>.Empty, ImmutableSortedDictionary<LinkId, Timeline>.Empty,
        ImmutableSortedDictionary<SitePair, PathMeasurement>.Empty, LinkChanges: 0);

    /// <summary>What circuits hold on the link, by time, in bits per second.</summary>
    public Timeline HeldOn(LinkId link) => Held.TryGetValue(link, out var held) ? held : Timeline.Empty;

    /// <summary>
    /// What a new circuit finds taken on the link: what is held, and all of it while the link is out of service, besides
    /// circuits that were held before that was known.
    /// </summary>
    public Timeline TakenOn(LinkId link) =>
        Links.TryGetValue(link, out var known) && known.Maintenance is { IsEmpty: false } windows
            ? windows.Aggregate(HeldOn(link), (taken, w) => taken.Add(w.From, w.To, known.Capacity.BitsPerSecond))
            : HeldOn(link);

    /// <summary>What was measured between the sites, while it is young enough to be believed.</summary>
    public MeasuredPoint? Fresh(SiteId from, SiteId to) =>
        Measured.TryGetValue(new(from, to), out var known) && known.IsFresh ? known.Latest : null;

    /// <summary>The only thing that changes the network. Events of other features pass by.</summary>
    public NetworkState Evolve(DomainEvent happened) => happened switch
    {
        LinkDeclared e => this with { Links = Links.SetItem(e.Link.Id, e.Link), LinkChanges = LinkChanges + 1 },
        LinkRemoved e => this with { Links = Links.Remove(e.Link), Held = Held.Remove(e.Link), LinkChanges = LinkChanges + 1 },
        CircuitBooked e => Change(e.Links, timeline => timeline.Add(e.From, e.To, e.Rate.BitsPerSecond)),
        CircuitReleased e => Change(e.Links, timeline => timeline.Remove(e.From, e.To, e.Rate.BitsPerSecond)),
        PathMeasured e => this with { Measured = Measured.SetItem(e.Pair, Measure(e)) },
        PathMeasurementLapsed e when Measured.TryGetValue(e.Pair, out var known) =>
            this with { Measured = Measured.SetItem(e.Pair, known with { IsFresh = false }) },
        SiteRemoved e => this with { Measured = Measured.RemoveRange(Measured.Keys.Where(p => p.From == e.Site || p.To == e.Site)) },
        _ => this,
    };

    private PathMeasurement Measure(PathMeasured e) =>
        Measured.TryGetValue(e.Pair, out var known) ? known.With(e.Point) : new(e.Pair, IsFresh: true, [e.Point]);

    private NetworkState Change(ImmutableArray<LinkId> links, Func<Timeline, Timeline> change)
    {
        var held = Held;
        foreach (var link in links.Where(Links.ContainsKey))
            held = held.SetItem(link, change(held.TryGetValue(link, out var timeline) ? timeline : Timeline.Empty));
        return this with { Held = held };
    }
}

/// <summary>A link was declared, or declared anew.</summary>
[MemoryPackable]
public sealed partial record LinkDeclared(Link Link) : DomainEvent;

/// <summary>A link was taken away.</summary>
[MemoryPackable]
public sealed partial record LinkRemoved(LinkId Link) : DomainEvent;

/// <summary>A rate is held on every link of a path for a while.</summary>
[MemoryPackable]
public sealed partial record CircuitBooked(
    long Transfer, ImmutableArray<LinkId> Links, Bandwidth Rate, [property: CanonicalTime] DateTimeOffset From, [property: CanonicalTime] DateTimeOffset To) : DomainEvent;

/// <summary>What was held of a circuit from a moment on is free again.</summary>
[MemoryPackable]
public sealed partial record CircuitReleased(
    long Transfer, ImmutableArray<LinkId> Links, Bandwidth Rate, [property: CanonicalTime] DateTimeOffset From, [property: CanonicalTime] DateTimeOffset To) : DomainEvent;

/// <summary>Declares a link, or changes it.</summary>
[MemoryPackable]
public sealed partial record DeclareLink(Link Link) : DomainCommand;

/// <summary>Takes a link away that holds no circuits.</summary>
[MemoryPackable]
public sealed partial record RemoveLink(LinkId Link) : DomainCommand;

/// <summary>What may be done to links.</summary>
public static class NetworkRules
{
    private const int HoursOfDay = 24;
    private const int MaintenanceCountMax = 64;

    /// <summary>Decides on a link command.</summary>
    public static Decision Decide(NetworkState state, SitesState sites, DomainCommand command, DateTimeOffset now) => command switch
    {
        DeclareLink c => Declare(state, sites, c.Link, now),
        RemoveLink c => Remove(state, c.Link, now),
        _ => throw new InvariantBrokenException("network rules are asked about link commands"),
    };

    /// <summary>The first link on which the rate does not fit in the interval, or nothing.</summary>
    public static LinkId? FirstFull(
        NetworkState state, ImmutableArray<LinkId> links, Bandwidth rate, DateTimeOffset from, DateTimeOffset to)
    {
        foreach (var link in links)
        {
            if (!state.Links.TryGetValue(link, out var known)
                || state.TakenOn(link).MaxIn(from, to) + rate.BitsPerSecond > known.Capacity.BitsPerSecond)
                return link;
        }

        return null;
    }

    private static Decision Declare(NetworkState state, SitesState sites, Link link, DateTimeOffset now)
    {
        if (!Names.IsValid(link.Id.Value))
            return Decision.Refuse("bad-name", link.Id);
        if (!sites.Sites.ContainsKey(link.From) || !sites.Sites.ContainsKey(link.To) || link.From == link.To)
            return Decision.Refuse("bad-link-ends", link.Id, link.From, link.To);
        if (link.Capacity <= Bandwidth.Zero || link.LatencyMicroseconds < 0 || !Pricing.IsPrice(link.PricePerGigabyte))
            return Decision.Refuse("bad-link", Pricing.PriceMax);
        if (link.PricesByHour.Length is not (0 or HoursOfDay) || !link.PricesByHour.All(Pricing.IsPrice))
            return Decision.Refuse("bad-link-hours", Pricing.PriceMax);
        if (!AreWindows(link.Maintenance))
            return Decision.Refuse("bad-link-maintenance", MaintenanceCountMax);
        if (state.Links.TryGetValue(link.Id, out var known) && (known.From != link.From || known.To != link.To))
            return Decision.Refuse("link-moved", link.Id);
        return state.HeldOn(link.Id).MaxIn(now, DateTimeOffset.MaxValue) > link.Capacity.BitsPerSecond
            ? Decision.Refuse("link-held", link.Id)
            : Decision.Of(new LinkDeclared(link));
    }

    private static bool AreWindows(ImmutableArray<MaintenanceWindow> windows) => windows.Length <= MaintenanceCountMax
        && windows.All(w => w.From < w.To) && windows.Zip(windows.Skip(1)).All(pair => pair.First.To <= pair.Second.From);

    private static Decision Remove(NetworkState state, LinkId link, DateTimeOffset now)
    {
        if (!state.Links.ContainsKey(link))
            return Decision.Refuse("no-such-link", link);
        return state.HeldOn(link).MaxIn(now, DateTimeOffset.MaxValue) > 0
            ? Decision.Refuse("link-held", link)
            : Decision.Of(new LinkRemoved(link));
    }
}
