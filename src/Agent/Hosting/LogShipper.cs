using System.Collections.Concurrent;
using Google.Protobuf;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>
/// Sends logs as they grow, one chunk of each in flight, from where the control plane has them. After a cut it goes on
/// from the last acknowledgement; after a restart of the agent from the start, and the first answer says how far it is.
/// </summary>
internal sealed class LogShipper(Action<FromAgent> send, Action<AttemptKey> arrived)
{
    private const int ChunkBytes = 128 * 1024;

    private readonly ConcurrentDictionary<string, Shipment> _shipments = new(StringComparer.Ordinal);

    private sealed class Shipment(AttemptKey key, string path, long bytesMax)
    {
        internal AttemptKey Key => key;

        internal string Path => path;

        internal long BytesMax => bytesMax > 0 ? bytesMax : long.MaxValue;

        internal long Acknowledged { get; set; }

        internal bool IsInFlight { get; set; }

        internal bool IsOver { get; set; }

        internal bool IsEndSent { get; set; }
    }

    /// <summary>The attempt's log may grow from now on.</summary>
    internal void Begin(string id, AttemptKey key, string path, long bytesMax) =>
        _shipments.TryAdd(id, new(key, path, bytesMax));

    /// <summary>The attempt is over: its log grows no more.</summary>
    internal void Over(string id) => With(id, s => s.IsOver = true);

    internal void Acknowledged(string id, long offset) =>
        With(id, s => (s.Acknowledged, s.IsInFlight) = (offset, false));

    internal void LineOpened()
    {
        foreach (var id in _shipments.Keys)
            With(id, s => (s.IsInFlight, s.IsEndSent) = (false, false));
    }

    /// <summary>Looks for what has grown.</summary>
    internal void Look()
    {
        foreach (var id in _shipments.Keys)
            With(id, _ => { });
    }

    private void With(string id, Action<Shipment> change)
    {
        if (!_shipments.TryGetValue(id, out var shipment))
            return;
        lock (shipment)
        {
            change(shipment);
            if (!shipment.IsInFlight)
                Ship(id, shipment);
        }
    }

    private void Ship(string id, Shipment shipment)
    {
        var length = LengthOf(shipment);
        var isWhole = shipment.Acknowledged >= length;
        if (isWhole && shipment.IsOver && (shipment.IsEndSent || length == 0))
        {
            if (_shipments.TryRemove(id, out _))
                arrived(shipment.Key);
            return;
        }

        if (isWhole && !shipment.IsOver)
            return;
        var chunk = Read(shipment, length);
        shipment.IsInFlight = true;
        shipment.IsEndSent = shipment.IsOver && shipment.Acknowledged + chunk.Length >= length;
        send(new()
        {
            Log = new()
            {
                Key = shipment.Key,
                Offset = shipment.Acknowledged,
                Data = ByteString.CopyFrom(chunk),
                End = shipment.IsEndSent,
                Truncated = shipment.IsEndSent && length == shipment.BytesMax,
            },
        });
    }

    private static long LengthOf(Shipment shipment)
    {
        var file = new FileInfo(shipment.Path);
        return file.Exists ? Math.Min(file.Length, shipment.BytesMax) : 0;
    }

    private static byte[] Read(Shipment shipment, long length)
    {
        var buffer = new byte[Math.Clamp(length - shipment.Acknowledged, 0, ChunkBytes)];
        if (buffer.Length == 0)
            return buffer;
        using var file = File.OpenHandle(shipment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return buffer[..RandomAccess.Read(file, buffer, shipment.Acknowledged)];
    }
}
