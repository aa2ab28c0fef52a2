using System.Collections.Immutable;

namespace Meridian.Networking.Offpeak;

/// <summary>An amount of data that may wait for cheap hours and must arrive by a slot.</summary>
/// <param name="From">The index of the point where it lies.</param>
/// <param name="To">The index of the point where it is to be.</param>
/// <param name="Gigabytes">How much; positive.</param>
/// <param name="FirstSlot">The first slot in which it may move.</param>
/// <param name="LastSlot">The last slot in which it may move.</param>
public readonly record struct OffpeakTransfer(int From, int To, double Gigabytes, int FirstSlot, int LastSlot);

/// <summary>
/// A network over slots of time. Data that crosses a link in a slot is at the far end from the next slot on; between
/// slots it may lie at any point for the price of storage.
/// </summary>
public sealed record OffpeakProblem
{
    /// <summary>The number of points.</summary>
    public required int PointCount { get; init; }

    /// <summary>The number of slots.</summary>
    public required int SlotCount { get; init; }

    /// <summary>Where each link begins and ends.</summary>
    public required ImmutableArray<(int From, int To)> Links { get; init; }

    /// <summary>What is free on each link in each slot, in gigabytes a slot; link after link.</summary>
    public required double[] FreeGigabytes { get; init; }

    /// <summary>The price of each link in each slot for a gigabyte; link after link.</summary>
    public required double[] PricePerGigabyte { get; init; }

    /// <summary>The price of keeping a gigabyte at each point for a slot.</summary>
    public required double[] StoragePricePerGigabyteSlot { get; init; }

    /// <summary>The transfers.</summary>
    public required ImmutableArray<OffpeakTransfer> Transfers { get; init; }

    internal int Cell(int link, int slot) => (link * SlotCount) + slot;
}

/// <summary>A part of a transfer and the links that it crosses in their slots, in order.</summary>
/// <param name="Transfer">The index of the transfer.</param>
/// <param name="Steps">The links and slots.</param>
/// <param name="Gigabytes">How much goes that way.</param>
public sealed record OffpeakRoute(int Transfer, ImmutableArray<(int Link, int Slot)> Steps, double Gigabytes);

/// <summary>Where every part of every transfer goes and when.</summary>
/// <param name="Routes">The parts, by transfer.</param>
/// <param name="Cost">The price of transport and storage together.</param>
/// <param name="Bound">What no plan that delivers as much can cost less than.</param>
/// <param name="LateGigabytes">What cannot arrive in time; zero when everything does.</param>
public sealed record OffpeakPlan(ImmutableArray<OffpeakRoute> Routes, double Cost, double Bound, double LateGigabytes);
