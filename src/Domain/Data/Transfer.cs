using System.Collections.Immutable;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>How a transfer takes its road.</summary>
public enum TransferMode
{
    /// <summary>A circuit with a held rate.</summary>
    Dedicated,

    /// <summary>Several replicas, paths and relays at once.</summary>
    Aggregated,

    /// <summary>The cheapest hours before a deadline, lying at relays between them.</summary>
    Offpeak,
}

/// <summary>What a transfer is for.</summary>
public enum TransferPurpose
{
    /// <summary>A tenant asked for it. It is planned anew when a part of it fails.</summary>
    Send,

    /// <summary>A task waits for it. When it fails, the task is placed anew, and with it the data.</summary>
    Staging,

    /// <summary>It brings a job's result to the site that asked for it. It is planned anew when a part of it fails.</summary>
    Delivery,
}

/// <summary>Where a transfer stands.</summary>
public enum TransferState
{
    /// <summary>Its price is set aside and its circuits are held; no byte has moved yet.</summary>
    Admitted,

    /// <summary>It moves, or waits for the next of its windows.</summary>
    Moving,

    /// <summary>Halted by its owner: it holds no circuit, and what has arrived stays.</summary>
    Paused,

    /// <summary>Verified and whole at every target.</summary>
    Done,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Ended by its owner.</summary>
    Cancelled,
}

/// <summary>Where a hop stands.</summary>
public enum HopState
{
    /// <summary>Its circuits are held; its window or its source is not there yet.</summary>
    Waiting,

    /// <summary>The receiving depot pulls.</summary>
    Moving,

    /// <summary>Halted; it holds no circuit.</summary>
    Paused,

    /// <summary>Verified and whole at its target.</summary>
    Done,

    /// <summary>It did not arrive, and holds no circuit.</summary>
    Failed,
}

/// <summary>A depot that sends, over a path at a held rate.</summary>
/// <param name="From">The depot.</param>
/// <param name="Links">The path, in order; empty inside a site.</param>
/// <param name="Rate">The held rate.</param>
[MemoryPackable]
public sealed partial record HopSource(NodeId From, ImmutableArray<LinkId> Links, Bandwidth Rate);

/// <summary>A while in which a hop moves.</summary>
/// <param name="Start">When its circuits begin.</param>
/// <param name="Finish">When they end.</param>
/// <param name="Sources">Who sends, all at once.</param>
[MemoryPackable]
public sealed partial record HopWindow(
    [property: CanonicalTime] DateTimeOffset Start, [property: CanonicalTime] DateTimeOffset Finish, ImmutableArray<HopSource> Sources);

/// <summary>A hop as a planner proposes it: a part, the depot that is to have it, and when it comes from where.</summary>
[MemoryPackable]
public sealed partial record PlannedHop(ContentRoot Root, DataSize Size, NodeId To, ImmutableArray<HopWindow> Windows)
{
    /// <summary>When it has arrived.</summary>
    [MemoryPackIgnore]
    public DateTimeOffset Finish => Windows[^1].Finish;
}

