using System.Net;
using System.Net.Sockets;

namespace Meridian.Tests;

/// <summary>
/// Ports of the loopback address for servers that are told theirs before they bind it. They lie below those that the system
/// gives to outgoing connections, which could otherwise take one between the choice and its use, or while a server is down.
/// </summary>
internal static class LoopbackPort
{
    private const int First = 12_000;
    private const int Count = 20_000;
    private static int _next = Environment.ProcessId * 37; // Another run on the same machine begins elsewhere.

    /// <summary>A port that nobody listens at, and that is not given again in this run.</summary>
    internal static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref _next) & int.MaxValue) % Count;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }

        throw new InvalidOperationException($"Every port from {First} to {First + Count - 1} is taken.");
    }
}
