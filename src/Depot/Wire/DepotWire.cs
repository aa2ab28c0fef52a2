using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>The addresses, names and limits on which both ends of the line agree.</summary>
public static class DepotWire
{
    /// <summary>The authorization scheme of tickets.</summary>
    public const string TicketScheme = "Depot";

    /// <summary>The most hashes in one question for what is missing.</summary>
    public const int MissingCountMax = 8192;

    /// <summary>The most missing chunks named in one refusal.</summary>
    public const int MissingNamedMax = 1024;

    /// <summary>The largest list of hashes, in bytes of JSON.</summary>
    public const int ListBytesMax = 1024 * 1024;

    /// <summary>The largest pack on the line, frames included.</summary>
    public const int PackBytesMax = Pack.SizeBytesMax + Pack.ChunkCountMax * PackFrame.HeaderBytes;

    /// <summary>The largest explanation of a refusal that a client reads.</summary>
    public const int ProblemBytesMax = 256 * 1024;

    internal const string Prefix = "/depot/v1";

    internal static string Manifest(ManifestRoot root) => Prefix + "/manifests/" + root;

    internal static string Holdings(ManifestRoot root) => Prefix + "/holdings/" + root;

    internal static string File(ManifestRoot root, string path) => Prefix + "/files/" + root + "/" + path;

    internal static string Packs => Prefix + "/packs";

    internal static string Missing => Prefix + "/missing";
}

/// <summary>A list of chunks in JSON.</summary>
/// <param name="Chunks">Their hashes.</param>
/// <param name="Verify">Whether the depot is to verify them before it sends them, because damage came before.</param>
/// <param name="Codings">In which forms a pack may come beside the plain one; a depot that knows none of them sends it plain.</param>
internal sealed record ChunkList(IReadOnlyList<string> Chunks, bool Verify = false, IReadOnlyList<string>? Codings = null);

/// <summary>Why a depot refused, as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Type">The stable name of the reason.</param>
/// <param name="Title">The reason in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What happened, to what, and what to do.</param>
/// <param name="Missing">The first chunks that are missing, if that is the reason.</param>
/// <param name="MissingCount">How many chunks are missing, if that is the reason.</param>
internal sealed record DepotProblem(
    string Type, string Title, int Status, string Detail, IReadOnlyList<string>? Missing, int? MissingCount)
{
    public const string TypePrefix = "urn:meridian:problem:depot:";

    public static DepotProblem Of(int status, string name, string title, string detail) =>
        new(TypePrefix + name, title, status, detail, Missing: null, MissingCount: null);
}
