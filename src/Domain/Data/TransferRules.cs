using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Domain.Data;

/// <summary>What the writer and the planners must see alike.</summary>
public static class TransferRules
{
    /// <summary>The most sites of one transfer.</summary>
    public const int SiteCountMax = 64;

    /// <summary>The most sources of one window.</summary>
    public const int SourceCountMax = 16;

    /// <summary>The highest priority.</summary>
    public const int PriorityMax = 9;

    private const int MarkShare = 4;

    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether the hop's windows went by before it could start, so that it needs others. A task's data starts late rather
    /// than not at all, for nobody would plan it anew.
    /// </summary>
    public static bool IsMissed(Transfer transfer, Hop hop, DateTimeOffset now) =>
        hop.State == HopState.Waiting && transfer.Request.Purpose != TransferPurpose.Staging && hop.Finish + Grace < now;

    /// <summary>
    /// Whether somebody has to find another way for a part of the transfer; or a cheaper one, for one that waits for cheap hours
    /// while the links have changed since it was planned.
    /// </summary>
    public static bool NeedsPlan(Transfer transfer, long linkChanges, DateTimeOffset now) =>
        transfer.State is TransferState.Admitted or TransferState.Moving && transfer.Request.Purpose != TransferPurpose.Staging
        && (transfer.Hops.Any(h => h.State is HopState.Failed or HopState.Paused || IsMissed(transfer, h, now))
            || (transfer.Request.Mode == TransferMode.Offpeak && transfer.LinkChanges < linkChanges
                && transfer.Hops.Any(h => h.State == HopState.Waiting)));

    /// <summary>Whether a depot that gets content in the windows can pass it on to one that gets it in the window: while it comes in.</summary>
    public static bool IsPeer(ContentRoot coming, ImmutableArray<HopWindow> windows, ContentRoot wanted, HopWindow window) =>
        coming == wanted && windows.Any(w => w.Start <= window.Start && window.Start < w.Finish);

    /// <summary>How much a depot encrypts in a second for certain, when it learns the name of what it will send.</summary>
    private static readonly Bandwidth SealRate = new(2_000_000_000);

    /// <summary>How long a depot takes to learn how a part is called that it encrypts.</summary>
    public static TimeSpan SealTime(DataSize size) => size / SealRate;

    /// <summary>Whether the hop of a plan goes encrypted: always to a relay and from one, and everywhere where the tenant asked for it.</summary>
    public static bool IsSealed(TransferRequest request, PlannedHop hop, ImmutableArray<PlannedHop> plan) =>
        request.IsSealed || !request.To.Contains(hop.To.Site)
        || plan.Any(h => h.Root == hop.Root && !request.To.Contains(h.To.Site) && hop.Windows.Any(w => w.Sources.Any(s => s.From == h.To)));

    /// <summary>The number by which depots know the circuit from one of a fetch's sources.</summary>
    public static long CircuitNumber(long fetch, int source) => (fetch * SourceCountMax) + source;

    /// <summary>Whether so much more has come that it is worth a line in the journal: a quarter.</summary>
    public static bool IsMark(Hop hop, long bytesDone) =>
        Math.Min(bytesDone, hop.Size.Bytes) - hop.BytesDone >= Math.Max(1, hop.Size.Bytes / MarkShare);

    /// <summary>The part of the hop's price that is due for what is known to have come since it was planned.</summary>
    public static Money Due(Hop hop)
    {
        var left = hop.Left.Bytes;
        if (left <= 0 || hop.BytesDone <= hop.BytesPaid)
            return Money.Zero();
        var due = (hop.Price * ((decimal)(hop.BytesDone - hop.BytesPaid) / left)).RoundedUp();
        return due > hop.Price ? hop.Price : due;
    }
}
