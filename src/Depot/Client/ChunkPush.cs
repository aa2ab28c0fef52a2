using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>Sends chunks to one depot: packed, several requests at once, only those that it lacks.</summary>
internal sealed class ChunkPush(
    DepotLine line, string ticket, IChunkSource source, TransferTally tally, DepotClientOptions options)
{
    /// <summary>Which of the manifest's chunks the depot lacks.</summary>
    public async Task<ResumeLedger> AskMissingAsync(DatasetManifest manifest, CancellationToken cancellation)
    {
        HashSet<ChunkHash> missing = [];
        foreach (var chunks in manifest.Chunks.Chunk(DepotWire.MissingCountMax))
        {
            var answer = await line.RetryAsync(watch => AskAsync(chunks, watch), cancellation);
            missing.UnionWith(answer);
        }

        return ResumeLedger.Of(manifest, chunk => !missing.Contains(chunk.Hash));
    }

    public Task SendAsync(ResumeLedger ledger, Pacer? pacer, CancellationToken cancellation)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(options.ParallelCount, 1, 64),
            CancellationToken = cancellation,
        };
        return Parallel.ForEachAsync(
            Pack.Plan(ledger.Missing, options.PackSize, options.PackChunkCount),
            parallel,
            async (pack, token) =>
            {
                var body = Read(pack);
                await line.RetryAsync(watch => SendPackAsync(body, pacer, watch), token);
                foreach (var chunk in pack.Chunks)
                    tally.Add(chunk, isNew: true);
            });
    }

    /// <summary>Sends the manifest. False when chunks went missing at the depot since it was asked.</summary>
    public Task<bool> PublishAsync(DatasetManifest manifest, CancellationToken cancellation) =>
        line.RetryAsync(
            async watch =>
            {
                try
                {
                    using var content = new PacedContent(manifest.Encoded, pacer: null, watch);
                    var path = DepotWire.Manifest(manifest.Root);
                    using var response = await line.SendAsync(HttpMethod.Put, path, ticket, content, watch);
                    return true;
                }
                catch (DepotRefusedException fault) when (fault.Status == HttpStatusCode.Conflict)
                {
                    return false;
                }
            },
            cancellation);

    private async Task<IReadOnlyList<ChunkHash>> AskAsync(Chunk[] chunks, SilenceWatch watch)
    {
        using var list = JsonContent.Create(new ChunkList([.. chunks.Select(chunk => chunk.Hash.ToString())]));
        await list.LoadIntoBufferAsync();
        using var response = await line.SendAsync(HttpMethod.Post, DepotWire.Missing, ticket, list, watch);
        try
        {
            var answer = await watch.GuardAsync(async token =>
            {
                await response.Content.LoadIntoBufferAsync(DepotWire.ListBytesMax, token);
                return await response.Content.ReadFromJsonAsync<ChunkList>(token);
            });
            var hashes = new List<ChunkHash>();
            foreach (var text in answer?.Chunks ?? [])
            {
                if (ChunkHash.TryParse(text, out var hash))
                    hashes.Add(hash);
            }

            return hashes;
        }
        catch (JsonException fault)
        {
            throw new LineBrokenException("The depot's answer is not understood.", fault);
        }
    }

    private async Task<bool> SendPackAsync(ReadOnlyMemory<byte> body, Pacer? pacer, SilenceWatch watch)
    {
        using var content = new PacedContent(body, pacer, watch);
        using var response = await line.SendAsync(HttpMethod.Put, DepotWire.Packs, ticket, content, watch);
        return true;
    }

    private ReadOnlyMemory<byte> Read(Pack pack)
    {
        var body = new byte[PackFrame.LengthBytes(pack.Chunks)];
        var offset = 0;
        foreach (var chunk in pack.Chunks)
        {
            PackFrame.WriteHeader(chunk, body.AsSpan(offset));
            offset += PackFrame.HeaderBytes;
            source.ReadChunk(chunk, body.AsSpan(offset));
            offset += chunk.SizeBytes;
        }

        return body;
    }
}
