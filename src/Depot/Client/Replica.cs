using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>A depot that holds the dataset, or is getting it at the same time, and how fast it has been.</summary>
/// <param name="line">The line to it.</param>
/// <param name="ticket">The right to read the dataset there.</param>
/// <param name="clock">The time.</param>
internal sealed class Replica(DepotLine line, string ticket, TimeProvider clock)
{
    private readonly long _beganAt = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private (int Count, long WaitTicks, long AllTicks) _waits;
    private int _exchangeCount;
    private long _bytes;
    private PeerHoldings _held = PeerHoldings.None;

    public DepotLine Line => line;

    public string Ticket => ticket;

    /// <summary>Whether it has only a part so far: another receiver, or a relay on the way.</summary>
    public bool IsPeer { get; init; }

    /// <summary>What holds it to a rate of its own; null where only all together are held to one.</summary>
    public Pacer? Pacer { get; init; }

    /// <summary>Whether it is asked for compressed packs.</summary>
    public CodingChoice Coding { get; } = new();

    /// <summary>What it sent since the beginning, per second; above zero.</summary>
    public double BytesPerSecond =>
        Math.Max(1, Interlocked.Read(ref _bytes)) / Math.Max(0.001, clock.GetElapsedTime(_beganAt).TotalSeconds);

    /// <summary>
    /// Whether its requests wait for their answers for more than a twentieth of their time, and for longer than a depot
    /// near by would take. What the first ones wait is for connections, and tells nothing.
    /// </summary>
    public bool IsFar
    {
        get
        {
            const long nearTicks = 20 * TimeSpan.TicksPerMillisecond;
            lock (_gate)
                return _waits is { Count: > 0 } && _waits.WaitTicks > nearTicks * _waits.Count && _waits.WaitTicks * 20 > _waits.AllTicks;
        }
    }

    /// <summary>Notes how long a request waited for its answer, and how long it took in all.</summary>
    public void Count(TimeSpan wait, TimeSpan all)
    {
        const int firstCount = 4;
        lock (_gate)
        {
            if (++_exchangeCount > firstCount)
                _waits = (_waits.Count + 1, _waits.WaitTicks + wait.Ticks, _waits.AllTicks + all.Ticks);
        }
    }

    public void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>What a peer said last that it has.</summary>
    public PeerHoldings Held
    {
        get => Volatile.Read(ref _held);
        set => Volatile.Write(ref _held, value);
    }

    /// <summary>Whether it is asked no more.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Asks it no more.</summary>
    public void Lose() => IsLost = true;

    /// <summary>Whether it can serve the whole pack now.</summary>
    public bool HasAll(Pack pack) => !IsLost && (!IsPeer || Held.HasAll(pack));
}

/// <summary>Which chunks a peer has, one bit each in the order of the manifest.</summary>
/// <param name="form">The dataset on the line; null for nothing at all.</param>
/// <param name="bits">As <see cref="Holding.ToBits"/> makes them.</param>
internal sealed class PeerHoldings(LineForm? form, byte[] bits)
{
    public static readonly PeerHoldings None = new(null, []);

    public bool IsSame(PeerHoldings other) => bits.AsSpan().SequenceEqual(other.Bits);

    public bool HasAll(Pack pack)
    {
        foreach (var chunk in pack.Chunks)
        {
            if (form is null || !form.Manifest.TryGetPlace(form.Of(chunk).Hash, out var place)
                || (bits[place.ChunkIndex / 8] & (1 << (place.ChunkIndex % 8))) == 0)
                return false;
        }

        return true;
    }

    private ReadOnlySpan<byte> Bits => bits;
}
