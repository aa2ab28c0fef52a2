using System.Collections.Immutable;

namespace Meridian.Depot;

/// <summary>A body as it comes over the line: counted, and no faster than every pacer allows.</summary>
internal sealed class CountedBody(Stream body, ImmutableArray<Pacer> pacers, Action<int> count) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var room = pacers.IsEmpty ? buffer : buffer[..Math.Min(buffer.Length, Pacer.SliceBytes)];
        var read = await body.ReadAsync(room, cancellationToken);
        count(read);
        for (var index = 0; index < pacers.Length && read > 0; index++)
            await pacers[index].TakeAsync(read, cancellationToken);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
