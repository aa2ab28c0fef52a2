using Meridian.Datasets;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Meridian.Depot;

/// <summary>Requests of those who may read one dataset.</summary>
internal sealed class ReadRequests(DepotStore store)
{
    /// <summary>Answers nothing: the caller opens a connection before he needs it.</summary>
    public static Task GreetAsync(HttpContext context, DepotTicket ticket)
    {
        ticket.RequireRoot(context.Root());
        return Task.CompletedTask;
    }

    public async Task SendManifestAsync(HttpContext context, DepotTicket ticket)
    {
        var holding = await FindAsync(context, ticket, context.Root());
        await SendBytesAsync(context, holding.Manifest.Encoded);
    }

    /// <summary>Which chunks are here already, for those who get the same dataset at the same time.</summary>
    public async Task SendHoldingsAsync(HttpContext context, DepotTicket ticket)
    {
        var holding = await FindAsync(context, ticket, context.Root());
        await SendBytesAsync(context, holding.ToBits());
    }

    public async Task SendPackAsync(HttpContext context, DepotTicket ticket)
    {
        var holding = await FindAsync(context, ticket, ticket.Root!.Value);
        var (hashes, list) = await context.ReadListAsync(Pack.ChunkCountMax);
        var chunks = Permitted(holding.Manifest, hashes);
        if (chunks.Sum(chunk => (long)chunk.SizeBytes) > Pack.SizeBytesMax)
            throw Refusal.TooLarge("The pack is larger than " + Pack.SizeBytesMax + " bytes. Ask for fewer chunks.");
        if (chunks.FindAll(chunk => !holding.Has(chunk)) is { Count: > 0 } lacking)
            throw Refusal.Missing(lacking, "This depot lacks chunks of the dataset. Pull from another replica.");

        context.Response.ContentType = "application/octet-stream";
        ReadChunk read = list.Verify ? holding.Source.ReadChunk : holding.Source.LoadChunk;

        // What is sealed looks like luck, and does not get smaller.
        if (list.Codings?.Contains(PackCoding.Name, StringComparer.Ordinal) == true && holding.Source is not SealedDataset && chunks.Count > 0)
            await PackBody.SendSmallerAsync(context, chunks, read);
        else
            await PackBody.SendPlainAsync(context, chunks, read);
    }

    public async Task SendFileAsync(HttpContext context, DepotTicket ticket)
    {
        var holding = await FindAsync(context, ticket, context.Root());
        var path = context.Route("path");
        if (holding.Manifest.Follow(path) is not ManifestEntry.File file)
            throw Refusal.NotFound("The dataset has no file '" + EntryPath.Printable(path) + "'.");
        if (!file.Chunks.All(holding.Has))
            throw Refusal.NotFound("The file '" + EntryPath.Printable(path) + "' is not whole here yet.");

        var name = new ContentDispositionHeaderValue("attachment");
        name.SetHttpFileName(path[(path.LastIndexOf('/') + 1)..]);
        context.Response.Headers.ContentDisposition = name.ToString();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.SizeBytes;
        await FileBytes.CopyAsync(file, holding.Source, context.Response.Body, context.RequestAborted);
    }

    private static async Task SendBytesAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private async Task<Holding> FindAsync(HttpContext context, DepotTicket ticket, ManifestRoot root)
    {
        ticket.RequireRoot(root);
        return await store.FindHoldingAsync(root, context.RequestAborted)
            ?? throw Refusal.NotFound("The dataset " + root + " is not here. Pull from another replica.");
    }

    private static List<Chunk> Permitted(DatasetManifest manifest, List<ChunkHash> hashes)
    {
        // A chunk of another dataset gets the same answer whether it is here or not.
        return hashes.ConvertAll(hash => manifest.TryGetChunk(hash, out var chunk)
            ? chunk
            : throw Refusal.NotPermitted("The ticket's dataset has no chunk " + hash + "."));
    }
}
