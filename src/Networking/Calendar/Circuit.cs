using System.Collections.Immutable;
using MemoryPack;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Calendar;

/// <summary>The identity of a booking in a calendar.</summary>
/// <param name="Value">A number that is not negative.</param>
[MemoryPackable]
public readonly partial record struct BookingId(long Value);

/// <summary>A constant rate held on every one of several links for an interval of time.</summary>
[MemoryPackable(GenerateType.VersionTolerant)]
public sealed partial record Circuit
{
    /// <summary>The links, each once.</summary>
    [MemoryPackOrder(0)]
    public required ImmutableArray<LinkId> Links { get; init; }

    /// <summary>The first moment.</summary>
    [MemoryPackOrder(1), CanonicalTime]
    public required DateTimeOffset From { get; init; }

    /// <summary>The moment at which the rate is free again.</summary>
    [MemoryPackOrder(2), CanonicalTime]
    public required DateTimeOffset To { get; init; }

    /// <summary>The rate that is held.</summary>
    [MemoryPackOrder(3)]
    public required Bandwidth Rate { get; init; }

    /// <inheritdoc/>
    public bool Equals(Circuit? other) =>
        other is not null && Links.AsSpan().SequenceEqual(other.Links.AsSpan()) && From == other.From && To == other.To
        && Rate == other.Rate;

    /// <inheritdoc/>
    public override int GetHashCode() => From.GetHashCode() ^ Rate.GetHashCode();
}

/// <summary>Why a calendar did not take a booking.</summary>
public abstract record BookingFault
{
    private BookingFault()
    {
    }

    /// <summary>A link is not in the calendar.</summary>
    /// <param name="Link">The link.</param>
    public sealed record UnknownLink(LinkId Link) : BookingFault;

    /// <summary>A link has too little room at some moment of the interval.</summary>
    /// <param name="Link">The first such link of the circuit.</param>
    /// <param name="Free">What it has free throughout the interval.</param>
    public sealed record NoRoom(LinkId Link, Bandwidth Free) : BookingFault;

    /// <summary>There is a booking with the identity already.</summary>
    public sealed record AlreadyBooked : BookingFault;

    /// <summary>There is no booking with the identity.</summary>
    public sealed record NotBooked : BookingFault;

    /// <summary>The circuit has no links, a link twice, an empty interval or no rate.</summary>
    public sealed record Malformed : BookingFault;
}
