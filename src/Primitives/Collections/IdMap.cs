using System.Collections;
using System.Diagnostics.CodeAnalysis;
using MemoryPack;

namespace Meridian.Primitives;

/// <summary>
/// A persistent map from non-negative numbers to values: every change gives a new map that shares what did not change.
/// A radix trie of 32-way nodes, so that dense numbers cost little and enumeration is in the order of the keys
/// (after Bagwell, Ideal Hash Trees, 2001, without the hash).
/// </summary>
[MemoryPackable(GenerateType.NoGenerate)]
public sealed partial class IdMap<T> : IEnumerable<KeyValuePair<long, T>>
{
    private const int Bits = 5;
    private const int Width = 1 << Bits;

    /// <summary>The map without entries.</summary>
    public static readonly IdMap<T> Empty = new(root: null, levels: 1, count: 0);

    private readonly Node? _root;
    private readonly int _levels;

    static IdMap() => MemoryPackFormatterProvider.Register(new Formatter());

    private IdMap(Node? root, int levels, int count) => (_root, _levels, Count) = (root, levels, count);

    /// <summary>The number of entries.</summary>
    public int Count { get; }

    /// <summary>The value under the key; a missing key is a bug of the caller.</summary>
    public T this[long key]
    {
        get
        {
            Invariant.Holds(TryGet(key, out var value), "a key that is looked up is in the map");
            return value;
        }
    }

    /// <summary>Whether the key has a value, and the value.</summary>
    public bool TryGet(long key, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (key < 0 || !Fits(key, _levels))
            return false;

        var node = _root;
        for (var level = _levels - 1; level > 0; level--)
            node = node?.Children![Slot(key, level)];
        var slot = Slot(key, level: 0);
        if (node is null || (node.Present & (1u << slot)) == 0)
            return false;

        value = node.Values![slot];
        return true;
    }

    /// <summary>Whether the key has a value.</summary>
    public bool Contains(long key) => TryGet(key, out _);

    /// <summary>The map with the value under the key, in place of any other.</summary>
    public IdMap<T> Set(long key, T value)
    {
        Invariant.Holds(key >= 0, "keys are not negative");
        var (root, levels) = (_root, _levels);
        while (!Fits(key, levels))
        {
            root = root is null ? null : Node.Inner().WithChild(slot: 0, root);
            levels++;
        }

        var added = false;
        root = Set(root, key, levels - 1, value, ref added);
        return new(root, levels, added ? Count + 1 : Count);
    }

    /// <summary>The map without the key.</summary>
    public IdMap<T> Remove(long key) =>
        Contains(key) ? new(Remove(_root!, key, _levels - 1), _levels, Count - 1) : this;

    /// <summary>The entries whose key is at least the given one, in the order of the keys.</summary>
    public IEnumerable<KeyValuePair<long, T>> From(long key) =>
        Fits(Math.Max(0, key), _levels) ? Walk(_root, _levels - 1, prefix: 0, Math.Max(0, key)) : [];

    /// <summary>The entries whose key is at most the given one, from the largest key down.</summary>
    public IEnumerable<KeyValuePair<long, T>> DownFrom(long key) =>
        key < 0 ? [] : WalkDown(_root, _levels - 1, prefix: 0, Fits(key, _levels) ? key : Largest(_levels));

