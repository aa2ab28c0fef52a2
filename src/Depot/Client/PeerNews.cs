namespace Meridian.Depot;

/// <summary>
/// Asks a peer again and again what it has by now. A peer that does not answer has nothing: it may not have begun yet,
/// and nobody depends on it.
/// </summary>
internal sealed class PeerNews(Replica peer, LineForm form, PackBoard board, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Follows the peer until it is told to stop.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            while (!board.IsDone && !peer.IsLost)
            {
                var held = await AskAsync(cancellation);
                if (!held.IsSame(peer.Held))
                {
                    peer.Held = held;
                    board.Notice();
                }

                await Task.Delay(Pause, clock, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The transfer is over.
        }
    }

    private async Task<PeerHoldings> AskAsync(CancellationToken cancellation)
    {
        try
        {
            using var watch = peer.Line.Watch(cancellation);
            using var response = await peer.Line.SendAsync(
                HttpMethod.Get, DepotWire.Holdings(form.Manifest.Root), peer.Ticket, content: null, watch);
            var bits = new byte[(form.Manifest.Chunks.Length + 7) / 8];
            if (response.Content.Headers.ContentLength != bits.Length)
                return PeerHoldings.None;
            await WatchedBody.FillAsync(await response.Content.ReadAsStreamAsync(cancellation), bits, watch);
            return new(form, bits);
        }
        catch (Exception fault) when (fault is LineBrokenException or DepotException)
        {
            return PeerHoldings.None;
        }
    }
}