/// <summary>One part of a transfer on its way to one depot, which is a target or a relay.</summary>
/// <param name="Root">The content.</param>
/// <param name="Size">The amount of data.</param>
/// <param name="To">The depot that pulls.</param>
/// <param name="Windows">When it moves and from where, in order of time.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Fetch">The order that the depot follows now, or 0. Every start has a number of its own, so news of an earlier one is old news.</param>
/// <param name="Window">The window in which it moves, or the first in which it may be started, from 0.</param>
/// <param name="BytesDone">What is known to be there: coarse while it moves.</param>
/// <param name="BytesPaid">What of it was paid before the windows were planned.</param>
/// <param name="BytesMoved">What was really sent, once it is over.</param>
/// <param name="Price">What the rest costs.</param>
/// <param name="Sealer">The depot that encrypts what comes, so that only targets can read it; no name where it travels as it is.</param>
[MemoryPackable]
public sealed partial record Hop(
    ContentRoot Root, DataSize Size, NodeId To, ImmutableArray<HopWindow> Windows, HopState State, long Fetch,
    int Window, long BytesDone, long BytesPaid, long BytesMoved, Money Price, NodeId Sealer)
{
    /// <summary>Whether it travels encrypted from end to end.</summary>
    [MemoryPackIgnore]
    public bool IsSealed => Sealer.Value is { Length: > 0 };

    /// <summary>Whether its circuits are held.</summary>
    [MemoryPackIgnore]
    public bool HoldsCircuits => State is HopState.Waiting or HopState.Moving;

    /// <summary>When its first window begins.</summary>
    [MemoryPackIgnore]
    public DateTimeOffset Start => Windows[0].Start;

    /// <summary>When its last window ends.</summary>
    [MemoryPackIgnore]
    public DateTimeOffset Finish => Windows[^1].Finish;

    /// <summary>
    /// From when on the passing of time may ask something of it: to start in its window, or to halt between two; nothing when
    /// it ends by itself.
    /// </summary>
    [MemoryPackIgnore]
    public DateTimeOffset? Next => State switch
    {
        HopState.Waiting => Windows[Window].Start,
        HopState.Moving when Window < Windows.Length - 1 => Windows[Window].Finish,
        _ => null,
    };

    /// <summary>What has to come, as the plan of the moment sees it.</summary>
    [MemoryPackIgnore]
    public DataSize Left => new(Size.Bytes - BytesPaid);

    /// <summary>The place of the moment's window: of the first that is not over, and of the last where all are.</summary>
    public int WindowAt(DateTimeOffset now)
    {
        for (var index = 0; index < Windows.Length - 1; index++)
        {
            if (now < Windows[index].Finish)
                return index;
        }

        return Windows.Length - 1;
    }
}

/// <summary>What was asked for.</summary>
/// <param name="Purpose">What it is for.</param>
/// <param name="Project">Whose data moves; its tenant pays, unless a job does.</param>
/// <param name="User">Who asked.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Version">Its version; 0 for a part that a task reads.</param>
/// <param name="To">The sites that are to have it.</param>
/// <param name="Mode">How it goes.</param>
/// <param name="Priority">From 0 to 9; where transfers are planned anew together, the higher goes first.</param>
/// <param name="Rate">The rate asked for, or zero for what is best.</param>
/// <param name="Deadline">When it has to be there, or nothing.</param>
/// <param name="Job">The job that pays, or 0 for the tenant itself.</param>
/// <param name="IdempotencyKey">The hash of the caller's key: the same key makes one transfer; empty for none.</param>
/// <param name="IsSealed">Whether every part goes encrypted from end to end; what lies at relays does in any case.</param>
[MemoryPackable]
public sealed partial record TransferRequest(
    TransferPurpose Purpose, ProjectId Project, string User, DatasetId Dataset, int Version, ImmutableArray<SiteId> To,
    TransferMode Mode, int Priority, Bandwidth Rate, [property: CanonicalOptionalTime] DateTimeOffset? Deadline, long Job,
    SecretHash IdempotencyKey, bool IsSealed = false);

