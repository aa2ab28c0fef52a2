namespace Meridian.Datasets;

/// <summary>What must hold of a manifest, whoever sent it.</summary>
internal sealed class ManifestRules
{
    private readonly List<ManifestFault> _faults = [];

    /// <summary>
    /// The faults of the entries, which are in the order of their paths; none when they are a manifest, and then their chunks.
    /// </summary>
    public static IReadOnlyList<ManifestFault> Check(ManifestEntry[] entries, out ChunkIndex? chunks)
    {
        chunks = null;
        var rules = new ManifestRules();
        if (entries.Length > ManifestLimits.EntryCountMax)
        {
            rules.Report("", "the manifest has more than " + ManifestLimits.EntryCountMax + " entries");
            return rules._faults;
        }

        if (entries.Sum(ManifestEncoding.SizeBytes) > ManifestLimits.EncodedBytesMax)
        {
            rules.Report("", "the manifest is larger than " + ManifestLimits.EncodedBytesMax + " bytes");
            return rules._faults;
        }

        for (var index = 0; index < entries.Length; index++)
        {
            rules.CheckEntry(entries[index]);
            if (index > 0 && string.Equals(entries[index - 1].Path, entries[index].Path, StringComparison.Ordinal))
                rules.Report(entries[index].Path, "the path occurs twice");
        }

        rules.CheckTree(entries);
        var found = rules.CheckChunks(entries);
        if (rules._faults.Count == 0)
            chunks = found;
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

    private void CheckTree(ManifestEntry[] entries)
    {
        var resolver = new LinkResolver(path => DatasetManifest.Find(entries, path));
        var known = "";
        foreach (var entry in entries)
        {
            // Neighbours have the same parent as a rule.
            var length = Math.Max(0, entry.Path.LastIndexOf('/'));
            var parent = entry.Path.AsSpan(0, length);
            if (length > 0 && !parent.SequenceEqual(known))
            {
                if (DatasetManifest.Find(entries, parent) is ManifestEntry.Directory directory)
                    known = directory.Path;
                else
                    Report(entry.Path, "its parent is not a directory of the manifest");
            }

            if (entry is not ManifestEntry.Link link)
                continue;
            var fault = EntryPath.TargetFault(link.Target) ?? resolver.Resolve(parent.ToString(), link.Target, out _);
            if (fault is not null)
                Report(entry.Path, fault);
        }
    }

    private ChunkIndex CheckChunks(ManifestEntry[] entries)
    {
        var chunks = new ChunkIndex(entries.Sum(entry => entry is ManifestEntry.File file ? file.Chunks.Length : 0));
        for (var index = 0; index < entries.Length; index++)
        {
            if (entries[index] is not ManifestEntry.File file)
                continue;
            long sizeBytes = 0;
            foreach (var chunk in file.Chunks)
            {
                if (chunk.SizeBytes is < 1 or > Chunk.SizeBytesMax)
                    Report(file.Path, "a chunk's size is not between 1 and " + Chunk.SizeBytesMax + " bytes");
                if (chunks.Add(chunk, index, sizeBytes).SizeBytes != chunk.SizeBytes)
                    Report(file.Path, "a chunk has two sizes");
                sizeBytes += chunk.SizeBytes;
            }

            if (sizeBytes != file.SizeBytes)
                Report(file.Path, "the size is " + file.SizeBytes + " bytes but its chunks have " + sizeBytes);
        }

        return chunks;
    }

    private void Report(string path, string rule)
    {
        if (_faults.Count < ManifestLimits.FaultCountMax)
            _faults.Add(new(EntryPath.Printable(path), rule));
    }
}
