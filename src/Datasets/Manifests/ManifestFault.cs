namespace Meridian.Datasets;

/// <summary>Why something is not a manifest.</summary>
/// <param name="Path">The entry at fault, with control characters escaped; empty when it is the whole.</param>
/// <param name="Rule">The broken rule in words.</param>
public sealed record ManifestFault(string Path, string Rule)
{
    /// <summary>The fault as a sentence.</summary>
    public override string ToString() => Path.Length == 0 ? Rule : "'" + Path + "': " + Rule;
}
