using System.Runtime.InteropServices;
using Meridian.Datasets;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>How far a transfer has come.</summary>
/// <param name="Done">What is there, including what was there before.</param>
/// <param name="Total">The size of the dataset's distinct chunks.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TransferProgress(DataSize Done, DataSize Total);

/// <summary>What one transfer is held to.</summary>
/// <param name="Rate">The most bandwidth that it takes, above zero; null for all there is.</param>
/// <param name="Progress">Is told after every chunk, from several threads; null for nobody.</param>
public sealed record TransferOptions(Bandwidth? Rate, IProgress<TransferProgress>? Progress)
{
    /// <summary>As fast as possible, telling nobody.</summary>
    public static readonly TransferOptions Unlimited = new(Rate: null, Progress: null);

    /// <summary>Others that get the same dataset at the same time, or relays on its way; null for nobody.</summary>
    public SwarmOptions? Swarm { get; init; }
}

/// <summary>
/// Receivers of one dataset that help each other: each gets another share from the original and the rest from the others,
/// so that the original sends everything about once. A relay is a peer as well, and passes on what it has while it is
/// still receiving.
/// </summary>
/// <param name="Peers">Clients of the others' depots, each with a read ticket; they need not have begun.</param>
/// <param name="Index">The number of this receiver among all of them, from 0.</param>
/// <param name="Count">How many receivers there are.</param>
public sealed record SwarmOptions(IReadOnlyList<(DepotClient Client, string Ticket)> Peers, int Index, int Count);

/// <summary>Where a download goes.</summary>
/// <param name="Folder">The folder, created when there is none.</param>
/// <param name="Force">Whether differing files there are replaced.</param>
public sealed record DownloadTarget(string Folder, bool Force);

/// <summary>What a transfer did.</summary>
/// <param name="Root">The dataset.</param>
/// <param name="Sent">The content that was sent.</param>
/// <param name="Reused">What was there already.</param>
public sealed record TransferReport(ManifestRoot Root, DataSize Sent, DataSize Reused)
{
    /// <summary>The bytes of the packs as a pull received them: less than the content where it came compressed.</summary>
    public DataSize OnLine { get; init; }
}

/// <summary>How a client behaves towards a depot.</summary>
public sealed record DepotClientOptions
{
    /// <summary>The most bandwidth that this depot sends with, above zero, beside the rate of a transfer from several; null for no limit of its own.</summary>
    public Bandwidth? Rate { get; init; }

    /// <summary>Requests under way at once, 1 to 64; 4 unless stated.</summary>
    public int ParallelCount { get; init; } = 4;

    /// <summary>
    /// Requests under way at once to a depot that is far, where each would leave the path idle while it waits for its
    /// answer; not below <see cref="ParallelCount"/>, 8 unless stated.
    /// </summary>
    public int ParallelCountFar { get; init; } = 8;

    /// <summary>The size at which a pack is closed; 8 MiB unless stated.</summary>
    public DataSize PackSize { get; init; } = new(8 * 1024 * 1024);

    /// <summary>The chunks at which a pack is closed; 1024 unless stated.</summary>
    public int PackChunkCount { get; init; } = 1024;

    /// <summary>Failures without any progress after which a depot counts as unreachable; 6 unless stated.</summary>
    public int FailureCountMax { get; init; } = 6;

    /// <summary>The wait after the first failure, doubled after each further one; 250 ms unless stated.</summary>
    public TimeSpan BackOffFirst { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait between attempts; 15 s unless stated.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a chunk may come damaged; 3 unless stated.</summary>
    public int CorruptCountMax { get; init; } = 3;

    /// <summary>How long a depot may say nothing; 30 s unless stated.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether packs travel compressed; where that brings them sooner unless stated.</summary>
    public CompressionUse Compression { get; init; } = CompressionUse.Adaptive;

    /// <summary>How often chunks that went missing meanwhile are transferred again; 3 unless stated.</summary>
    public int RoundCountMax { get; init; } = 3;
}
