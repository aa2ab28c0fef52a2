using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Sites;

/// <summary>A site was declared, or declared anew.</summary>
[MemoryPackable]
public sealed partial record SiteDeclared(Site Site) : DomainEvent;

/// <summary>A site without nodes at work was taken away.</summary>
[MemoryPackable]
public sealed partial record SiteRemoved(SiteId Site) : DomainEvent;

/// <summary>A pool was declared, or declared anew.</summary>
[MemoryPackable]
public sealed partial record PoolDeclared(Pool Pool) : DomainEvent;

/// <summary>A join token was made.</summary>
[MemoryPackable]
public sealed partial record JoinTokenIssued(JoinTokenRecord Token, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A join token was used up and an agent has its identity.</summary>
[MemoryPackable]
public sealed partial record NodeEnrolled(NodeId Node, SecretHash Secret, string KeyThumbprint, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>An agent told what its node has; it holds a lease.</summary>
[MemoryPackable]
public sealed partial record NodeReported(
    NodeId Node, Capacity Total, ImmutableArray<Accelerator> Accelerators, string DepotUrl, bool CanSandbox, string Note,
    string OperatingSystem, [property: CanonicalTime] DateTimeOffset LeaseUntil, string NetworkSwitch = "", string PublicKey = "") : DomainEvent;

/// <summary>An agent may go on without hearing from the writer for longer.</summary>
[MemoryPackable]
public sealed partial record LeaseRenewed(NodeId Node, [property: CanonicalTime] DateTimeOffset Until) : DomainEvent;

/// <summary>An agent proved its key after its certificate had expired.</summary>
[MemoryPackable]
public sealed partial record NodeCameBack(NodeId Node, int ComebackCount) : DomainEvent;

/// <summary>A node's lease ran out.</summary>
[MemoryPackable]
public sealed partial record NodeLost(NodeId Node, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>An operator cut a node off.</summary>
[MemoryPackable]
public sealed partial record NodeBanned(NodeId Node, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>An attempt holds a part of a node.</summary>
[MemoryPackable]
public sealed partial record CapacityTaken(
    NodeId Node, AttemptId Attempt, Capacity Amount, ImmutableArray<AcceleratorShare> Shares) : DomainEvent;

/// <summary>An attempt gave its part of a node back.</summary>
[MemoryPackable]
public sealed partial record CapacityReturned(
    NodeId Node, AttemptId Attempt, Capacity Amount, ImmutableArray<AcceleratorShare> Shares) : DomainEvent;
