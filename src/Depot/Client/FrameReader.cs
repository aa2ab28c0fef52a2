using System.Buffers;
using Meridian.Datasets;
using ZstdSharp;

namespace Meridian.Depot;

/// <summary>
/// Reads the frames of a pack from a body: large reads, whatever the size of the chunks.
/// </summary>
internal sealed class FrameReader(Stream body, SilenceWatch watch) : IDisposable
{
    private const int BufferBytes = Chunk.SizeBytesMax + PackFrame.HeaderBytes + 256 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>Reads the next frame. Its content is valid until the next call.</summary>
    public async ValueTask<(Chunk Chunk, ReadOnlyMemory<byte> Content)> ReadAsync()
    {
        await FillAsync(PackFrame.HeaderBytes);
        if (!PackFrame.TryReadHeader(_buffer.AsSpan(_start, PackFrame.HeaderBytes), out var chunk))
            throw new LineBrokenException("The depot sent what is no chunk.", inner: null);
        _start += PackFrame.HeaderBytes;
        await FillAsync(chunk.SizeBytes);
        var content = _buffer.AsMemory(_start, chunk.SizeBytes);
        _start += chunk.SizeBytes;
        return (chunk, content);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private async ValueTask FillAsync(int count)
    {
        if (_start + count > BufferBytes || _start == _end)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < count)
        {
            var read = await ReadSomeAsync(_buffer.AsMemory(_end, BufferBytes - _end));
            if (read == 0)
                throw new LineBrokenException("The body ended too early.", inner: null);
            _end += read;
        }
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> space)
    {
        try
        {
            return await watch.GuardAsync(token => body.ReadAsync(space, token));
        }
        catch (ZstdException fault)
        {
            throw new LineBrokenException("The depot sent what cannot be decompressed.", fault);
        }
    }
}
