using Meridian.Datasets;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Meridian.Depot;

/// <summary>Requests of those who may read one dataset.</summary>
internal sealed class ReadRequests(DepotStore store)
{
    public async Task SendManifestAsync(HttpContext context, DepotTicket ticket)
    {
        var manifest = await FindAsync(context, ticket, context.Root());
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = manifest.Encoded.Length;
        await context.Response.Body.WriteAsync(manifest.Encoded, context.RequestAborted);
    }

    public async Task SendPackAsync(HttpContext context, DepotTicket ticket)
    {
        var manifest = await FindAsync(context, ticket, ticket.Root!.Value);
        var (hashes, verify) = await context.ReadListAsync(Pack.ChunkCountMax);
        var chunks = Permitted(manifest, hashes);
        if (chunks.Sum(chunk => (long)chunk.SizeBytes) > Pack.SizeBytesMax)
            throw Refusal.TooLarge("The pack is larger than " + Pack.SizeBytesMax + " bytes. Ask for fewer chunks.");
        if (store.LostOf(manifest, chunks) is { IsEmpty: false } lost)
            throw Refusal.Missing(lost, "This depot has lost chunks of the dataset. Pull from another replica.");

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = PackFrame.LengthBytes(chunks);
        var source = store.SourceOf(manifest);
        await SendFramesAsync(context, chunks, verify ? source.ReadChunk : source.LoadChunk);
    }

    public async Task SendFileAsync(HttpContext context, DepotTicket ticket)
    {
        var manifest = await FindAsync(context, ticket, context.Root());
        var path = context.Route("path");
        if (manifest.Follow(path) is not ManifestEntry.File file)
            throw Refusal.NotFound("The dataset has no file '" + EntryPath.Printable(path) + "'.");

        var name = new ContentDispositionHeaderValue("attachment");
        name.SetHttpFileName(path[(path.LastIndexOf('/') + 1)..]);
        context.Response.Headers.ContentDisposition = name.ToString();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.SizeBytes;
        await FileBytes.CopyAsync(file, store.SourceOf(manifest), context.Response.Body, context.RequestAborted);
    }

    private async Task<DatasetManifest> FindAsync(HttpContext context, DepotTicket ticket, ManifestRoot root)
    {
        ticket.RequireRoot(root);
        return await store.FindManifestAsync(root, context.RequestAborted)
            ?? throw Refusal.NotFound("The dataset " + root + " is not here. Pull from another replica.");
    }

    private static List<Chunk> Permitted(DatasetManifest manifest, List<ChunkHash> hashes)
    {
        // A chunk of another dataset gets the same answer whether it is here or not.
        return hashes.ConvertAll(hash => manifest.TryGetChunk(hash, out var chunk)
            ? chunk
            : throw Refusal.NotPermitted("The ticket's dataset has no chunk " + hash + "."));
    }

    /// <summary>
    /// Reads straight into the memory of the connection, small chunks gathered, so that a write is worth its cost: the
    /// server's own way cuts a body into pieces of 4 KiB, each of them encrypted by itself.
    /// </summary>
    private static async Task SendFramesAsync(HttpContext context, List<Chunk> chunks, ReadChunk read)
    {
        const int enoughBytes = 256 * 1024;
        await context.Response.StartAsync(context.RequestAborted);
        var writer = context.Response.BodyWriter;
        for (var index = 0; index < chunks.Count;)
        {
            var first = index;
            var sizeBytes = 0;
            do
                sizeBytes += PackFrame.HeaderBytes + chunks[index++].SizeBytes;
            while (index < chunks.Count && sizeBytes + PackFrame.HeaderBytes + chunks[index].SizeBytes <= enoughBytes);

            Fill(writer.GetSpan(sizeBytes), chunks[first..index], read);
            writer.Advance(sizeBytes);
            await writer.FlushAsync(context.RequestAborted);
        }
    }

    private delegate void ReadChunk(Chunk chunk, Span<byte> buffer);

    private static void Fill(Span<byte> frames, List<Chunk> chunks, ReadChunk read)
    {
        foreach (var chunk in chunks)
        {
            PackFrame.WriteHeader(chunk, frames);
            read(chunk, frames[PackFrame.HeaderBytes..]);
            frames = frames[(PackFrame.HeaderBytes + chunk.SizeBytes)..];
        }
    }
}
