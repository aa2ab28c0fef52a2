using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Meridian.Primitives;

namespace Meridian.Datasets;

/// <summary>What a ticket allows.</summary>
public enum DepotOperation
{
    /// <summary>Reading one manifest and the chunks that it names.</summary>
    Read,

    /// <summary>Storing chunks and one manifest.</summary>
    Write,
}

/// <summary>
/// A right that the control plane signs, for one depot, one operation and a short time. Text form:
/// <c>base64url(json).base64url(signature)</c>; it is a secret and belongs in the header
/// <c>Authorization: Depot TICKET</c>, never in an address or a log.
/// </summary>
/// <param name="Operation">What may be done.</param>
/// <param name="Site">The site whose depot honours the ticket.</param>
/// <param name="Root">The manifest: always named for reading; for writing, named when it is known beforehand.</param>
/// <param name="Upload">The upload that a write ticket without a root belongs to; null otherwise.</param>
/// <param name="ExpiresAt">From when on it is refused, in whole seconds.</param>
/// <param name="SizeMax">The most bytes that may be stored under a write ticket; zero for reading.</param>
public sealed record DepotTicket(
    DepotOperation Operation,
    string Site,
    ManifestRoot? Root,
    string? Upload,
    DateTimeOffset ExpiresAt,
    DataSize SizeMax)
{
    /// <summary>The longest text form, in characters.</summary>
    public const int TextLengthMax = 2048;

    private const int UploadLengthMax = 128;
    private const int SignatureBytes = 64;

    /// <summary>A ticket to read one dataset at a site.</summary>
    public static DepotTicket ForReading(string site, ManifestRoot root, DateTimeOffset expiresAt) =>
        new(DepotOperation.Read, site, root, Upload: null, expiresAt, DataSize.Zero);

    /// <summary>A ticket to store a dataset whose root is known.</summary>
    public static DepotTicket ForWriting(string site, ManifestRoot root, DateTimeOffset expiresAt, DataSize sizeMax) =>
        new(DepotOperation.Write, site, root, Upload: null, expiresAt, sizeMax);

    /// <summary>A ticket to store a dataset whose root is not known yet.</summary>
    public static DepotTicket ForUpload(string site, string upload, DateTimeOffset expiresAt, DataSize sizeMax) =>
        new(DepotOperation.Write, site, Root: null, upload, expiresAt, sizeMax);

    /// <summary>The text form, signed with ECDSA over SHA-256.</summary>
    /// <param name="key">The control plane's private key, on P-256.</param>
    public string Sign(ECDsa key)
    {
        if (Fault() is { } fault)
            throw new ArgumentException(fault);
        var payload = Base64Url.EncodeToString(TicketJson.Write(this));
        var signature = key.SignData(SignedBytes(payload), HashAlgorithmName.SHA256);
        return payload + "." + Base64Url.EncodeToString(signature);
    }

    /// <summary>
    /// Reads a ticket and checks its signature and its time. What it permits is for the caller to check.
    /// </summary>
    /// <param name="text">The text form, from anybody.</param>
    /// <param name="publicKey">The control plane's public key.</param>
    /// <param name="now">The time.</param>
    /// <param name="ticket">The ticket, when it is good.</param>
    /// <param name="reason">Why it is not, in words that repeat nothing of the text; otherwise null.</param>
    public static bool TryVerify(
        string? text,
        ECDsa publicKey,
        DateTimeOffset now,
        [NotNullWhen(true)] out DepotTicket? ticket,
        [NotNullWhen(false)] out string? reason)
    {
        ticket = null;
        if (!TryReadSigned(text, publicKey, out var json, out reason))
            return false;
        if (!TicketJson.TryRead(json, out var read) || read.Fault() is not null)
        {
            reason = "the ticket's content is not understood; ask for a new one";
            return false;
        }

        if (now >= read.ExpiresAt)
        {
            reason = "the ticket expired at " + read.ExpiresAt.ToString("u") + "; ask for a new one";
            return false;
        }

        ticket = read;
        return true;
    }

    /// <summary>Hides the bearer's right: a ticket's record says nothing of its signature.</summary>
    public override string ToString() =>
        $"{Operation} at {Site} of {Root?.ToString() ?? "upload " + Upload} until {ExpiresAt:u}";

    private static bool TryReadSigned(
        string? text, ECDsa publicKey, out byte[] json, [NotNullWhen(false)] out string? reason)
    {
        json = [];
        reason = "the ticket is malformed";
        var dot = text?.IndexOf('.') ?? -1;
        if (text is null || text.Length > TextLengthMax || dot < 0)
            return false;
        if (!Base64Url.IsValid(text.AsSpan(0, dot)) || !Base64Url.IsValid(text.AsSpan(dot + 1)))
            return false;

        var signature = Base64Url.DecodeFromChars(text.AsSpan(dot + 1));
        var payload = text[..dot];
        json = Base64Url.DecodeFromChars(payload);
        reason = "the ticket is not signed by this domain";
        if (signature.Length != SignatureBytes
            || !publicKey.VerifyData(SignedBytes(payload), signature, HashAlgorithmName.SHA256))
            return false;

        reason = null;
        return true;
    }

    // The same key signs certificates: the prefix keeps a ticket from ever being read as anything else.
    private static byte[] SignedBytes(string payload) => Encoding.UTF8.GetBytes("meridian-depot-ticket-1." + payload);

    private string? Fault()
    {
        if (!Names.IsValid(Site))
            return "A ticket's site is " + Names.Rule + ".";
        if (Upload is not null && (Upload.Length is 0 or > UploadLengthMax || !Upload.All(char.IsAscii)))
            return "An upload's name is 1 to " + UploadLengthMax + " ASCII characters.";
        if (SizeMax.Bytes < 0)
            return "A ticket's size limit is not negative.";
        return (Operation, Root, Upload) switch
        {
            (DepotOperation.Read, not null, null) => null,
            (DepotOperation.Read, _, _) => "A read ticket names a root and no upload.",
            (DepotOperation.Write, null, null) => "A write ticket names a root or an upload.",
            _ => null,
        };
    }
}
