using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Meridian.JobFiles;

/// <summary>A list of like values, up to a limit.</summary>
internal sealed class ListShape<T>(Shape<T> item, int countMax, Words example) : Shape<ImmutableArray<T>>
{
    private static readonly Words Expected = new("a list", "列表");

    public override JsonObject Schema() => new()
    {
        ["type"] = "array",
        ["maxItems"] = countMax,
        ["items"] = item.Schema(),
    };

    public override bool TryRead(Node node, Faults faults, [MaybeNullWhen(false)] out ImmutableArray<T> value)
    {
        value = [];
        if (node is not ListNode list)
        {
            Mismatch.Report(node, Expected, example, faults);
            return false;
        }

        if (list.Items.Length > countMax)
        {
            faults.Add(
                node.At,
                new($"The list has {list.Items.Length} entries; {countMax} are allowed",
                    $"列表有 {list.Items.Length} 项，最多允许 {countMax} 项"),
                new("Shorten the list", "请缩短列表"));
            return false;
        }

        var read = ImmutableArray.CreateBuilder<T>(list.Items.Length);
        foreach (var entry in list.Items)
            if (item.TryRead(entry, faults, out var one))
                read.Add(one);
        value = read.ToImmutable();
        return read.Count == list.Items.Length;
    }
}
