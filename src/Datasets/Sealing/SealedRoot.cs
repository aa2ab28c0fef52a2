namespace Meridian.Datasets;

/// <summary>What a receiver has to know of a sealed dataset: its name on the line and the key that opens it.</summary>
/// <param name="Root">The sealed dataset, as relays know it.</param>
/// <param name="Seal">The key, which relays do not have.</param>
public sealed record SealedRoot(ManifestRoot Root, DatasetSeal Seal)
{
    /// <summary>What must be in it; null where the receiver does not know.</summary>
    public ManifestRoot? Opened { get; init; }
}
