using System.Buffers;
using Meridian.Datasets;
using Microsoft.AspNetCore.Http;

namespace Meridian.Depot;

/// <summary>The body of an answer that brings a pack: plain, or compressed where its beginning says that this is worth the work.</summary>
internal static class PackBody
{
    public static Task SendPlainAsync(HttpContext context, List<Chunk> chunks, ReadChunk read)
    {
        context.Response.ContentLength = PackFrame.LengthBytes(chunks);
        return SendFramesAsync(context, PackFrame.Groups(chunks), read);
    }

    public static async Task SendSmallerAsync(HttpContext context, List<Chunk> chunks, ReadChunk read)
    {
        var groups = PackFrame.Groups(chunks).ToList();
        var buffer = ArrayPool<byte>.Shared.Rent(groups.Max(group => (int)PackFrame.LengthBytes(group)));
        try
        {
            var first = Fill(buffer, groups[0], read);
            if (PackCoding.IsWorth(first.Span))
            {
                await SendCodedAsync(context, first, groups.Skip(1).Select(group => Fill(buffer, group, read)));
                return;
            }

            context.Response.ContentLength = PackFrame.LengthBytes(chunks);
            await context.Response.Body.WriteAsync(first, context.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await SendFramesAsync(context, groups.Skip(1), read);
    }

    private static async Task SendCodedAsync(HttpContext context, ReadOnlyMemory<byte> first, IEnumerable<ReadOnlyMemory<byte>> others)
    {
        context.Response.Headers.ContentEncoding = PackCoding.Name;
        await context.Response.StartAsync(context.RequestAborted);
        await using var target = PackCoding.Compress(context.Response.BodyWriter.AsStream(leaveOpen: true));
        await target.WriteAsync(first, context.RequestAborted);
        foreach (var next in others)
            await target.WriteAsync(next, context.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Fill(byte[] buffer, List<Chunk> group, ReadChunk read)
    {
        PackFrame.Fill(buffer, group, read);
        return buffer.AsMemory(0, (int)PackFrame.LengthBytes(group));
    }

    /// <summary>
    /// Reads straight into the memory of the connection, small chunks gathered, so that a write is worth its cost: the
    /// server's own way cuts a body into pieces of 4 KiB, each of them encrypted by itself.
    /// </summary>
    private static async Task SendFramesAsync(HttpContext context, IEnumerable<List<Chunk>> groups, ReadChunk read)
    {
        await context.Response.StartAsync(context.RequestAborted);
        var writer = context.Response.BodyWriter;
        foreach (var group in groups)
        {
            var sizeBytes = (int)PackFrame.LengthBytes(group);
            PackFrame.Fill(writer.GetSpan(sizeBytes), group, read);
            writer.Advance(sizeBytes);
            await writer.FlushAsync(context.RequestAborted);
        }
    }
}
