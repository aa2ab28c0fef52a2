using System.Collections.Immutable;
using MemoryPack;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Sites;

/// <summary>A place with an address on the network, and what power costs there.</summary>
/// <param name="Id">The site.</param>
/// <param name="Title">The name for people.</param>
/// <param name="Provider">The owner, who is paid.</param>
/// <param name="Tier"><c>core</c>, <c>region</c>, <c>edge</c> or <c>device</c>.</param>
/// <param name="Region">The region for constraints, such as <c>west</c>.</param>
/// <param name="Sovereignty">The label of the law that holds there, such as <c>cn</c>.</param>
/// <param name="Latitude">Degrees, WGS 84.</param>
/// <param name="Longitude">Degrees, WGS 84.</param>
/// <param name="Pue">Power usage effectiveness, at least 1.</param>
/// <param name="CarbonByHour">Grams of CO2 per kilowatt-hour in each of the 24 hours of the day, UTC.</param>
/// <param name="PowerPriceByHour">Money per kilowatt-hour in each of the 24 hours of the day, UTC.</param>
[MemoryPackable]
public sealed partial record Site(
    SiteId Id, string Title, string Provider, string Tier, string Region, string Sovereignty, double Latitude,
    double Longitude, double Pue, ImmutableArray<double> CarbonByHour, ImmutableArray<decimal> PowerPriceByHour);

/// <summary>Like nodes at one site behind one driver, at one price list.</summary>
/// <param name="Id">The pool.</param>
/// <param name="Driver">The driver's name, such as <c>process</c>.</param>
/// <param name="CpuCoreHour">The price of a core for an hour.</param>
/// <param name="MemoryGibHour">The price of a gibibyte of memory for an hour.</param>
/// <param name="AcceleratorHour">The price of an accelerator for an hour, by model.</param>
/// <param name="Speed">How fast a task runs here: 1 is the reference machine, 2 is twice as fast.</param>
/// <param name="WattsPerCore">The power that a busy core draws, before the site's PUE.</param>
/// <param name="IsDraining">Whether the pool takes no new tasks.</param>
[MemoryPackable]
public sealed partial record Pool(
    PoolId Id, string Driver, decimal CpuCoreHour, decimal MemoryGibHour,
    ImmutableArray<AcceleratorPrice> AcceleratorHour, double Speed, double WattsPerCore, bool IsDraining);

/// <summary>The price of an accelerator model for an hour.</summary>
[MemoryPackable]
public sealed partial record AcceleratorPrice(string Model, decimal PerHour);

/// <summary>An amount of what a node has, other than accelerators.</summary>
/// <param name="CpuMillicores">Thousandths of a core.</param>
/// <param name="Memory">Main memory.</param>
/// <param name="Disk">Scratch space.</param>
[MemoryPackable]
public readonly partial record struct Capacity(long CpuMillicores, DataSize Memory, DataSize Disk)
{
    /// <summary>Sum.</summary>
    public static Capacity operator +(Capacity left, Capacity right) =>
        new(left.CpuMillicores + right.CpuMillicores, left.Memory + right.Memory, left.Disk + right.Disk);

    /// <summary>Difference.</summary>
    public static Capacity operator -(Capacity left, Capacity right) =>
        new(left.CpuMillicores - right.CpuMillicores, left.Memory - right.Memory, left.Disk - right.Disk);

    /// <summary>Whether every amount is at most the other's.</summary>
    public bool FitsIn(Capacity other) =>
        CpuMillicores <= other.CpuMillicores && Memory <= other.Memory && Disk <= other.Disk;
}

/// <summary>One accelerator of a node.</summary>
/// <param name="Model">The model, such as <c>A100</c>.</param>
/// <param name="Class">The class, such as <c>gpu</c> or <c>npu</c>.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="UsedMilli">The thousandths of it that are taken.</param>
[MemoryPackable]
public sealed partial record Accelerator(string Model, string Class, DataSize Memory, int UsedMilli)
{
    /// <summary>The memory of an accelerator that the agent tells no more while an attempt still holds it: no demand is so small.</summary>
    public static readonly DataSize GoneMemory = new(-1);

    /// <summary>Whether the agent still tells of it.</summary>
    [MemoryPackIgnore]
    public bool IsThere => Memory != GoneMemory;

    /// <summary>Whether it is of the wanted kind, taken or not.</summary>
    public bool Suits(AcceleratorDemand wanted) =>
        wanted.Allows(Model)
        && (wanted.Class.Length == 0 || string.Equals(Class, wanted.Class, StringComparison.OrdinalIgnoreCase))
        && Memory >= wanted.Memory;
}

/// <summary>A share of one accelerator of a node.</summary>
/// <param name="Index">Which accelerator of the node.</param>
/// <param name="Milli">The thousandths of it.</param>
[MemoryPackable]
public readonly partial record struct AcceleratorShare(int Index, int Milli);

/// <summary>Whether a node can be given work.</summary>
public enum NodeState
{
    /// <summary>Enrolled, and has not yet said what it has.</summary>
    Enrolled,

    /// <summary>Holds a lease.</summary>
    Ready,

    /// <summary>Its lease ran out; what it ran has been given up.</summary>
    Lost,

    /// <summary>Cut off by an operator.</summary>
    Banned,
}

/// <summary>A machine, and the agent that speaks for it.</summary>
/// <param name="Id">The node.</param>
/// <param name="State">Whether it can be given work.</param>
/// <param name="Total">What it has.</param>
/// <param name="Used">What its attempts hold.</param>
/// <param name="Accelerators">Its accelerators.</param>
/// <param name="LeaseUntil">Until when the agent may run tasks without hearing from the writer.</param>
/// <param name="DepotUrl">Where its depot answers.</param>
/// <param name="CanSandbox">Whether tasks run isolated.</param>
/// <param name="Note">What the agent says of its isolation and system.</param>
/// <param name="OperatingSystem">The system's name.</param>
/// <param name="KeyThumbprint">The SHA-256 of the agent's public key.</param>
/// <param name="EnrolledAt">When it joined.</param>
/// <param name="ComebackCount">How often it came back with an expired certificate.</param>
/// <param name="NetworkSwitch">The name of the switch of its site that it is connected to, or empty where nobody told.</param>
/// <param name="PublicKey">The agent's public key (SPKI in base64), by which others encrypt for it; empty until it was connected.</param>
[MemoryPackable]
public sealed partial record Node(
    NodeId Id, NodeState State, Capacity Total, Capacity Used, ImmutableArray<Accelerator> Accelerators,
    [property: CanonicalTime] DateTimeOffset LeaseUntil, string DepotUrl, bool CanSandbox, string Note, string OperatingSystem,
    string KeyThumbprint, [property: CanonicalTime] DateTimeOffset EnrolledAt, int ComebackCount, string NetworkSwitch,
    string PublicKey);

/// <summary>A single-use permission to join a site.</summary>
/// <param name="Secret">The hash of the secret.</param>
/// <param name="Site">The site that it is bound to.</param>
/// <param name="ExpiresAt">When it ends, used or not.</param>
[MemoryPackable]
public sealed partial record JoinTokenRecord(SecretHash Secret, SiteId Site, [property: CanonicalTime] DateTimeOffset ExpiresAt);
