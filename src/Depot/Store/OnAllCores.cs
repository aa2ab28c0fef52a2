using System.Buffers;
using System.Runtime.ExceptionServices;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Reads, hashes and writes many things of one kind with all processors.</summary>
internal static class OnAllCores
{
    /// <summary>Acts once for each index, each time with a buffer for a chunk; the first failure ends it.</summary>
    public static void Run(int count, CancellationToken cancellation, Action<int, byte[]> act)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        try
        {
            Parallel.For(
                0, count, options,
                () => ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax),
                (index, _, buffer) =>
                {
                    act(index, buffer);
                    return buffer;
                },
                buffer => ArrayPool<byte>.Shared.Return(buffer));
        }
        catch (AggregateException faults)
        {
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }
    }
}
