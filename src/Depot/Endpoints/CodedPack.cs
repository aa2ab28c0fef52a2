using System.Buffers;
using Meridian.Datasets;
using Microsoft.AspNetCore.Http;

namespace Meridian.Depot;

/// <summary>Sends a pack compressed, if its beginning says that this is worth the work; otherwise plain.</summary>
internal static class CodedPack
{
    public static async Task SendAsync(HttpContext context, List<Chunk> chunks, ReadChunk read)
    {
        var groups = PackFrame.Groups(chunks).ToList();
        var buffer = ArrayPool<byte>.Shared.Rent(groups.Max(group => (int)PackFrame.LengthBytes(group)));
        try
        {
            var count = Fill(buffer, groups[0], read);
            var isWorth = PackCoding.IsWorth(buffer.AsSpan(0, count));
            if (isWorth)
                context.Response.Headers.ContentEncoding = PackCoding.Name;
            else
                context.Response.ContentLength = PackFrame.LengthBytes(chunks);
            await context.Response.StartAsync(context.RequestAborted);
            var line = context.Response.BodyWriter.AsStream(leaveOpen: true);
            await using var target = isWorth ? PackCoding.Compress(line) : line;
            await target.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            foreach (var group in groups.Skip(1))
                await target.WriteAsync(buffer.AsMemory(0, Fill(buffer, group, read)), context.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Fill(byte[] buffer, List<Chunk> group, ReadChunk read)
    {
        PackFrame.Fill(buffer, group, read);
        return (int)PackFrame.LengthBytes(group);
    }
}