/// <summary>A dataset on its way: the hops that bring its parts, what was promised and what it costs.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Hops">How it goes; hops that fetch from a relay or from another target come after those that fill it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Held">The money set aside for what has not arrived.</param>
/// <param name="Charged">The money taken.</param>
/// <param name="SubmittedAt">When it was taken in.</param>
/// <param name="Promised">The arrival that was promised. Only a pause of its owner's moves it.</param>
/// <param name="Expected">The arrival by the plan of the moment.</param>
/// <param name="EndedAt">When it was over.</param>
/// <param name="LinkChanges">What the network's count of changes was when it was planned last.</param>
/// <param name="FailureCount">How many hops failed.</param>
/// <param name="Reason">Why a hop failed last, or empty.</param>
/// <param name="Seals">How parts are encrypted that travel so.</param>
[MemoryPackable]
public sealed partial record Transfer(
    long Id, TransferRequest Request, ImmutableArray<Hop> Hops, TransferState State, Money Held, Money Charged,
    [property: CanonicalTime] DateTimeOffset SubmittedAt, [property: CanonicalTime] DateTimeOffset Promised,
    [property: CanonicalTime] DateTimeOffset Expected, [property: CanonicalOptionalTime] DateTimeOffset? EndedAt,
    long LinkChanges, int FailureCount, string Reason, ImmutableArray<TransferSeal> Seals)
{
    /// <summary>
    /// What a promise allows a depot besides its windows: to hear of the order, to connect, and after the last byte to verify, to
    /// publish and to say so.
    /// </summary>
    public static readonly TimeSpan HandOver = TimeSpan.FromSeconds(2);

    /// <summary>The dataset that moves.</summary>
    [MemoryPackIgnore]
    public DatasetId Dataset => Request.Dataset;

    /// <summary>The job that pays, or 0.</summary>
    [MemoryPackIgnore]
    public long Job => Request.Job;

    /// <summary>Whether it is not over.</summary>
    [MemoryPackIgnore]
    public bool IsOpen => State is TransferState.Admitted or TransferState.Moving or TransferState.Paused;

    /// <summary>The data of all hops.</summary>
    [MemoryPackIgnore]
    public DataSize Size => new(Hops.Sum(h => h.Size.Bytes));

    /// <summary>What was really sent in all hops that are over.</summary>
    [MemoryPackIgnore]
    public long BytesMoved => Hops.Sum(h => h.BytesMoved);

    /// <summary>How the depot encrypts the part, or nothing.</summary>
    public TransferSeal? SealBy(ContentRoot root, NodeId sealer) => Seals.IsDefault ? null : Seals.FirstOrDefault(s => s.Root == root && s.By == sealer);

    /// <summary>The name under which depots know what the hop brings; nothing while its seal is being made.</summary>
    public ContentRoot? NameOf(Hop hop) => !hop.IsSealed ? hop.Root
        : SealBy(hop.Root, hop.Sealer) is { IsMade: true } made ? made.Name : null;

    /// <summary>Whether it is encrypted as it has to be, and its target can open it.</summary>
    public bool IsSealReady(Hop hop) => !hop.IsSealed
        || (SealBy(hop.Root, hop.Sealer) is { IsMade: true } made && (!IsTarget(hop) || made.KeyFor(hop.To) is not null));

    /// <summary>Whether hops wait for the depot to make the seal, or a key of it for another target.</summary>
    public bool Awaits(TransferSeal seal) => Hops.Any(h =>
        h.State is not (HopState.Done or HopState.Moving) && h.Root == seal.Root && h.Sealer == seal.By && !IsSealReady(h));

    /// <summary>Whether the hop ends where the data is wanted, and not at a relay.</summary>
    public bool IsTarget(Hop hop) => Request.To.Contains(hop.To.Site);

    /// <summary>
    /// Whether the hop's sources of the window have the content: they hold it, or a hop of this transfer brought it. Peers need
    /// not, if there is somebody who does.
    /// </summary>
    public bool AreSourcesReady(DataState data, Hop hop, HopWindow window) =>
        window.Sources.All(s => HasContent(data, hop, s) || IsPeer(hop, window, s)) && window.Sources.Any(s => HasContent(data, hop, s));

    /// <summary>Whether the source gets the content itself while it sends: what has come there is passed on.</summary>
    public bool IsPeer(DataState data, Hop hop, HopWindow window, HopSource source) =>
        !HasContent(data, hop, source) && IsPeer(hop, window, source);

    private bool HasContent(DataState data, Hop hop, HopSource source) => data.HoldersOf(hop.Root).Contains(source.From)
        || Hops.Any(h => h.State == HopState.Done && h.Root == hop.Root && h.To == source.From);

    private bool IsPeer(Hop hop, HopWindow window, HopSource source) =>
        Hops.Any(h => h.To == source.From && TransferRules.IsPeer(h.Root, h.Windows, hop.Root, window));
}
