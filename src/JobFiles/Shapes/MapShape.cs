using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Meridian.JobFiles;

/// <summary>A mapping with fixed keys, read onto a record.</summary>
/// <param name="title">What the mapping is, for messages.</param>
/// <param name="start">The record before any key was read.</param>
/// <param name="keys">The keys that are known; any other is a fault.</param>
internal sealed class MapShape<T>(Words title, T start, params Key<T>[] keys) : Shape<T>, IKeyHolder
    where T : class
{
    /// <summary>The names of the keys.</summary>
    public ImmutableArray<string> KeyNames { get; } = [.. keys.Select(key => key.Name)];

    /// <summary>The holders below this one, by key.</summary>
    public IEnumerable<(string Key, IKeyHolder Holder)> Nested =>
        keys.Where(key => key.Holder is not null).Select(key => (key.Name, key.Holder!));

    /// <summary>Checks keys against each other, once each was read by itself.</summary>
    public Action<MapNode, T, Faults>? Check { get; init; }

    /// <summary>Completes the record from what was not given.</summary>
    public Func<MapNode, T, T> Complete { get; init; } = (_, read) => read;

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var schema = key.Schema();
            schema["description"] = key.Help;
            properties[key.Name] = schema;
        }

        var whole = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (keys.Any(key => key.IsRequired))
            whole["required"] = new JsonArray([.. keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name)]);
        return whole;
    }

    public override bool TryRead(Node node, Faults faults, [MaybeNullWhen(false)] out T value)
    {
        value = start;
        if (node is not MapNode map)
        {
            Mismatch.Report(node, title, KeysHint(), faults);
            return false;
        }

        var isWhole = true;
        foreach (var entry in map.Entries)
            isWhole &= TryReadEntry(entry, faults, ref value);
        isWhole &= HasRequired(map, faults);
        value = Complete(map, value);
        Check?.Invoke(map, value, faults);
        return isWhole;
    }

    private bool TryReadEntry(MapEntry entry, Faults faults, ref T value)
    {
        var key = Array.Find(keys, key => string.Equals(key.Name, entry.Key.Text, StringComparison.Ordinal));
        if (key is not null)
            return key.TryApply(ref value, entry.Value, faults);

        faults.Add(
            entry.Key.At,
            new($"Unknown key '{entry.Key.Shown}' in {title.English}", $"{title.Chinese}中有未知的键“{entry.Key.Shown}”"),
            KeyAdvice.For(entry.Key.Text, this) ?? KeysHint());
        return false;
    }

    private bool HasRequired(MapNode map, Faults faults)
    {
        var missing = Array.FindAll(keys, key => key.IsRequired && map.Find(key.Name) is null);
        foreach (var key in missing)
            faults.Add(
                map.At,
                new($"'{key.Name}' is missing in {title.English}", $"{title.Chinese}中缺少“{key.Name}”"),
                new($"Add '{key.Name}:', {Lower(key.Help)}", $"请添加“{key.Name}:”"));
        return missing.Length == 0;
    }

    private Words KeysHint()
    {
        var names = string.Join(", ", KeyNames);
        return new($"Known keys: {names}", $"可用的键：{names}");
    }

    private static string Lower(string help) => char.ToLowerInvariant(help[0]) + help[1..];
}
