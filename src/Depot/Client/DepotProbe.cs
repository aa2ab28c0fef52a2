using System.Globalization;
using System.Net.Sockets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>What a round of exchanges with a depot showed.</summary>
/// <param name="RoundTripsMicroseconds">What each answered exchange took, in order.</param>
/// <param name="ExchangeCount">How many were begun.</param>
/// <param name="PacketsSent">The data packets that both ends sent meanwhile.</param>
/// <param name="PacketsLost">Those of them that were sent again.</param>
/// <param name="Rate">The rate at which bytes came, where bytes were asked for; zero otherwise.</param>
public sealed record ProbeResult(
    IReadOnlyList<long> RoundTripsMicroseconds, int ExchangeCount, long PacketsSent, long PacketsLost, Bandwidth Rate);

/// <summary>Measures the path to one depot, over one connection that stays open between rounds.</summary>
public sealed class DepotProbe : IDisposable
{
    /// <summary>About what one exchange without content costs, both ways and with all headers.</summary>
    public const int ExchangeBytes = 600;

    private readonly Uri _address;
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private Socket? _socket;
    private bool _isWarm;
    private (long Sent, long Lost) _known;

    /// <summary>A probe of the depot; nothing is sent yet.</summary>
    /// <param name="depot">The depot's address.</param>
    /// <param name="trust">By whom the two know each other: the depot answers only a certificate of its domain.</param>
    /// <param name="clock">The time.</param>
    public DepotProbe(Uri depot, DepotTrust trust, TimeProvider clock)
    {
        var handler = trust.CreateHandler();
        handler.MaxConnectionsPerServer = 1;
        handler.PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10);
        handler.PooledConnectionLifetime = TimeSpan.FromHours(1);
        handler.ConnectCallback = ConnectAsync;
        _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _address = new(depot, ProbeRequests.Path);
        _clock = clock;
    }

    /// <summary>Exchanges nothing a few times and then, if asked, bytes once. Never throws, but for being cancelled.</summary>
    /// <param name="exchangeCount">How many exchanges, at least one.</param>
    /// <param name="bytes">How many bytes to fetch at last; zero for none.</param>
    /// <param name="patience">How long to wait for one answer.</param>
    /// <param name="cancellation">Stops soon.</param>
    public async Task<ProbeResult> RoundAsync(int exchangeCount, int bytes, TimeSpan patience, CancellationToken cancellation)
    {
        if (!_isWarm)
            _isWarm = await ExchangeAsync(bytes: 0, patience, cancellation) is not null; // Connecting is no round trip.
        var before = _known;
        var trips = new List<long>();
        for (var i = 0; i < exchangeCount; i++)
        {
            if (await ExchangeAsync(bytes: 0, patience, cancellation) is { } took)
                trips.Add(took.Ticks / TimeSpan.TicksPerMicrosecond);
        }

        var rate = bytes > 0 && await ExchangeAsync(bytes, patience * 10, cancellation) is { } moved && moved > TimeSpan.Zero
            ? new Bandwidth((long)(bytes * 8 / moved.TotalSeconds))
            : Bandwidth.Zero;
        if (rate > Bandwidth.Zero)
            await ExchangeAsync(bytes: 0, patience, cancellation); // It tells what was lost of the bytes.
        return new(
            trips, exchangeCount, Math.Max(0, _known.Sent - before.Sent), Math.Max(0, _known.Lost - before.Lost), rate);
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<TimeSpan?> ExchangeAsync(int bytes, TimeSpan patience, CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        waiting.CancelAfter(patience);
        var address = bytes == 0 ? _address : new Uri(_address, "?bytes=" + bytes.ToString(CultureInfo.InvariantCulture));
        try
        {
            var began = _clock.GetTimestamp();
            using var answer = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, waiting.Token);
            if (!answer.IsSuccessStatusCode || !await DrainAsync(answer, bytes, waiting.Token))
                return null;
            var took = _clock.GetElapsedTime(began);
            Count(answer);
            return took;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            _isWarm = false;
            return null;
        }
    }

    private static async Task<bool> DrainAsync(HttpResponseMessage answer, int bytes, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var got = 0;
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            got += read;
            if (got > bytes)
                return false; // Nobody asked for so much.
        }

        return got == bytes;
    }

    private void Count(HttpResponseMessage answer)
    {
        var (sent, lost) = PacketCounts.Of(_socket);
        if (answer.Headers.TryGetValues(ProbeRequests.PacketsHeader, out var values)
            && values.First().Split(',') is [var theirs, var gone]
            && uint.TryParse(theirs, NumberStyles.None, CultureInfo.InvariantCulture, out var sentThere)
            && uint.TryParse(gone, NumberStyles.None, CultureInfo.InvariantCulture, out var lostThere))
            (sent, lost) = (sent + sentThere, lost + lostThere);
        _known = (sent, lost);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        (_socket, _known) = (socket, (0, 0));
        return new NetworkStream(socket, ownsSocket: true);
    }
}
