using System.Net;

namespace Meridian.Depot;

/// <summary>A request's body that flows no faster than the pacer allows.</summary>
internal sealed class PacedContent(ReadOnlyMemory<byte> content, Pacer? pacer, SilenceWatch watch) : HttpContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var offset = 0; offset < content.Length; offset += Pacer.SliceBytes)
        {
            var slice = content[offset..Math.Min(offset + Pacer.SliceBytes, content.Length)];
            if (pacer is not null)
            {
                watch.Pause();
                await pacer.TakeAsync(slice.Length, cancellationToken);
            }

            watch.Resume();
            await stream.WriteAsync(slice, cancellationToken);
        }
    }
}
