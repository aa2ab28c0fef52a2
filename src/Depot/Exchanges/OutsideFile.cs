namespace Meridian.Depot;

/// <summary>What is known of a file outside.</summary>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Validator">What changes with its content, so that parts of two versions are never mixed.</param>
/// <param name="ModifiedAt">When it changed last; nothing where the store does not say.</param>
internal sealed record OutsideHead(long SizeBytes, string Validator, DateTimeOffset? ModifiedAt);

/// <summary>Some bytes of a file.</summary>
/// <param name="From">The first, from 0.</param>
/// <param name="Count">How many; nothing for all that follow.</param>
internal readonly record struct ByteSpan(long From, long? Count)
{
    public static readonly ByteSpan Everything = new(0, Count: null);
}

/// <summary>An answer whose body is still to be read.</summary>
/// <param name="Body">The bytes.</param>
/// <param name="IsPart">Whether they are the part that was asked for, and not the whole file.</param>
/// <param name="SizeBytes">The length of the whole file; nothing where the store does not say.</param>
/// <param name="Validator">The file's validator; empty where there is none that can be relied on.</param>
/// <param name="ModifiedAt">When it changed last; nothing where the store does not say.</param>
/// <param name="Owner">What ends with the answer.</param>
internal sealed record OutsideRead(
    Stream Body, bool IsPart, long? SizeBytes, string Validator, DateTimeOffset? ModifiedAt, IDisposable Owner) : IDisposable
{
    public void Dispose() => Owner.Dispose();
}

/// <summary>A file in a store outside the domain.</summary>
internal interface IOutsideFile
{
    /// <summary>What messages call it.</summary>
    string Address { get; }

    /// <summary>Its path in the dataset.</summary>
    string Path { get; }

    /// <summary>What the store's list says of it; nothing where it has to be asked.</summary>
    OutsideHead? Head { get; }

    /// <summary>Asks for bytes of the file as the validator knows it; an empty one takes it as it is now.</summary>
    /// <exception cref="OutsideException">It is gone, closed or not what the validator knows any more.</exception>
    /// <exception cref="LineBrokenException">Worth another attempt.</exception>
    Task<OutsideRead> OpenAsync(ByteSpan span, string validator, SilenceWatch watch);
}
