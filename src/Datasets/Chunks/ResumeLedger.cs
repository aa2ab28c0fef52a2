using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Datasets;

/// <summary>What of a dataset has arrived and what has not: all that a transfer needs to go on after a crash.</summary>
/// <param name="Missing">The chunks that have still to come, each once, in the order of the manifest.</param>
/// <param name="PresentSize">The size of the distinct chunks that are here.</param>
/// <param name="MissingSize">The size of the distinct chunks that have still to come.</param>
public sealed record ResumeLedger(ImmutableArray<Chunk> Missing, DataSize PresentSize, DataSize MissingSize)
{
    /// <summary>Whether nothing is missing.</summary>
    public bool IsComplete => Missing.IsEmpty;

    /// <summary>Draws the line between what is here and what is not.</summary>
    /// <param name="manifest">The dataset.</param>
    /// <param name="isPresent">Whether a chunk is here, whole.</param>
    public static ResumeLedger Of(DatasetManifest manifest, Func<Chunk, bool> isPresent)
    {
        var missing = ImmutableArray.CreateBuilder<Chunk>();
        long presentBytes = 0;
        long missingBytes = 0;
        foreach (var chunk in manifest.Chunks)
        {
            if (isPresent(chunk))
            {
                presentBytes += chunk.SizeBytes;
                continue;
            }

            missing.Add(chunk);
            missingBytes += chunk.SizeBytes;
        }

        return new(missing.ToImmutable(), new(presentBytes), new(missingBytes));
    }
}
