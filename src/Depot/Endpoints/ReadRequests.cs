using System.Buffers;
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
        var chunks = Permitted(manifest, await context.ReadHashesAsync(Pack.ChunkCountMax));
        if (chunks.Sum(chunk => (long)chunk.SizeBytes) > Pack.SizeBytesMax)
            throw Refusal.TooLarge("The pack is larger than " + Pack.SizeBytesMax + " bytes. Ask for fewer chunks.");
        if (chunks.Where(chunk => !store.HasChunk(chunk)).ToList() is { Count: > 0 } missing)
            throw Refusal.Missing(missing, "This depot has lost chunks of the dataset. Pull from another replica.");

        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = PackFrame.LengthBytes(chunks);
        await WithBufferAsync(async buffer =>
        {
            foreach (var chunk in chunks)
            {
                await store.ReadChunkAsync(chunk, buffer, context.RequestAborted);
                await context.Response.Body.WriteAsync(PackFrame.Header(chunk), context.RequestAborted);
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, chunk.SizeBytes), context.RequestAborted);
            }
        });
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
        await TreeAssembly.CopyAsync(file, store, context.Response.Body, context.RequestAborted);
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

    private static async Task WithBufferAsync(Func<byte[], Task> use)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax);
        try
        {
            await use(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
