using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>One pack on its way, perhaps over two paths at once. Safe for use from many threads.</summary>
internal sealed class PackWork(Pack pack, Replica owner) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly bool[] _isThere = new bool[pack.Chunks.Length];
    private readonly CancellationTokenSource _done = new();
    private int _missingCount = pack.Chunks.Length;
    private long _missingBytes = pack.Size.Bytes;

    public Pack Pack => pack;

    /// <summary>Who was asked first.</summary>
    public Replica Owner => owner;

    /// <summary>Who helps, when the owner is slow; null for nobody.</summary>
    public Replica? Helper { get; set; }

    /// <summary>Ends the other side's reading when all is there.</summary>
    public CancellationToken Done => _done.Token;

    public long MissingBytes
    {
        get
        {
            lock (_gate)
                return _missingBytes;
        }
    }

    public int MissingCount
    {
        get
        {
            lock (_gate)
                return _missingCount;
        }
    }

    /// <summary>The places in the pack of what is missing: a helper begins at the other end, so that both meet in the middle.</summary>
    public List<int> MissingFor(Replica replica)
    {
        lock (_gate)
        {
            var missing = new List<int>(_missingCount);
            for (var place = 0; place < _isThere.Length; place++)
            {
                if (!_isThere[place])
                    missing.Add(place);
            }

            if (replica == Helper)
                missing.Reverse();
            return missing;
        }
    }

    /// <summary>Notes that the chunk at a place of the pack is there.</summary>
    public void Tick(int place)
    {
        bool isLast;
        lock (_gate)
        {
            if (_isThere[place])
                return;
            _isThere[place] = true;
            _missingBytes -= pack.Chunks[place].SizeBytes;
            isLast = --_missingCount == 0;
        }

        if (isLast)
            _done.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _done.Dispose();
}

/// <summary>
/// Who fetches which pack. Packs are handed out in order to whoever is free, ever smaller ones towards the end, so that all are
/// through at the same time; when none is left, whoever is free takes over from a replica that would need longer. Among receivers that help each other, what one of them has or is to get
/// first is left to them, so that the original sends each pack about once. Safe for use from many threads.
/// </summary>
internal sealed class PackBoard
{
    // A replica that is only a little slower is left alone with its last chunk: what both send is wasted.
    private const double WorthIt = 1.5;

    // A smaller request costs more than it evens out.
    private const long SplitBytesMin = 256 * 1024;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly LinkedList<Pack> _waiting;
    private readonly List<PackWork> _running = [];
    private readonly ImmutableArray<Replica> _peers;
    private readonly BoardPatience _patience;
    private readonly TimeProvider _clock;
    private readonly HashSet<Pack> _own;
    private long _waitingBytes;
    private int _fullCount;
    private long _changedAt;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A board with everything still to do.</summary>
    /// <param name="packs">What has to come, what this receiver is to get first at the beginning.</param>
    /// <param name="ownCount">How many of the packs that is; all where nobody else gets the same.</param>
    /// <param name="replicas">Everybody who is asked.</param>
    /// <param name="patience">How long to wait for others.</param>
    /// <param name="clock">The time.</param>
    public PackBoard(
        IEnumerable<Pack> packs, int ownCount, ImmutableArray<Replica> replicas, BoardPatience patience, TimeProvider clock)
    {
        _waiting = new(packs);
        _waitingBytes = _waiting.Sum(pack => pack.Size.Bytes);
        _own = new(_waiting.Take(ownCount), ReferenceEqualityComparer.Instance);
        _peers = [.. replicas.Where(replica => replica.IsPeer)];
        _fullCount = replicas.Length - _peers.Length;
        _patience = patience;
        _clock = clock;
        _changedAt = clock.GetTimestamp();
    }

