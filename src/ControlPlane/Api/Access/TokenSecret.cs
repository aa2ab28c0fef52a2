using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Meridian.Domain;

namespace Meridian.ControlPlane.Api;

/// <summary>The secret of an access token: <c>mdn_</c> and 43 characters of base64url. Only its SHA-256 is kept.</summary>
public static class TokenSecret
{
    /// <summary>What every secret begins with, so that scanners of leaked secrets know it.</summary>
    public const string Prefix = "mdn_";

    /// <summary>The longest text that is looked at.</summary>
    public const int LengthMax = 256;

    /// <summary>A new secret.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash under which a secret is kept.</summary>
    public static SecretHash Hash(string secret) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))));
}
