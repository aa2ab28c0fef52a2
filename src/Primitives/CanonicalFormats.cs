using MemoryPack;

namespace Meridian.Primitives;

/// <summary>
/// Writes a moment as its UTC ticks. MemoryPack writes structures as they lie in memory, and the padding inside
/// <see cref="DateTimeOffset"/> and nullable values is whatever was there before: equal values would have unequal bytes.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CanonicalTimeAttribute : MemoryPackCustomFormatterAttribute<CanonicalTimeFormatter, DateTimeOffset>
{
    /// <inheritdoc/>
    public override CanonicalTimeFormatter GetFormatter() => new();
}

/// <summary>As <see cref="CanonicalTimeAttribute"/>, for a moment that may be absent.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CanonicalOptionalTimeAttribute : MemoryPackCustomFormatterAttribute<CanonicalOptionalTimeFormatter, DateTimeOffset?>
{
    /// <inheritdoc/>
    public override CanonicalOptionalTimeFormatter GetFormatter() => new();
}

/// <summary>Writes a value that may be absent as a mark and the value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CanonicalOptionalAttribute<T> : MemoryPackCustomFormatterAttribute<CanonicalOptionalFormatter<T>, T?>
    where T : unmanaged
{
    /// <inheritdoc/>
    public override CanonicalOptionalFormatter<T> GetFormatter() => new();
}

/// <summary>The form of <see cref="CanonicalTimeAttribute"/>.</summary>
public sealed class CanonicalTimeFormatter : MemoryPackFormatter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override void Serialize<TBufferWriter>(ref MemoryPackWriter<TBufferWriter> writer, scoped ref DateTimeOffset value) =>
        writer.WriteUnmanaged(value.UtcTicks);

    /// <inheritdoc/>
    public override void Deserialize(ref MemoryPackReader reader, scoped ref DateTimeOffset value) =>
        value = new(reader.ReadUnmanaged<long>(), TimeSpan.Zero);
}

/// <summary>The form of <see cref="CanonicalOptionalTimeAttribute"/>: the smallest number is no moment.</summary>
public sealed class CanonicalOptionalTimeFormatter : MemoryPackFormatter<DateTimeOffset?>
{
    /// <inheritdoc/>
    public override void Serialize<TBufferWriter>(ref MemoryPackWriter<TBufferWriter> writer, scoped ref DateTimeOffset? value) =>
        writer.WriteUnmanaged(value?.UtcTicks ?? long.MinValue);

    /// <inheritdoc/>
    public override void Deserialize(ref MemoryPackReader reader, scoped ref DateTimeOffset? value)
    {
        var ticks = reader.ReadUnmanaged<long>();
        value = ticks == long.MinValue ? null : new(ticks, TimeSpan.Zero);
    }
}

/// <summary>The form of <see cref="CanonicalOptionalAttribute{T}"/>.</summary>
public sealed class CanonicalOptionalFormatter<T> : MemoryPackFormatter<T?>
    where T : unmanaged
{
    /// <inheritdoc/>
    public override void Serialize<TBufferWriter>(ref MemoryPackWriter<TBufferWriter> writer, scoped ref T? value)
    {
        writer.WriteUnmanaged(value.HasValue ? (byte)1 : (byte)0);
        writer.WriteUnmanaged(value.GetValueOrDefault());
    }

    /// <inheritdoc/>
    public override void Deserialize(ref MemoryPackReader reader, scoped ref T? value)
    {
        var isThere = reader.ReadUnmanaged<byte>() != 0;
        var read = reader.ReadUnmanaged<T>();
        value = isThere ? read : null;
    }
}
