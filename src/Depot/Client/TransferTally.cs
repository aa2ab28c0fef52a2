using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>Counts what goes over the line and tells who wants to know.</summary>
internal sealed class TransferTally(DataSize total, IProgress<TransferProgress>? progress)
{
    private long _presentBytes;
    private long _sentBytes;
    private long _lineBytes;

    public DataSize OnLine => new(Interlocked.Read(ref _lineBytes));

    public DataSize Sent => new(Interlocked.Read(ref _sentBytes));

    public void Begin(DataSize present)
    {
        Interlocked.Exchange(ref _presentBytes, present.Bytes);
        progress?.Report(new(present, total));
    }

    /// <summary>Counts bytes as they come over the line.</summary>
    public void CountLine(int bytes) => Interlocked.Add(ref _lineBytes, bytes);

    /// <summary>Counts a chunk that came or went; one that came twice is sent twice and there once.</summary>
    public void Add(Chunk chunk, bool isNew)
    {
        Interlocked.Add(ref _sentBytes, chunk.SizeBytes);
        if (!isNew)
            return;
        var presentBytes = Interlocked.Add(ref _presentBytes, chunk.SizeBytes);
        progress?.Report(new(new(presentBytes), total));
    }
}
