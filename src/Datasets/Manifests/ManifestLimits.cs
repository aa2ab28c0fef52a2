namespace Meridian.Datasets;

/// <summary>The bounds of a manifest. What is larger is divided into several datasets.</summary>
public static class ManifestLimits
{
    /// <summary>The most entries.</summary>
    public const int EntryCountMax = 1_000_000;

    /// <summary>The largest encoded manifest: 256 MiB, enough for about 7 TiB in files of up to 1 GiB, and 28 TiB in longer ones.</summary>
    public const int EncodedBytesMax = 256 * 1024 * 1024;

    /// <summary>The longest path or link target, in UTF-8 bytes.</summary>
    public const int PathBytesMax = 4096;

    /// <summary>The longest name between two slashes, in UTF-8 bytes.</summary>
    public const int NameBytesMax = 255;

    /// <summary>The deepest nesting of directories.</summary>
    public const int DepthMax = 128;

    /// <summary>The most links followed on the way to one target.</summary>
    public const int LinkHopsMax = 40;

    /// <summary>The most names looked up to resolve all links of one manifest.</summary>
    public const int LinkStepsMax = 4_000_000;

    /// <summary>The most faults that are reported at once.</summary>
    public const int FaultCountMax = 20;
}
