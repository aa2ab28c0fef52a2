using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>A failure of the depot that says what happened, to what, and what to do.</summary>
public abstract class DepotException(string message, Exception? inner) : Exception(message, inner);

/// <summary>The disk has no room. Nothing partial was left behind.</summary>
/// <param name="path">Where the bytes should have gone.</param>
/// <param name="needed">How many bytes were to be written there.</param>
/// <param name="inner">The disk's own words.</param>
public sealed class DepotFullException(string path, DataSize needed, Exception? inner)
    : DepotException(
        $"The disk of the depot is full: '{path}' needs {needed.Bytes} bytes ({needed}). "
        + "Remove datasets that are no longer used, or move the depot to a larger disk, and try again.",
        inner)
{
    private const int NoSpaceUnix = 28;
    private const int QuotaExceededUnix = 122;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);

    /// <summary>Where the bytes should have gone.</summary>
    public string Path { get; } = path;

    /// <summary>How many bytes were to be written there.</summary>
    public DataSize Needed { get; } = needed;

    /// <summary>Whether the disk refused for want of room or quota.</summary>
    public static bool IsMeantBy(IOException fault) =>
        fault.HResult is NoSpaceUnix or QuotaExceededUnix or DiskFullWindows or HandleDiskFullWindows;
}

/// <summary>A chunk's bytes are not what its name says.</summary>
/// <param name="hash">The chunk.</param>
/// <param name="where">Where the bytes came from.</param>
public sealed class ChunkCorruptException(ChunkHash hash, string where)
    : DepotException($"The chunk {hash} from {where} is damaged. Fetch it again from a good replica.", inner: null)
{
    /// <summary>The chunk.</summary>
    public ChunkHash Hash { get; } = hash;
}

/// <summary>A chunk is not in the store.</summary>
/// <param name="hash">The chunk.</param>
public sealed class ChunkMissingException(ChunkHash hash)
    : DepotException($"The chunk {hash} is not in this depot. Transfer the dataset again; only it will be sent.", null)
{
    /// <summary>The chunk.</summary>
    public ChunkHash Hash { get; } = hash;
}

/// <summary>A dataset is not in the store.</summary>
/// <param name="root">The dataset.</param>
public sealed class DatasetMissingException(ManifestRoot root)
    : DepotException($"The dataset {root} is not in this depot. Transfer it here first.", null)
{
    /// <summary>The dataset.</summary>
    public ManifestRoot Root { get; } = root;
}

/// <summary>A folder on this machine cannot become a dataset.</summary>
public sealed class IngestException(string message, Exception? inner) : DepotException(message, inner);

/// <summary>Another process works in the same depot folder.</summary>
public sealed class DepotInUseException(string folder, Exception inner)
    : DepotException($"The depot '{folder}' is in use by another process. Stop that one first.", inner);
