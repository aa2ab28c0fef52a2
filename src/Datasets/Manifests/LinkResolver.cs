namespace Meridian.Datasets;

/// <summary>
/// Follows links the way a file system does, inside one manifest. Reading the target's text alone is not enough: where
/// <c>..</c> leads depends on the links before it.
/// </summary>
internal sealed class LinkResolver(Func<string, ManifestEntry?> find)
{
    private int _steps;

    /// <summary>Where the target of a link leads.</summary>
    /// <param name="folder">The directory of the link; empty for the top.</param>
    /// <param name="target">The link's target.</param>
    /// <param name="path">The path that it leads to, which need not exist; empty for the top.</param>
    /// <returns>The broken rule, or null.</returns>
    public string? Resolve(string folder, string target, out string path)
    {
        path = folder;
        var pending = new Stack<string>();
        Push(pending, target);
        var hops = 0;

        while (pending.TryPop(out var name))
        {
            if (++_steps > ManifestLimits.LinkStepsMax)
                return "the links of the dataset are too entangled to check";
            if (name is "" or ".")
                continue;
            if (name == "..")
            {
                if (path.Length == 0)
                    return "the link leads out of the dataset";
                path = EntryPath.Parent(path);
                continue;
            }

            path = path.Length == 0 ? name : path + "/" + name;
            if (path.Length > ManifestLimits.PathBytesMax)
                return "the link's target is longer than " + ManifestLimits.PathBytesMax + " bytes";
            if (find(path) is not ManifestEntry.Link link)
                continue;
            if (++hops > ManifestLimits.LinkHopsMax)
                return "the link leads in a circle, or through more than " + ManifestLimits.LinkHopsMax + " others";
            if (EntryPath.TargetFault(link.Target) is { } fault)
                return fault;
            path = EntryPath.Parent(path);
            Push(pending, link.Target);
        }

        return null;
    }

    private static void Push(Stack<string> pending, string target)
    {
        var names = target.Split('/');
        for (var index = names.Length - 1; index >= 0; index--)
            pending.Push(names[index]);
    }
}
