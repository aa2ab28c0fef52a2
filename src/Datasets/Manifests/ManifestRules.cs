namespace Meridian.Datasets;

/// <summary>What must hold of a manifest, whoever sent it.</summary>
internal sealed class ManifestRules
{
    private readonly List<ManifestFault> _faults = [];

    /// <summary>
    /// The faults of the entries, which are in the order of their paths; none when they are a manifest.
    /// </summary>
    public static IReadOnlyList<ManifestFault> Check(IReadOnlyList<ManifestEntry> entries)
    {
        var rules = new ManifestRules();
        if (entries.Count > ManifestLimits.EntryCountMax)
        {
            rules.Report("", "the manifest has more than " + ManifestLimits.EntryCountMax + " entries");
            return rules._faults;
        }

        if (entries.Sum(ManifestEncoding.SizeBytes) > ManifestLimits.EncodedBytesMax)
        {
            rules.Report("", "the manifest is larger than " + ManifestLimits.EncodedBytesMax + " bytes");
            return rules._faults;
        }

        var byPath = new Dictionary<string, ManifestEntry>(entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            rules.CheckEntry(entry);
            if (!byPath.TryAdd(entry.Path, entry))
                rules.Report(entry.Path, "the path occurs twice");
        }

        rules.CheckTree(entries, byPath);
        rules.CheckChunks(entries);
        return rules._faults;
    }

    private void CheckEntry(ManifestEntry entry)
    {
        if (EntryPath.Fault(entry.Path) is { } fault)
            Report(entry.Path, fault);
        if (entry.Mode is < 0 or > 0x1FF)
            Report(entry.Path, "the mode has bits beyond 0777");
        if (entry.ModifiedAt.Ticks % TimeSpan.TicksPerMillisecond != 0 || entry.ModifiedAt.Offset != TimeSpan.Zero)
            Report(entry.Path, "the time of change is not in whole milliseconds of UTC");
    }

    private void CheckTree(IReadOnlyList<ManifestEntry> entries, Dictionary<string, ManifestEntry> byPath)
    {
        var resolver = new LinkResolver(path => byPath.GetValueOrDefault(path));
        foreach (var entry in entries)
        {
            var parent = EntryPath.Parent(entry.Path);
            if (parent.Length > 0 && byPath.GetValueOrDefault(parent) is not ManifestEntry.Directory)
                Report(entry.Path, "its parent is not a directory of the manifest");
            if (entry is not ManifestEntry.Link link)
                continue;

            var fault = EntryPath.TargetFault(link.Target) ?? resolver.Resolve(parent, link.Target, out _);
            if (fault is not null)
                Report(entry.Path, fault);
        }
    }

    private void CheckChunks(IReadOnlyList<ManifestEntry> entries)
    {
        var sizes = new Dictionary<ChunkHash, int>();
        foreach (var file in entries.OfType<ManifestEntry.File>())
        {
            long sizeBytes = 0;
            foreach (var chunk in file.Chunks)
            {
                if (chunk.SizeBytes is < 1 or > Chunk.SizeBytesMax)
                    Report(file.Path, "a chunk's size is not between 1 and " + Chunk.SizeBytesMax + " bytes");
                if (!sizes.TryAdd(chunk.Hash, chunk.SizeBytes) && sizes[chunk.Hash] != chunk.SizeBytes)
                    Report(file.Path, "a chunk has two sizes");
                sizeBytes += chunk.SizeBytes;
            }

            if (sizeBytes != file.SizeBytes)
                Report(file.Path, "the size is " + file.SizeBytes + " bytes but its chunks have " + sizeBytes);

        }
    }

    private void Report(string path, string rule)
    {
        if (_faults.Count < ManifestLimits.FaultCountMax)
            _faults.Add(new(EntryPath.Printable(path), rule));
    }
}
