using MemoryPack;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Calendar;

/// <summary>
/// Bandwidth booked in time: for each link what is taken, and the bookings that take it. A persistent value: every
/// change gives a new calendar and leaves the old one as it was. A booking takes its rate on all of its links or on
/// none, and no booking is taken that would pass the capacity of a link at any moment.
/// </summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial class BandwidthCalendar
{
    /// <summary>The calendar without links.</summary>
    public static readonly BandwidthCalendar Empty = new(IdMap<LinkCalendar>.Empty, IdMap<Circuit>.Empty);

    [MemoryPackConstructor]
    private BandwidthCalendar(IdMap<LinkCalendar> links, IdMap<Circuit> bookings) =>
        (Links, Bookings) = (links, bookings);

    /// <summary>The links by identity.</summary>
    [MemoryPackOrder(0)]
    public IdMap<LinkCalendar> Links { get; }

    /// <summary>The live bookings by identity.</summary>
    [MemoryPackOrder(1)]
    public IdMap<Circuit> Bookings { get; }

    /// <summary>A calendar for every link of the topology, its maintenance windows blocked.</summary>
    public static BandwidthCalendar For(Topology topology)
    {
        var calendar = Empty;
        foreach (var link in topology.Links)
        {
            calendar = calendar.WithCapacity(link.Id, link.Capacity);
            foreach (var window in link.Maintenance)
                calendar = calendar.Block(link.Id, window.From, window.To);
        }

        return calendar;
    }

    /// <summary>
    /// Adds a link or changes what it can carry. Bookings stay; where they now pass the capacity,
    /// <see cref="Overbooked"/> names them.
    /// </summary>
    public BandwidthCalendar WithCapacity(LinkId link, Bandwidth capacity) =>
        With(link, Links.TryGet(link.Value, out var old) ? old with { Capacity = capacity } : new() { Capacity = capacity });

    /// <summary>Takes the whole capacity of the link out of service for the interval, bookings or not.</summary>
    public BandwidthCalendar Block(LinkId link, DateTimeOffset from, DateTimeOffset to)
    {
        var old = Links[link.Value];
        return With(link, old with { Taken = old.Taken.Add(from, to, old.Capacity.BitsPerSecond) });
    }

    /// <summary>How much is free on every one of the links throughout the interval; nothing when a link is unknown.</summary>
    public Bandwidth MaxFree(IReadOnlyList<LinkId> path, DateTimeOffset from, DateTimeOffset to)
    {
        var free = new Bandwidth(long.MaxValue);
        foreach (var link in path)
        {
            if (!Links.TryGet(link.Value, out var calendar))
                return Bandwidth.Zero;
            var here = calendar.FreeIn(from, to);
            free = here < free ? here : free;
        }

        return free;
    }

    /// <summary>
    /// The circuit of one constant rate over the path that brings the data there first, or none. Of the rates with the
    /// same arrival the one that begins first is taken, which is the lowest.
    /// </summary>
    /// <param name="path">The links of the path.</param>
    /// <param name="size">How much data goes over it.</param>
    /// <param name="rateMax">The highest rate that the ends can use.</param>
    /// <param name="notBefore">The first moment at which the data can leave.</param>
    /// <param name="notAfter">The last useful arrival.</param>
    public Circuit? EarliestArrival(
        IReadOnlyList<LinkId> path, DataSize size, Bandwidth rateMax, DateTimeOffset notBefore, DateTimeOffset? notAfter = null)
    {
        var calendars = new LinkCalendar[path.Count];
        for (var i = 0; i < calendars.Length; i++)
        {
            if (!Links.TryGet(path[i].Value, out var calendar))
                return null;
            calendars[i] = calendar;
        }

        return ArrivalSearch.Earliest(calendars, size, rateMax, notBefore.UtcTicks, (notAfter ?? DateTimeOffset.MaxValue).UtcTicks)
            is { } found
            ? new()
            {
                Links = [.. path],
                From = new(found.From, TimeSpan.Zero),
                To = new(found.To, TimeSpan.Zero),
                Rate = new(found.Rate),
            }
            : null;
    }

    /// <summary>Books the circuit under the identity: the calendar with it, or the reason why not.</summary>
    public (BandwidthCalendar Calendar, BookingFault? Fault) Book(BookingId id, Circuit circuit)
    {
        if (FaultOf(circuit) is { } fault)
            return (this, fault);
        if (id.Value < 0 || Bookings.Contains(id.Value))
            return (this, new BookingFault.AlreadyBooked());
        foreach (var link in circuit.Links)
        {
            if (!Links.TryGet(link.Value, out var calendar))
                return (this, new BookingFault.UnknownLink(link));
            if (calendar.FreeIn(circuit.From, circuit.To) is var free && free < circuit.Rate)
                return (this, new BookingFault.NoRoom(link, free));
        }

        return (new(Shifted(circuit, circuit.Rate.BitsPerSecond), Bookings.Set(id.Value, circuit)), null);
    }

    /// <summary>Releases the booking from the moment on; what was held before the moment stays on record as taken.</summary>
    public (BandwidthCalendar Calendar, BookingFault? Fault) Release(BookingId id, DateTimeOffset from)
    {
        if (!Bookings.TryGet(id.Value, out var circuit))
            return (this, new BookingFault.NotBooked());
        var rest = circuit with { From = from > circuit.From ? from : circuit.From };
        return (new(Shifted(rest, -circuit.Rate.BitsPerSecond), Bookings.Remove(id.Value)), null);
    }

    /// <summary>
    /// Puts another circuit in the booking's place, as if it had been released at the moment and booked anew, in one
    /// step: when the new one does not fit, the old one stays.
    /// </summary>
    public (BandwidthCalendar Calendar, BookingFault? Fault) Change(BookingId id, Circuit circuit, DateTimeOffset from)
    {
        var (without, missing) = Release(id, from);
        if (missing is not null)
            return (this, missing);
        var (changed, fault) = without.Book(id, circuit);
        return fault is null ? (changed, null) : (this, fault);
    }

    /// <summary>The links on which more is taken than they can carry at some moment from the given one on.</summary>
    public IEnumerable<LinkId> Overbooked(DateTimeOffset from) =>
        Links.Where(link => link.Value.Taken.MaxIn(from, DateTimeOffset.MaxValue) > link.Value.Capacity.BitsPerSecond)
            .Select(link => new LinkId(link.Key));

    /// <summary>Forgets what was before the moment, and the bookings that ended by then.</summary>
    public BandwidthCalendar PruneBefore(DateTimeOffset moment)
    {
        var (links, bookings) = (Links, Bookings);
        foreach (var (id, link) in Links)
            links = links.Set(id, link with { Taken = link.Taken.PruneBefore(moment) });
        foreach (var (id, circuit) in Bookings)
            bookings = circuit.To <= moment ? bookings.Remove(id) : bookings;
        return new(links, bookings);
    }

    private static BookingFault.Malformed? FaultOf(Circuit circuit)
    {
        var links = circuit.Links;
        if (links.IsDefaultOrEmpty || circuit.From >= circuit.To || circuit.Rate <= Bandwidth.Zero)
            return new();
        for (var i = 1; i < links.Length; i++)
        {
            if (links.AsSpan(0, i).Contains(links[i]))
                return new();
        }

        return null;
    }

    private IdMap<LinkCalendar> Shifted(Circuit circuit, long amount)
    {
        var links = Links;
        foreach (var link in circuit.Links)
        {
            var old = links[link.Value];
            links = links.Set(link.Value, old with { Taken = old.Taken.Add(circuit.From.UtcTicks, circuit.To.UtcTicks, amount) });
        }

        return links;
    }

    private BandwidthCalendar With(LinkId link, LinkCalendar calendar) => new(Links.Set(link.Value, calendar), Bookings);
}
