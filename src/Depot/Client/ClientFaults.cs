using System.Net;
using Meridian.Datasets;

namespace Meridian.Depot;

/// <summary>A depot refused, and asking again would not help.</summary>
/// <param name="depot">The depot.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="type">The stable name of the reason, such as <c>urn:meridian:problem:depot:ticket-invalid</c>.</param>
/// <param name="detail">The depot's words.</param>
public sealed class DepotRefusedException(Uri depot, HttpStatusCode status, string type, string detail)
    : DepotException($"The depot {depot} refused ({(int)status}): {detail}", inner: null)
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The stable name of the reason.</summary>
    public string Type { get; } = type;
}

/// <summary>A depot could not be reached, or the line broke more often than is put up with.</summary>
/// <param name="depot">The depot.</param>
/// <param name="inner">What happened last.</param>
public sealed class DepotUnreachableException(Uri depot, Exception inner)
    : DepotException(
        $"The depot {depot} cannot be reached: {inner.Message} "
        + "What has arrived is kept. Try again when the line is back, or from another replica.",
        inner);

/// <summary>Whoever answers at a depot's address could not prove to be that depot.</summary>
/// <param name="depot">The depot.</param>
/// <param name="inner">What was wrong with the certificate.</param>
public sealed class DepotUntrustedException(Uri depot, Exception inner)
    : DepotException(
        $"The depot {depot} did not prove who it is. Check its certificate, the domain's authority and the address.",
        inner);

/// <summary>A depot keeps sending a chunk that is not what its name says.</summary>
/// <param name="depot">The depot.</param>
/// <param name="hash">The chunk.</param>
/// <param name="count">How often it came damaged.</param>
public sealed class DepotSourceCorruptException(Uri depot, ChunkHash hash, int count)
    : DepotException(
        $"The depot {depot} sent the chunk {hash} damaged {count} times. "
        + "Pull the dataset from another replica, and check the disk and the line of that depot.",
        inner: null)
{
    /// <summary>The depot that sends damaged data.</summary>
    public Uri Depot { get; } = depot;

    /// <summary>The chunk.</summary>
    public ChunkHash Hash { get; } = hash;
}

/// <summary>Files in the way of a download differ from what would be written.</summary>
/// <param name="destination">The folder.</param>
/// <param name="paths">The first of them.</param>
/// <param name="count">How many they are.</param>
public sealed class DownloadConflictException(string destination, IReadOnlyList<string> paths, int count)
    : DepotException(
        $"'{destination}' already has {count} differing names: {string.Join(", ", paths)}. "
        + "Choose another folder, or force the download to replace them.",
        inner: null)
{
    /// <summary>The first of the differing names.</summary>
    public IReadOnlyList<string> Paths { get; } = paths;
}

/// <summary>The line broke, or the depot asked to come later: worth another attempt.</summary>
internal sealed class LineBrokenException(string message, Exception? inner) : Exception(message, inner);

/// <summary>Nobody who was asked has the rest, and for long nobody got more of it.</summary>
/// <param name="missingCount">How many chunks are missing.</param>
public sealed class PeersSilentException(int missingCount)
    : DepotException(
        $"No depot that was asked has the last {missingCount} chunks, and none of them got more for long. "
        + "What has arrived is kept. Try again from a depot that holds the whole dataset.",
        inner: null);

/// <summary>What a depot sent as a sealed dataset cannot be opened with the key.</summary>
/// <param name="depot">The depot.</param>
public sealed class SealBrokenException(Uri depot)
    : DepotException(
        $"What the depot {depot} sent cannot be opened: the key is another one, or the depot changed something. "
        + "Take the dataset from another depot, or ask its owner for the key again.",
        inner: null);
