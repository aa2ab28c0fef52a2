using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Meridian.Datasets;

/// <summary>
/// The SHA-256 of a chunk's bytes, which is also its name. Text form: 64 lower-case hexadecimal digits.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ChunkHash : IEquatable<ChunkHash>, IComparable<ChunkHash>
{
    /// <summary>The length in bytes.</summary>
    public const int SizeBytes = 32;

    // Four words rather than two of 128 bits, for which no code can be compiled ahead of time.
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>Takes the 32 bytes of a hash that was computed elsewhere.</summary>
    public ChunkHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
            throw new ArgumentException("A chunk hash is 32 bytes, not " + bytes.Length + ".", nameof(bytes));

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>The hash of the content.</summary>
    public static ChunkHash Of(ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        SHA256.HashData(content, bytes);
        return new(bytes);
    }

    /// <summary>
    /// Reads exactly 64 lower-case hexadecimal digits; a second spelling of the same hash is refused.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ChunkHash hash)
    {
        hash = default;
        if (text.Length != SizeBytes * 2 || text.IndexOfAnyInRange('A', 'F') >= 0)
            return false;

        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;

        hash = new(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes to the beginning of the destination.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <inheritdoc/>
    public int CompareTo(ChunkHash other)
    {
        var order = _first.CompareTo(other._first);
        if (order == 0)
            order = _second.CompareTo(other._second);
        if (order == 0)
            order = _third.CompareTo(other._third);
        return order != 0 ? order : _fourth.CompareTo(other._fourth);
    }

    /// <inheritdoc/>
    public bool Equals(ChunkHash other) =>
        _fourth == other._fourth && _third == other._third && _second == other._second && _first == other._first;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ChunkHash other && Equals(other);

    /// <summary>Some bits of the hash, the same in every process.</summary>
    public override int GetHashCode() => unchecked((int)(uint)_fourth);

    /// <summary>The text form.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Whether both name the same content.</summary>
    public static bool operator ==(ChunkHash left, ChunkHash right) => left.Equals(right);

    /// <summary>Whether they name different content.</summary>
    public static bool operator !=(ChunkHash left, ChunkHash right) => !left.Equals(right);

    /// <summary>Whether left sorts before right.</summary>
    public static bool operator <(ChunkHash left, ChunkHash right) => left.CompareTo(right) < 0;

    /// <summary>Whether left sorts after right.</summary>
    public static bool operator >(ChunkHash left, ChunkHash right) => left.CompareTo(right) > 0;

    /// <summary>Whether left does not sort after right.</summary>
    public static bool operator <=(ChunkHash left, ChunkHash right) => left.CompareTo(right) <= 0;

    /// <summary>Whether left does not sort before right.</summary>
    public static bool operator >=(ChunkHash left, ChunkHash right) => left.CompareTo(right) >= 0;
}
