using System.Security.Cryptography;

namespace Meridian.Datasets;

/// <summary>
/// Encrypts and opens the chunks of one dataset with a key that only its ends have, so that a relay carries ciphertext:
/// AES-256-GCM, as nonce (12 bytes), ciphertext, tag (16 bytes). The nonce comes from the content's hash under a key of
/// its own, so that the same chunk always gives the same bytes: a transfer can resume, a repair sends the same again, and
/// a relay stores once what occurs twice under one key. Two contents would share a nonce with a probability of 2^-33 among
/// four thousand million chunks. Whoever lacks the key learns sizes, and which chunks of datasets under the same key are
/// alike; under another key nothing is alike, unlike with keys made from the content itself, by which anybody could
/// find out whether a known file is carried.
/// </summary>
public sealed class DatasetSeal
{
    /// <summary>The length of a key in bytes.</summary>
    public const int SecretBytes = 32;

    /// <summary>By how much a sealed chunk is longer.</summary>
    public const int OverheadBytes = NonceBytes + TagBytes;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _secret;
    private readonly byte[] _contentKey;
    private readonly byte[] _nonceKey;

    /// <summary>Seals with a key.</summary>
    /// <param name="secret">32 random bytes that the dataset's ends share, and nobody else.</param>
    public DatasetSeal(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretBytes)
            throw new ArgumentException("The key of a dataset is " + SecretBytes + " bytes.", nameof(secret));

        _secret = secret.ToArray();
        _contentKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, 32, info: "meridian-seal-1 content"u8.ToArray());
        _nonceKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, 32, info: "meridian-seal-1 nonce"u8.ToArray());
    }

    /// <summary>The key; a secret.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Encrypts a chunk and returns the name of the result.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="destination">At least <see cref="OverheadBytes"/> longer.</param>
    public Chunk Seal(Chunk chunk, ReadOnlySpan<byte> content, Span<byte> destination)
    {
        var whole = destination[..SealedBytes(chunk)];
        Span<byte> name = stackalloc byte[ChunkHash.SizeBytes];
        Span<byte> mark = stackalloc byte[HMACSHA256.HashSizeInBytes];
        chunk.Hash.CopyTo(name);
        HMACSHA256.HashData(_nonceKey, name, mark);
        mark[..NonceBytes].CopyTo(whole);

        // One for each call: the cipher is not for several threads.
        using var cipher = new AesGcm(_contentKey, TagBytes);
        cipher.Encrypt(whole[..NonceBytes], content[..chunk.SizeBytes], whole[NonceBytes..^TagBytes], whole[^TagBytes..]);
        return new(ChunkHash.Of(whole), whole.Length);
    }

    /// <summary>Opens what was sealed; false when anything about it was changed, or the key is another one.</summary>
    /// <param name="whole">The sealed chunk.</param>
    /// <param name="destination">As long as the content.</param>
    public bool TryOpen(ReadOnlySpan<byte> whole, Span<byte> destination)
    {
        if (whole.Length != destination.Length + OverheadBytes)
            return false;
        using var cipher = new AesGcm(_contentKey, TagBytes);
        try
        {
            cipher.Decrypt(whole[..NonceBytes], whole[NonceBytes..^TagBytes], whole[^TagBytes..], destination);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>The length of a chunk once it is sealed.</summary>
    public static int SealedBytes(Chunk chunk) => chunk.SizeBytes + OverheadBytes;

    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => "a key";
}
