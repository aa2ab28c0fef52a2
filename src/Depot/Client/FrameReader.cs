using System.Buffers;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>
/// Reads the frames of a pack from a body: large reads, whatever the size of the chunks, no faster than the pacer allows.
/// </summary>
internal sealed class FrameReader(Stream body, Pacer? pacer, SilenceWatch watch) : IDisposable
{
    private const int BufferBytes = Chunk.SizeBytesMax + PackFrame.HeaderBytes + 256 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>Reads the next frame. Its content is valid until the next call.</summary>
    public async ValueTask<(Chunk Chunk, ReadOnlyMemory<byte> Content)> ReadAsync(CancellationToken cancellation)
    {
        await FillAsync(PackFrame.HeaderBytes, cancellation);
        if (!PackFrame.TryReadHeader(_buffer.AsSpan(_start, PackFrame.HeaderBytes), out var chunk))
            throw new LineBrokenException("The depot sent what is no chunk.", inner: null);
        _start += PackFrame.HeaderBytes;
        await FillAsync(chunk.SizeBytes, cancellation);
        var content = _buffer.AsMemory(_start, chunk.SizeBytes);
        _start += chunk.SizeBytes;
        return (chunk, content);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private async ValueTask FillAsync(int count, CancellationToken cancellation)
    {
        if (_start + count > BufferBytes || _start == _end)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < count)
        {
            var limit = pacer is null ? BufferBytes - _end : Math.Min(Pacer.SliceBytes, BufferBytes - _end);
            var space = _buffer.AsMemory(_end, limit);
            var read = await watch.GuardAsync(token => body.ReadAsync(space, token));
            if (read == 0)
                throw new LineBrokenException("The body ended too early.", inner: null);
            _end += read;
            if (pacer is not null)
                await pacer.TakeAsync(read, cancellation);
        }
    }
}
