using System.Collections.Concurrent;
using Google.Protobuf;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>
/// Sends logs as they grow, one chunk of each in flight, from where the control plane has them. After a cut it goes on
/// from the last acknowledgement.
/// </summary>
internal sealed class LogShipper(Action<FromAgent> send, Action<string> done)
{
    private const int ChunkBytes = 128 * 1024;

    private readonly ConcurrentDictionary<string, Shipment> _shipments = new(StringComparer.Ordinal);

    private sealed class Shipment(AttemptKey key, string path)
    {
        internal AttemptKey Key => key;

        internal string Path => path;

        internal long Acknowledged { get; set; }

        internal bool IsInFlight { get; set; }

        internal bool IsOver { get; set; }

        internal bool IsForgotten { get; set; }

        internal bool IsEndSent { get; set; }
    }

    internal void Begin(string id, AttemptKey key, string path) => _shipments.TryAdd(id, new(key, path));

    /// <summary>The attempt is over: when its log has arrived whole, it may be forgotten.</summary>
    internal void Over(string id)
    {
        if (_shipments.TryGetValue(id, out var shipment))
        {
            lock (shipment)
                shipment.IsOver = true;
            Ship(id, shipment);
        }
    }

    /// <summary>The attempt's files are to go as soon as its log has arrived.</summary>
    internal void Forget(string id)
    {
        if (!_shipments.TryGetValue(id, out var shipment))
        {
            done(id);
            return;
        }

        lock (shipment)
            (shipment.IsForgotten, shipment.IsOver) = (true, true);
        Ship(id, shipment);
    }

    internal void Acknowledged(string id, long offset)
    {
        if (!_shipments.TryGetValue(id, out var shipment))
            return;
        lock (shipment)
            (shipment.Acknowledged, shipment.IsInFlight) = (offset, false);
        Ship(id, shipment);
    }

    internal void LineOpened()
    {
        foreach (var (id, shipment) in _shipments)
        {
            lock (shipment)
                (shipment.IsInFlight, shipment.IsEndSent) = (false, false);
            Ship(id, shipment);
        }
    }

    internal void Look()
    {
        foreach (var (id, shipment) in _shipments)
            Ship(id, shipment);
    }

    private void Ship(string id, Shipment shipment)
    {
        lock (shipment)
        {
            if (shipment.IsInFlight)
                return;
            var length = File.Exists(shipment.Path) ? new FileInfo(shipment.Path).Length : 0;
            var isComplete = shipment.Acknowledged >= length;
            if (isComplete && shipment.IsOver && (shipment.IsEndSent || length == 0))
            {
                if (shipment.IsForgotten && _shipments.TryRemove(id, out _))
                    done(id);
                return;
            }

            if (isComplete && !shipment.IsOver)
                return;
            var chunk = Read(shipment.Path, shipment.Acknowledged);
            shipment.IsInFlight = true;
            shipment.IsEndSent = shipment.IsOver && shipment.Acknowledged + chunk.Length >= length;
            send(new()
            {
                Log = new() { Key = shipment.Key, Offset = shipment.Acknowledged, Data = ByteString.CopyFrom(chunk), End = shipment.IsEndSent },
            });
        }
    }

    private static byte[] Read(string path, long offset)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Clamp(RandomAccess.GetLength(file) - offset, 0, ChunkBytes)];
        var count = RandomAccess.Read(file, buffer, offset);
        return buffer[..count];
    }
}
