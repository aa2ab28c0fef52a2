using System.Buffers;
using System.Net.Http.Json;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>
/// Fetches chunks from one depot into a store: packed, several requests at once, each chunk verified.
/// </summary>
internal sealed class ChunkPull(
    DepotLine line, string ticket, DepotStore store, TransferTally tally, DepotClientOptions options)
{
    /// <summary>Brings a dataset's chunks into the store and makes the dataset known there.</summary>
    public async Task BringAsync(DatasetManifest manifest, Pacer? pacer, CancellationToken cancellation)
    {
        for (var round = 1; ; round++)
        {
            var ledger = ResumeLedger.Of(manifest, store.HasChunk);
            store.EnsureRoom(ledger.MissingSize + (store.HasTree(manifest.Root) ? DataSize.Zero : manifest.Size));
            await FetchAsync(ledger, pacer, cancellation);
            var missing = await store.PublishAsync(manifest, cancellation);
            if (missing.IsEmpty)
                return;
            if (round == options.RoundCountMax)
                throw new ChunkMissingException(missing[0].Hash);
        }
    }

    /// <summary>Brings what a ledger lacks into the store.</summary>
    public Task FetchAsync(ResumeLedger ledger, Pacer? pacer, CancellationToken cancellation)
    {
        tally.Begin(ledger.PresentSize);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(options.ParallelCount, 1, 64),
            CancellationToken = cancellation,
        };
        return Parallel.ForEachAsync(
            Pack.Plan(ledger.Missing, options.PackSize, options.PackChunkCount),
            parallel,
            async (pack, token) => await FetchPackAsync(pack, pacer, token));
    }

    /// <summary>
    /// Asks for what of the pack is still missing, until nothing is or no attempt brings anything new.
    /// </summary>
    private async Task FetchPackAsync(Pack pack, Pacer? pacer, CancellationToken cancellation)
    {
        var wanted = pack.Chunks.ToDictionary(chunk => chunk.Hash);
        var corruptCounts = new Dictionary<ChunkHash, int>();
        var failureCount = 0;
        while (wanted.Count > 0)
        {
            var wantedCount = wanted.Count;
            try
            {
                using var watch = line.Watch(cancellation);
                await ReceiveAsync(wanted, corruptCounts, pacer, watch, cancellation);
            }
            catch (LineBrokenException fault)
            {
                failureCount = wanted.Count < wantedCount ? 1 : failureCount + 1;
                await line.BackOffAsync(failureCount, fault, cancellation);
            }
        }
    }

    private async Task ReceiveAsync(
        Dictionary<ChunkHash, Chunk> wanted,
        Dictionary<ChunkHash, int> corruptCounts,
        Pacer? pacer,
        SilenceWatch watch,
        CancellationToken cancellation)
    {
        using var list = JsonContent.Create(new ChunkList([.. wanted.Keys.Select(hash => hash.ToString())]));

        // Depots know the length of a list before they read it.
        await list.LoadIntoBufferAsync(cancellation);
        using var response = await line.SendAsync(HttpMethod.Post, DepotWire.Packs, ticket, list, watch);
        var body = new PacedBody(await response.Content.ReadAsStreamAsync(cancellation), pacer, watch);
        var header = new byte[PackFrame.HeaderBytes];
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax);
        try
        {
            for (var rest = wanted.Count; rest > 0; rest--)
            {
                await body.FillAsync(header, cancellation);
                if (!PackFrame.TryReadHeader(header, out var frame)
                    || !wanted.TryGetValue(frame.Hash, out var chunk) || chunk != frame)
                    throw new LineBrokenException("The depot sent what was not asked for.", inner: null);

                var content = buffer.AsMemory(0, chunk.SizeBytes);
                await body.FillAsync(content, cancellation);
                if (await AcceptAsync(chunk, content, corruptCounts, cancellation))
                    wanted.Remove(chunk.Hash);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> AcceptAsync(
        Chunk chunk,
        ReadOnlyMemory<byte> content,
        Dictionary<ChunkHash, int> corruptCounts,
        CancellationToken cancellation)
    {
        try
        {
            await store.WriteChunkAsync(chunk.Hash, content, line.Depot.ToString(), cancellation);
            tally.Add(chunk);
            return true;
        }
        catch (ChunkCorruptException)
        {
            var count = corruptCounts.GetValueOrDefault(chunk.Hash) + 1;
            if (count >= options.CorruptCountMax)
                throw new DepotSourceCorruptException(line.Depot, chunk.Hash, count);
            corruptCounts[chunk.Hash] = count;
            return false;
        }
    }
}

/// <summary>A response's body that flows no faster than the pacer allows.</summary>
internal sealed class PacedBody(Stream body, Pacer? pacer, SilenceWatch watch)
{
    /// <summary>Fills the buffer, or fails.</summary>
    public async Task FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            var slice = buffer[..Math.Min(buffer.Length, Pacer.SliceBytes)];
            if (pacer is not null)
                await pacer.TakeAsync(slice.Length, cancellation);
            await watch.GuardAsync(async token =>
            {
                await body.ReadExactlyAsync(slice, token);
                return true;
            });
            buffer = buffer[slice.Length..];
        }
    }
}

/// <summary>Counts what goes over the line and tells who wants to know.</summary>
internal sealed class TransferTally(DataSize total, IProgress<TransferProgress>? progress)
{
    private long _presentBytes;
    private long _sentBytes;

    public DataSize Sent => new(Interlocked.Read(ref _sentBytes));

    public void Begin(DataSize present)
    {
        Interlocked.Exchange(ref _presentBytes, present.Bytes);
        progress?.Report(new(present, total));
    }

    public void Add(Chunk chunk)
    {
        Interlocked.Add(ref _sentBytes, chunk.SizeBytes);
        var presentBytes = Interlocked.Add(ref _presentBytes, chunk.SizeBytes);
        progress?.Report(new(new(presentBytes), total));
    }
}
