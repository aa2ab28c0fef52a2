using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Meridian.ControlPlane.Api;
using Meridian.Domain;

namespace Meridian.ControlPlane.Security;

/// <summary>
/// The text of a join token: <c>mjt1.</c> and base64url of JSON with the server's address, the authority's fingerprint,
/// the site and the secret. Only the secret's SHA-256 is kept.
/// </summary>
public static class JoinTokenText
{
    private const string Prefix = "mjt1.";
    private const int LengthMax = 2048;

    private sealed record Content(string Server, string Ca, string Secret, string Site);

    /// <summary>A new token and the hash of its secret.</summary>
    public static (string Text, SecretHash Secret) Create(string server, string authorityFingerprint, SiteId site)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var content = new Content(server, authorityFingerprint, secret, site.Value);
        var json = JsonSerializer.SerializeToUtf8Bytes(content, JsonSerializerOptions.Web);
        return (Prefix + Base64Url.EncodeToString(json), TokenSecret.Hash(secret));
    }

    /// <summary>Reads a token that an agent shows. False when it is none.</summary>
    public static bool TryRead(string text, out SecretHash secret, out SiteId site)
    {
        (secret, site) = (default, default);
        if (text.Length > LengthMax || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        try
        {
            var json = Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length));
            if (JsonSerializer.Deserialize<Content>(json, JsonSerializerOptions.Web) is not { Secret: { } value, Site: { } named })
                return false;
            (secret, site) = (TokenSecret.Hash(value), new(named));
            return true;
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            return false;
        }
    }
}
