namespace Meridian.Depot;

/// <summary>A response's body, read under a watch for silence.</summary>
internal static class WatchedBody
{
    /// <summary>Fills the buffer, or fails.</summary>
    public static async Task FillAsync(Stream body, Memory<byte> buffer, SilenceWatch watch)
    {
        while (!buffer.IsEmpty)
        {
            var space = buffer;
            var read = await watch.GuardAsync(token => body.ReadAsync(space, token));
            if (read == 0)
                throw new LineBrokenException("The body ended too early.", inner: null);
            buffer = buffer[read..];
        }
    }
}