    /// <summary>Whether all is handed out and done.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
                return _waiting.Count == 0 && _running.Count == 0;
        }
    }

    /// <summary>A pack to fetch, or null when nothing is left for this replica to do.</summary>
    public async Task<PackWork?> TakeAsync(Replica replica, bool hasOthers, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Choose(replica) is { } node)
                    return Begin(node, replica);
                if ((_running.Count == 0 && _waiting.Count == 0) || !hasOthers || IsHopeless())
                    return null;
                if (_peers.IsEmpty && FindSlow(replica) is { } slow)
                {
                    slow.Helper = replica;
                    return slow;
                }

                changed = _changed.Task;
            }

            // A path may become slow at any time, so that waiting for a change alone would be too long.
            await Task.WhenAny(changed, Task.Delay(Glance, _clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Notes that a replica is through with a pack; what it left undone waits for another one.</summary>
    public void Leave(PackWork work, Replica replica)
    {
        lock (_gate)
        {
            if (work.Helper == replica)
                work.Helper = null;
            else if (_running.Remove(work) && work.MissingCount > 0)
            {
                _waiting.AddLast(new Pack([.. work.MissingFor(work.Owner).Select(place => work.Pack.Chunks[place])], new(work.MissingBytes)));
                _waitingBytes += work.MissingBytes;
            }
            Change();
        }
    }

    /// <summary>Notes that a peer has more than before.</summary>
    public void Notice()
    {
        lock (_gate)
            Change();
    }

    /// <summary>Notes that a replica will bring nothing any more.</summary>
    public void Lose(Replica replica)
    {
        lock (_gate)
        {
            replica.Lose();
            if (!replica.IsPeer)
                _fullCount--;
            Change();
        }
    }

    private void Change()
    {
        _changedAt = _clock.GetTimestamp();
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // Peers alone may still be given what is missing, but not for ever.
    private bool IsHopeless() =>
        _fullCount == 0 && _running.Count == 0
        && (_peers.IsEmpty || _clock.GetElapsedTime(_changedAt) > _patience.Silence);

    private LinkedListNode<Pack>? Choose(Replica replica)
    {
        if (replica.IsPeer)
            return FromFront(replica.HasAll);
        if (_peers.IsEmpty)
            return _waiting.First;
        if (_own.Count > 0)
            return FromFront(_own.Contains);

        // The rest comes from the others, who get it at this moment; only when nothing moves any more, it is asked for.
        return _clock.GetElapsedTime(_changedAt) > _patience.Idle ? _waiting.Last : null;
    }

    private LinkedListNode<Pack>? FromFront(Func<Pack, bool> isWanted)
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (isWanted(node.Value))
                return node;
        }

        return null;
    }

    private PackWork Begin(LinkedListNode<Pack> node, Replica replica)
    {
        var pack = node.Value;
        if (_peers.IsEmpty && TrySplit(pack) is var (first, later))
        {
            node.Value = later;
            pack = first;
        }
        else
        {
            _waiting.Remove(node);
        }

        _waitingBytes -= pack.Size.Bytes;
        _own.Remove(pack);
        var work = new PackWork(pack, replica);
        _running.Add(work);
        return work;
    }

    /// <summary>Takes from a pack no more than half of what would be one's share of the rest; null for all of it.</summary>
    private (Pack First, Pack Later)? TrySplit(Pack pack)
    {
        var shareBytes = Math.Max(SplitBytesMin, _waitingBytes / (2 * (_running.Count + 1)));
        if (pack.Size.Bytes <= shareBytes)
            return null;
        var firstBytes = 0L;
        var count = 0;
        while (count < pack.Chunks.Length && (count == 0 || firstBytes + pack.Chunks[count].SizeBytes <= shareBytes))
            firstBytes += pack.Chunks[count++].SizeBytes;
        return count == pack.Chunks.Length
            ? null
            : (new(pack.Chunks[..count], new(firstBytes)), new(pack.Chunks[count..], new(pack.Size.Bytes - firstBytes)));
    }

    private PackWork? FindSlow(Replica replica) => _running
        .Where(work => work.Owner != replica && work.Helper is null && work.MissingCount > 0)
        .Select(work => (Work: work, Bytes: work.MissingBytes))
        .Where(item => item.Bytes > Chunk.SizeBytesUsual
            || replica.BytesPerSecond > WorthIt * item.Work.Owner.BytesPerSecond)
        .OrderByDescending(item => item.Bytes / item.Work.Owner.BytesPerSecond)
        .Select(item => item.Work)
        .FirstOrDefault();
}

/// <summary>How long a board waits for others.</summary>
/// <param name="Idle">How long nothing moves before a full replica is asked for what peers should have.</param>
/// <param name="Silence">How long peers alone may bring nothing before they are given up.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoardPatience(TimeSpan Idle, TimeSpan Silence);
