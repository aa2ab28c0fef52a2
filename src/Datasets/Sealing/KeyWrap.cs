using System.Security.Cryptography;
using System.Text;

namespace Meridian.Datasets;

/// <summary>
/// Hands the key of a sealed dataset to one agent, so that whoever passes it on cannot read it: ECDH on P-256 between a key that is
/// used once and the agent's certified key, HKDF-SHA-256, AES-256-GCM. The names of both ends and of the sealed content are part of
/// what is derived, so that a key which was handed on in another place opens nothing. As text: the point (65 bytes), ciphertext, tag.
/// </summary>
public static class KeyWrap
{
    private const int CoordinateBytes = 32;
    private const int PointBytes = 1 + (2 * CoordinateBytes);
    private const int TagBytes = 16;

    /// <summary>The length of a key that was handed over, in bytes.</summary>
    public const int WrappedBytes = PointBytes + DatasetSeal.SecretBytes + TagBytes;

    /// <summary>Encrypts the key for an agent.</summary>
    /// <param name="seal">The key.</param>
    /// <param name="once">A fresh key pair on P-256 that is used for nothing else.</param>
    /// <param name="to">The agent's public key.</param>
    /// <param name="way">Who hands over what to whom.</param>
    public static byte[] Wrap(DatasetSeal seal, ECDiffieHellman once, ECDiffieHellmanPublicKey to, KeyWay way)
    {
        var wrapped = new byte[WrappedBytes];
        var point = PointOf(once.PublicKey);
        point.CopyTo(wrapped, 0);
        var key = KeyOf(once, to, [.. point, .. PointOf(to)], way);
        using var cipher = new AesGcm(key, TagBytes);

        // The key is of this once, so its nonce may be constant.
        cipher.Encrypt(new byte[12], seal.Secret, wrapped.AsSpan(PointBytes, DatasetSeal.SecretBytes), wrapped.AsSpan(PointBytes + DatasetSeal.SecretBytes));
        CryptographicOperations.ZeroMemory(key);
        return wrapped;
    }

    /// <summary>Opens what was encrypted for the owner of the key; null when it was not, or anything about it was changed.</summary>
    /// <param name="wrapped">What <see cref="Wrap"/> made.</param>
    /// <param name="own">The agent's own key.</param>
    /// <param name="way">Who hands over what to whom.</param>
    public static DatasetSeal? TryUnwrap(ReadOnlySpan<byte> wrapped, ECDiffieHellman own, KeyWay way)
    {
        if (wrapped.Length != WrappedBytes || wrapped[0] != 4)
            return null;
        try
        {
            using var once = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = wrapped[1..(1 + CoordinateBytes)].ToArray(), Y = wrapped[(1 + CoordinateBytes)..PointBytes].ToArray() },
            });
            var key = KeyOf(own, once.PublicKey, [.. wrapped[..PointBytes], .. PointOf(own.PublicKey)], way);
            using var cipher = new AesGcm(key, TagBytes);
            var secret = new byte[DatasetSeal.SecretBytes];
            cipher.Decrypt(new byte[12], wrapped[PointBytes..^TagBytes], wrapped[^TagBytes..], secret);
            CryptographicOperations.ZeroMemory(key);
            return new(secret);
        }
        catch (CryptographicException)
        {
            return null; // No point of the curve, or a tag that does not fit.
        }
    }

    private static byte[] KeyOf(ECDiffieHellman own, ECDiffieHellmanPublicKey other, byte[] points, KeyWay way)
    {
        var shared = own.DeriveRawSecretAgreement(other);
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, shared, 32, points, Encoding.UTF8.GetBytes($"meridian-key-1\n{way.From}\n{way.To}\n{way.Content}"));
        CryptographicOperations.ZeroMemory(shared);
        return key;
    }

    private static byte[] PointOf(ECDiffieHellmanPublicKey key)
    {
        var point = key.ExportParameters().Q;
        return [4, .. point.X!, .. point.Y!];
    }
}

/// <summary>Who hands over the key of what to whom.</summary>
/// <param name="From">The agent that sealed.</param>
/// <param name="To">The agent that is to open.</param>
/// <param name="Content">The sealed content.</param>
public readonly record struct KeyWay(string From, string To, ManifestRoot Content);
