using System.Buffers;
using Meridian.Datasets;
using Meridian.Primitives;
using Microsoft.AspNetCore.Http;

namespace Meridian.Depot;

/// <summary>Requests of those who may store one dataset.</summary>
internal sealed class WriteRequests(DepotStore store, UploadBudgets budgets)
{
    public async Task TellMissingAsync(HttpContext context, DepotTicket ticket)
    {
        var (hashes, _) = await context.ReadListAsync(DepotWire.MissingCountMax);
        var missing = hashes.Where(hash => !store.HasChunk(hash)).Select(hash => hash.ToString());
        await context.Response.WriteAsJsonAsync(new ChunkList([.. missing]), context.RequestAborted);
    }

    public async Task TakeChunkAsync(HttpContext context, DepotTicket ticket)
    {
        if (!ChunkHash.TryParse(context.Route("hash"), out var hash))
            throw Refusal.Malformed("A chunk's hash is 64 lower-case hexadecimal digits.");

        var sizeBytes = context.StatedLength(Chunk.SizeBytesMax);
        if (sizeBytes == 0)
            throw Refusal.Malformed("A chunk is not empty.");
        var buffer = ArrayPool<byte>.Shared.Rent(sizeBytes);
        try
        {
            await StoreAsync(context, ticket, new(hash, sizeBytes), buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task TakePackAsync(HttpContext context, DepotTicket ticket)
    {
        var restBytes = context.StatedLength(DepotWire.PackBytesMax);
        var header = new byte[PackFrame.HeaderBytes];
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.SizeBytesMax);
        try
        {
            while (restBytes > 0)
            {
                await context.Request.Body.ReadExactlyAsync(header, context.RequestAborted);
                if (!PackFrame.TryReadHeader(header, out var chunk))
                    throw Refusal.Malformed("A chunk's size is not between 1 and " + Chunk.SizeBytesMax + " bytes.");
                await StoreAsync(context, ticket, chunk, buffer);
                restBytes -= PackFrame.HeaderBytes + chunk.SizeBytes;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task TakeManifestAsync(HttpContext context, DepotTicket ticket)
    {
        var root = context.Root();
        ticket.RequireRoot(root);
        var manifest = await ReadManifestAsync(context, root);
        if (manifest.Size > ticket.SizeMax)
            throw Refusal.TooLarge("The dataset has " + manifest.Size + "; the ticket permits " + ticket.SizeMax + ".");

        var missing = await store.PublishAsync(manifest, context.RequestAborted);
        if (!missing.IsEmpty)
            throw Refusal.Missing(missing, "Send the missing chunks first, then the manifest again.");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<DatasetManifest> ReadManifestAsync(HttpContext context, ManifestRoot root)
    {
        var bytes = new byte[context.StatedLength(ManifestLimits.EncodedBytesMax)];
        await context.Request.Body.ReadExactlyAsync(bytes, context.RequestAborted);
        if (!DatasetManifest.TryParse(bytes, out var manifest, out var faults))
            throw Refusal.Malformed("The manifest was refused: " + string.Join("; ", faults) + ".");
        if (manifest.Root != root)
            throw Refusal.Malformed("The manifest's root is " + manifest.Root + ", not the one in the address.");
        return manifest;
    }

    private async Task StoreAsync(HttpContext context, DepotTicket ticket, Chunk chunk, byte[] buffer)
    {
        var content = buffer.AsMemory(0, chunk.SizeBytes);
        var size = new DataSize(chunk.SizeBytes);
        budgets.Take(ticket, size);
        var isNew = false;
        try
        {
            await context.Request.Body.ReadExactlyAsync(content, context.RequestAborted);
            isNew = await store.WriteChunkAsync(chunk.Hash, content, "the sender", context.RequestAborted);
        }
        finally
        {
            if (!isNew)
                budgets.Return(ticket, size);
        }
    }
}
