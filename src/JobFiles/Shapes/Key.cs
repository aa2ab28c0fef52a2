using System.Text.Json.Nodes;

namespace Meridian.JobFiles;

/// <summary>A key of a mapping: its name, what it means, and how its value goes onto the record.</summary>
internal abstract class Key<TOwner>(string name, string help)
{
    /// <summary>The name as it is written.</summary>
    public string Name => name;

    /// <summary>What it means; the description in the JSON Schema.</summary>
    public string Help => help;

    /// <summary>Whether the mapping is faulty without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The keys below it, where its value is a mapping.</summary>
    public abstract IKeyHolder? Holder { get; }

    public abstract JsonObject Schema();

    public abstract bool TryApply(ref TOwner owner, Node node, Faults faults);
}

/// <inheritdoc/>
internal sealed class Key<TOwner, TValue>(
    string name, string help, Shape<TValue> shape, Func<TOwner, TValue, TOwner> set) : Key<TOwner>(name, help)
{
    public override IKeyHolder? Holder => shape as IKeyHolder;

    public override JsonObject Schema() => shape.Schema();

    public override bool TryApply(ref TOwner owner, Node node, Faults faults)
    {
        if (!shape.TryRead(node, faults, out var value))
            return false;
        owner = set(owner, value);
        return true;
    }
}

/// <summary>A mapping whose keys can be suggested.</summary>
internal interface IKeyHolder
{
    System.Collections.Immutable.ImmutableArray<string> KeyNames { get; }

    IEnumerable<(string Key, IKeyHolder Holder)> Nested { get; }
}
