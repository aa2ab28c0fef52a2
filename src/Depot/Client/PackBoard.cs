using System.Collections.Immutable;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>One pack on its way, perhaps over two paths at once. Safe for use from many threads.</summary>
internal sealed class PackWork(Pack pack, Replica owner) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChunkHash, Chunk> _missing = pack.Chunks.ToDictionary(chunk => chunk.Hash);
    private readonly CancellationTokenSource _done = new();

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
                return _missing.Values.Sum(chunk => (long)chunk.SizeBytes);
        }
    }

    public int MissingCount
    {
        get
        {
            lock (_gate)
                return _missing.Count;
        }
    }

    /// <summary>What is missing: a helper begins at the other end, so that both meet in the middle.</summary>
    public List<Chunk> MissingFor(Replica replica)
    {
        lock (_gate)
        {
            List<Chunk> missing = [.. pack.Chunks.Where(chunk => _missing.ContainsKey(chunk.Hash))];
            if (replica == Helper)
                missing.Reverse();
            return missing;
        }
    }

    /// <summary>Notes that a chunk is there.</summary>
    public void Tick(Chunk chunk)
    {
        bool isLast;
        lock (_gate)
            isLast = _missing.Remove(chunk.Hash) && _missing.Count == 0;
        if (isLast)
            _done.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _done.Dispose();
}

/// <summary>
/// Who fetches which pack. Packs are handed out in order to whoever is free; when none is left, whoever is free takes
/// over from a replica that would need longer. Safe for use from many threads.
/// </summary>
internal sealed class PackBoard(ImmutableArray<Pack> packs, TimeProvider clock)
{
    // A replica that is only a little slower is left alone with its last chunk: what both send is wasted.
    private const double WorthIt = 1.5;

    private readonly Lock _gate = new();
    private readonly Queue<Pack> _waiting = new(packs);
    private readonly List<PackWork> _running = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A pack to fetch, or null when nothing is left for this replica to do.</summary>
    public async Task<PackWork?> TakeAsync(Replica replica, bool hasOthers, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_waiting.TryDequeue(out var pack))
                {
                    var work = new PackWork(pack, replica);
                    _running.Add(work);
                    return work;
                }

                if (_running.Count == 0 || !hasOthers)
                    return null;
                if (FindSlow(replica) is { } slow)
                {
                    slow.Helper = replica;
                    return slow;
                }

                changed = _changed.Task;
            }

            // A path may become slow at any time, so that waiting for a change alone would be too long.
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellation));
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
                _waiting.Enqueue(new([.. work.MissingFor(work.Owner)], new(work.MissingBytes)));
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
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

/// <summary>A depot that holds the dataset, and how fast it has been.</summary>
/// <param name="line">The line to it.</param>
/// <param name="ticket">The right to read the dataset there.</param>
/// <param name="clock">The time.</param>
internal sealed class Replica(DepotLine line, string ticket, TimeProvider clock)
{
    private readonly long _beganAt = clock.GetTimestamp();
    private long _bytes;

    public DepotLine Line => line;

    public string Ticket => ticket;

    /// <summary>What it sent since the beginning, per second; above zero.</summary>
    public double BytesPerSecond =>
        Math.Max(1, Interlocked.Read(ref _bytes)) / Math.Max(0.001, clock.GetElapsedTime(_beganAt).TotalSeconds);

    public void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
