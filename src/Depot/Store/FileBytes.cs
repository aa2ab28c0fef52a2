using System.Buffers;
using Meridian.Datasets;
using Microsoft.Win32.SafeHandles;

namespace Meridian.Depot;

/// <summary>Reading files piece by piece.</summary>
internal static class FileBytes
{
    /// <summary>Fills the buffer from a place of the file; false when the file ends before.</summary>
    public static bool TryFill(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var count = RandomAccess.Read(file, buffer, offset);
            if (count == 0)
                return false;
            buffer = buffer[count..];
            offset += count;
        }

        return true;
    }

    /// <summary>Reads a piece of a file that may change, vanish or be shorter; false then.</summary>
    public static bool TryRead(string path, Span<byte> buffer, long offset)
    {
        using (var direct = DirectFiles.TryOpen(path))
        {
            if (direct is not null && DirectFiles.Read(direct, buffer, offset) == buffer.Length)
                return true;
        }

        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return TryFill(file, buffer, offset);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Writes a dataset's file to a stream, chunk by verified chunk.</summary>
    public static async Task CopyAsync(
        ManifestEntry.File file, IChunkSource source, Stream destination, CancellationToken cancellation)
    {
        if (file.Chunks.IsEmpty)
            return;

        var buffer = ArrayPool<byte>.Shared.Rent(file.Chunks.Max(chunk => chunk.SizeBytes));
        try
        {
            foreach (var chunk in file.Chunks)
            {
                source.ReadChunk(chunk, buffer);
                await destination.WriteAsync(buffer.AsMemory(0, chunk.SizeBytes), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
