using System.Text;

namespace Meridian.Datasets;

/// <summary>
/// The rules for paths inside a dataset. They hold on every system, not only on the one that made it.
/// </summary>
public static class EntryPath
{
    /// <summary>The broken rule, or null when the text is a path inside a dataset.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0)
            return "the path is empty";
        if (TextFault(path) is { } fault)
            return fault;
        if (path[0] == '/')
            return "the path is absolute";

        if (path.AsSpan().Count('/') >= ManifestLimits.DepthMax)
            return "the path is nested deeper than " + ManifestLimits.DepthMax + " directories";
        for (var rest = path.AsSpan(); ;)
        {
            var slash = rest.IndexOf('/');
            if (NameFault(slash < 0 ? rest : rest[..slash]) is { } broken)
                return broken;
            if (slash < 0)
                return null;
            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>The broken rule, or null when the text may be a link's target as far as its spelling goes.</summary>
    public static string? TargetFault(string target) =>
        target.Length == 0 ? "the link's target is empty"
        : target[0] == '/' ? "the link's target is absolute"
        : TextFault(target);

    /// <summary>The directory that holds the path; empty for the dataset's top.</summary>
    public static string Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    /// <summary>The path with control characters escaped and its length bounded, fit for a message or a log.</summary>
    public static string Printable(string path)
    {
        const int lengthMax = 200;
        var text = new StringBuilder();
        foreach (var c in path.AsSpan(0, Math.Min(path.Length, lengthMax)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
                text.Append("\\u").Append(((int)c).ToString("x4"));
            else
                text.Append(c);
        }

        return path.Length > lengthMax ? text.Append('…').ToString() : text.ToString();
    }

    private static string? NameFault(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return "the path has an empty name";
        if (name is "." or "..")
            return "the path has the name '" + name.ToString() + "'";
        return name.Length > ManifestLimits.NameBytesMax || Encoding.UTF8.GetByteCount(name) > ManifestLimits.NameBytesMax
            ? "a name is longer than " + ManifestLimits.NameBytesMax + " bytes"
            : null;
    }

    private static string? TextFault(string text)
    {
        // Most paths are of plain letters, of which none has to be looked at by itself.
        if (text.Length <= ManifestLimits.PathBytesMax && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('\\'))
            return null;
        if (text.Length > ManifestLimits.PathBytesMax || Encoding.UTF8.GetByteCount(text) > ManifestLimits.PathBytesMax)
            return "it is longer than " + ManifestLimits.PathBytesMax + " bytes";
        foreach (var rune in text.EnumerateRunes())
        {
            // The replacement character stands for bytes that are no UTF-8, so the file could not be found again.
            if (rune == Rune.ReplacementChar)
                return "it is not well-formed Unicode";
            if (Rune.IsControl(rune))
                return "it has a control character";
            if (rune.Value == '\\')
                return "it has a backslash, which some systems read as a separator";
        }

        return null;
    }
}