    /// <summary>The values in the order of their keys.</summary>
    public IEnumerable<T> Values => From(0).Select(entry => entry.Value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<long, T>> GetEnumerator() => From(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int Slot(long key, int level) => (int)(key >> (level * Bits)) & (Width - 1);

    private static bool Fits(long key, int levels) => levels * Bits >= 63 || key >> (levels * Bits) == 0;

    private static long Largest(int levels) => levels * Bits >= 63 ? long.MaxValue : (1L << (levels * Bits)) - 1;

    private static Node Set(Node? node, long key, int level, T value, ref bool added)
    {
        var slot = Slot(key, level);
        if (level == 0)
        {
            added = node is null || (node.Present & (1u << slot)) == 0;
            return (node ?? Node.Leaf()).WithValue(slot, value);
        }

        node ??= Node.Inner();
        return node.WithChild(slot, Set(node.Children![slot], key, level - 1, value, ref added));
    }

    private static Node? Remove(Node node, long key, int level)
    {
        var slot = Slot(key, level);
        if (level == 0)
            return node.WithoutValue(slot);

        return Remove(node.Children![slot]!, key, level - 1) is { } child
            ? node.WithChild(slot, child)
            : node.WithoutChild(slot);
    }

    private static IEnumerable<KeyValuePair<long, T>> Walk(Node? node, int level, long prefix, long from)
    {
        if (node is null)
            yield break;

        for (var slot = 0; slot < Width; slot++)
        {
            var key = prefix | ((long)slot << (level * Bits));
            if (level == 0)
            {
                if ((node.Present & (1u << slot)) != 0 && key >= from)
                    yield return new(key, node.Values![slot]);
            }
            else if (node.Children![slot] is { } child && (key | Largest(level)) >= from)
            {
                foreach (var entry in Walk(child, level - 1, key, from))
                    yield return entry;
            }
        }
    }

    private static IEnumerable<KeyValuePair<long, T>> WalkDown(Node? node, int level, long prefix, long from)
    {
        if (node is null)
            yield break;

        for (var slot = Width - 1; slot >= 0; slot--)
        {
            var key = prefix | ((long)slot << (level * Bits));
            if (level == 0)
            {
                if ((node.Present & (1u << slot)) != 0 && key <= from)
                    yield return new(key, node.Values![slot]);
            }
            else if (node.Children![slot] is { } child && key <= from)
            {
                foreach (var entry in WalkDown(child, level - 1, key, from))
                    yield return entry;
            }
        }
    }

    private sealed class Node
    {
        internal uint Present { get; private init; }

        internal T[]? Values { get; private init; }

        internal Node?[]? Children { get; private init; }

        internal static Node Leaf() => new() { Values = new T[Width] };

        internal static Node Inner() => new() { Children = new Node?[Width] };

        internal Node WithValue(int slot, T value)
        {
            var values = (T[])Values!.Clone();
            values[slot] = value;
            return new() { Values = values, Present = Present | (1u << slot) };
        }

        internal Node? WithoutValue(int slot)
        {
            var values = (T[])Values!.Clone();
            values[slot] = default!;
            var present = Present & ~(1u << slot);
            return present == 0 ? null : new() { Values = values, Present = present };
        }

        internal Node WithChild(int slot, Node child)
        {
            var children = (Node?[])Children!.Clone();
            children[slot] = child;
            return new() { Children = children };
        }

        internal Node? WithoutChild(int slot)
        {
            var children = (Node?[])Children!.Clone();
            children[slot] = null;
            return Array.TrueForAll(children, child => child is null) ? null : new() { Children = children };
        }
    }

    /// <summary>Writes the entries in the order of their keys, so that equal maps have equal bytes.</summary>
    private sealed class Formatter : MemoryPackFormatter<IdMap<T>>
    {
        public override void Serialize<TBufferWriter>(
            ref MemoryPackWriter<TBufferWriter> writer, scoped ref IdMap<T>? value)
        {
            writer.WriteVarInt(value?.Count ?? 0);
            foreach (var (key, item) in value ?? Empty)
            {
                writer.WriteVarInt(key);
                writer.WriteValue(item);
            }
        }

        public override void Deserialize(ref MemoryPackReader reader, scoped ref IdMap<T>? value)
        {
            value = Empty;
            var count = reader.ReadVarIntInt32();
            for (var i = 0; i < count; i++)
            {
                var key = reader.ReadVarIntInt64();
                value = value.Set(key, reader.ReadValue<T>()!);
            }
        }
    }
}
