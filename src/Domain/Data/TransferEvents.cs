using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>A transfer was admitted.</summary>
[MemoryPackable]
public sealed partial record TransferOrdered(Transfer Transfer) : DomainEvent;

/// <summary>A depot is to pull, by an order with the number of the fetch.</summary>
[MemoryPackable]
public sealed partial record HopStarted(
    long Transfer, int Hop, long Fetch, int Window, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A hop that moves has come so far; told at each quarter.</summary>
[MemoryPackable]
public sealed partial record HopMarked(long Transfer, int Hop, long BytesDone) : DomainEvent;

/// <summary>A depot is to pull no more for now; what has come stays there, and the charge was taken for it.</summary>
[MemoryPackable]
public sealed partial record HopHalted(
    long Transfer, int Hop, long Fetch, HopState State, Money Charge, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A hop arrived whole, or did not.</summary>
[MemoryPackable]
public sealed partial record HopEnded(
    long Transfer, int Hop, long Fetch, bool Succeeded, long BytesMoved, string Reason, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A transfer's owner halted it.</summary>
[MemoryPackable]
public sealed partial record TransferPaused(long Transfer, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A transfer goes another way from now on. It is promised anew only when its owner resumed it.</summary>
[MemoryPackable]
public sealed partial record TransferReplanned(
    long Transfer, ImmutableArray<Hop> Hops, [property: CanonicalTime] DateTimeOffset Expected, bool IsResumed, long LinkChanges,
    [property: CanonicalTime] DateTimeOffset At, ImmutableArray<TransferSeal> Seals) : DomainEvent;

/// <summary>A depot said how it calls an encrypted part, and gave keys that only targets can open.</summary>
[MemoryPackable]
public sealed partial record PartSealed(
    long Transfer, TransferSeal Seal, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A transfer's money changed.</summary>
[MemoryPackable]
public sealed partial record TransferMoneyChanged(long Transfer, Money Held, Money Charged) : DomainEvent;

/// <summary>A transfer is over.</summary>
[MemoryPackable]
public sealed partial record TransferEnded(
    long Transfer, TransferState State, string Reason, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>A depot may drop what lay there for a transfer only: content at a relay, or the encrypted form of what it holds.</summary>
[MemoryPackable]
public sealed partial record RelayCleared(ContentRoot Root, NodeId Node) : DomainEvent;

/// <summary>Admits a transfer with the hops that a planner proposes: circuits, price and all, or nothing.</summary>
[MemoryPackable]
public sealed partial record OrderTransfer(TransferRequest Request, ImmutableArray<PlannedHop> Hops) : DomainCommand;

/// <summary>Puts other hops in the place of those that have not arrived; a paused transfer goes on with them if it is resumed.</summary>
[MemoryPackable]
public sealed partial record ReplanTransfer(long Transfer, ImmutableArray<PlannedHop> Hops, bool IsResumed) : DomainCommand;

/// <summary>Halts a transfer and gives its circuits back.</summary>
[MemoryPackable]
public sealed partial record PauseTransfer(long Transfer) : DomainCommand;

/// <summary>Ends a transfer.</summary>
[MemoryPackable]
public sealed partial record CancelTransfer(long Transfer) : DomainCommand;

/// <summary>A depot says how far a fetch has come.</summary>
[MemoryPackable]
public sealed partial record MarkFetch(long Fetch, NodeId Node, long BytesDone) : DomainCommand;

/// <summary>A depot says how it calls the encrypted form of a part and gives keys for targets, or why it cannot.</summary>
[MemoryPackable]
public sealed partial record ReportSeal(long Transfer, TransferSeal Seal, string Reason) : DomainCommand;

/// <summary>A depot says that a fetch is over.</summary>
[MemoryPackable]
public sealed partial record ReportFetch(
    long Fetch, NodeId Node, bool Succeeded, long BytesMoved, string Reason) : DomainCommand;
