using System.Collections.Immutable;
using MemoryPack;

namespace Meridian.Domain.Sites;

/// <summary>Declares a site, or changes it.</summary>
[MemoryPackable]
public sealed partial record DeclareSite(Site Site) : DomainCommand;

/// <summary>Takes a site away that runs nothing.</summary>
[MemoryPackable]
public sealed partial record RemoveSite(SiteId Site) : DomainCommand;

/// <summary>Declares a pool, or changes it.</summary>
[MemoryPackable]
public sealed partial record DeclarePool(Pool Pool) : DomainCommand;

/// <summary>Makes a join token.</summary>
[MemoryPackable]
public sealed partial record IssueJoinToken(SecretHash Secret, SiteId Site, TimeSpan Lifetime) : DomainCommand;

/// <summary>Uses a join token up.</summary>
[MemoryPackable]
public sealed partial record EnrolNode(
    SecretHash Secret, SiteId Site, string Pool, string Driver, string Node, string KeyThumbprint) : DomainCommand;

/// <summary>An agent says what its node has and which attempts it holds, at the start of a line.</summary>
[MemoryPackable]
public sealed partial record ReportNode(
    NodeId Node, Capacity Total, ImmutableArray<Accelerator> Accelerators, string DepotUrl, bool CanSandbox, string Note,
    string OperatingSystem, TimeSpan Lease, string NetworkSwitch = "", string PublicKey = "") : DomainCommand;

/// <summary>Lengthens a lease.</summary>
[MemoryPackable]
public sealed partial record RenewLease(NodeId Node, TimeSpan Lease) : DomainCommand;

/// <summary>Notes that an agent proved its key after its certificate expired.</summary>
[MemoryPackable]
public sealed partial record ComeBack(NodeId Node, int ComebackCountMax) : DomainCommand;

/// <summary>Cuts a node off for good.</summary>
[MemoryPackable]
public sealed partial record BanNode(NodeId Node) : DomainCommand;
