using System.Collections.Immutable;

namespace Meridian.JobFiles;

/// <summary>A YAML value and where it stands.</summary>
internal abstract record Node(Place At)
{
    /// <summary>What it is, for messages.</summary>
    public abstract Words Kind { get; }
}

/// <summary>A single value.</summary>
/// <param name="IsPlain">Whether it was written without quotes, so that it may be a number, a flag or nothing.</param>
internal sealed record ScalarNode(Place At, string Text, bool IsPlain) : Node(At)
{
    public bool IsNothing => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override Words Kind => IsNothing ? new("nothing", "空值") : new($"'{Shown}'", $"“{Shown}”");

    /// <summary>The text, cut so that a message stays a message.</summary>
    public string Shown
    {
        get
        {
            var line = string.Concat(Text.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
            return Text.Length > 60 ? line + "…" : line;
        }
    }
}

/// <summary>A sequence.</summary>
internal sealed record ListNode(Place At, ImmutableArray<Node> Items) : Node(At)
{
    public override Words Kind => new("a list", "列表");
}

/// <summary>A mapping, its keys in the order of the file, each once.</summary>
internal sealed record MapNode(Place At, ImmutableArray<MapEntry> Entries) : Node(At)
{
    public override Words Kind => new("a mapping", "映射");

    public MapEntry? Find(string key) =>
        Entries.FirstOrDefault(entry => string.Equals(entry.Key.Text, key, StringComparison.Ordinal));
}

/// <summary>A value that was refused, and reported, while it was read.</summary>
internal sealed record RefusedNode(Place At) : Node(At)
{
    public override Words Kind => new("a refused value", "已拒绝的值");
}

/// <summary>A key and its value.</summary>
internal sealed record MapEntry(ScalarNode Key, Node Value);
