using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Meridian.JobFiles;

/// <summary>A command: a list of texts, or one text that the shell runs.</summary>
internal sealed class CommandShape : Shape<ImmutableArray<string>>
{
    private static readonly Words Expected = new("a list of texts, or one text", "文本列表或单个文本");
    private static readonly Words Example = new(
        "Write [\"program\", \"argument\"], or one line for sh -c", "请写成 [\"程序\", \"参数\"]，或一行由 sh -c 执行的命令");

    private static readonly ScalarShape<string> Line = TextShapes.Free(lengthMax: 65_536, mayBeEmpty: false);
    private static readonly ListShape<string> List =
        new(TextShapes.Free(lengthMax: 65_536, mayBeEmpty: true), countMax: 1000, Example);

    public override JsonObject Schema()
    {
        var list = List.Schema();
        list["minItems"] = 1;
        return new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["minLength"] = 1 }, list) };
    }

    public override bool TryRead(Node node, Faults faults, [MaybeNullWhen(false)] out ImmutableArray<string> value)
    {
        value = [];
        switch (node)
        {
            case ScalarNode { IsNothing: false }:
                if (!Line.TryRead(node, faults, out var line))
                    return false;
                value = ["sh", "-c", line];
                return true;
            case ListNode { Items: [ScalarNode { Text.Length: > 0 }, ..] }:
                return List.TryRead(node, faults, out value);
            case ListNode:
                faults.Add(node.At, new("The command names no program", "命令未指定程序"), Example);
                return false;
            default:
                Mismatch.Report(node, Expected, Example, faults);
                return false;
        }
    }
}

/// <summary>Models of accelerators: one, or a list of those that will do.</summary>
internal sealed class ModelsShape : Shape<ImmutableArray<string>>
{
    private static readonly Words Example = new("Write A100, or [A100, H800]", "请写成 A100，或 [A100, H800]");
    private static readonly ScalarShape<string> One = TextShapes.Free(lengthMax: 64, mayBeEmpty: false);
    private static readonly ListShape<string> List = new(One, countMax: 16, Example);

    public override JsonObject Schema()
    {
        var list = List.Schema();
        list["minItems"] = 1;
        return new() { ["oneOf"] = new JsonArray(One.Schema(), list) };
    }

    public override bool TryRead(Node node, Faults faults, [MaybeNullWhen(false)] out ImmutableArray<string> value)
    {
        value = [];
        if (node is ListNode { Items.IsEmpty: true })
        {
            faults.Add(node.At, new("The list names no model", "列表未列出型号"), Example);
            return false;
        }

        if (node is ListNode)
            return List.TryRead(node, faults, out value);
        if (!One.TryRead(node, faults, out var model))
            return false;
        value = [model];
        return true;
    }
}

/// <summary>Environment variables: any well-formed name, and a text.</summary>
internal sealed class EnvironmentShape : Shape<ImmutableArray<EnvironmentVariable>>
{
    private const int CountMax = 1000;

    private static readonly Words Expected = new("a mapping of names to texts", "名称到文本的映射");
    private static readonly Words Example = new("Write KEY: value, one a line", "请逐行填写 KEY: value");
    private static readonly ScalarShape<string> Value = TextShapes.Free(lengthMax: 32_768, mayBeEmpty: true);

    public override JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["maxProperties"] = CountMax,
        ["propertyNames"] = new JsonObject { ["pattern"] = "^[A-Za-z_][A-Za-z0-9_]{0,127}$" },
        ["additionalProperties"] = Value.Schema(),
    };

    public override bool TryRead(
        Node node, Faults faults, [MaybeNullWhen(false)] out ImmutableArray<EnvironmentVariable> value)
    {
        value = [];
        if (node is not MapNode map)
        {
            Mismatch.Report(node, Expected, Example, faults);
            return false;
        }

        if (map.Entries.Length > CountMax)
        {
            faults.Add(
                node.At,
                new($"More than {CountMax} environment variables", $"环境变量超过 {CountMax} 个"),
                new("Bring them in a file, as a dataset", "请放入文件并作为数据集提供"));
            return false;
        }

        var read = new List<EnvironmentVariable>(map.Entries.Length);
        foreach (var entry in map.Entries)
            if (IsName(entry.Key, faults) & Value.TryRead(entry.Value, faults, out var text))
                read.Add(new(entry.Key.Text, text!));
        value = [.. read.OrderBy(variable => variable.Name, StringComparer.Ordinal)];
        return read.Count == map.Entries.Length;
    }

    private static bool IsName(ScalarNode key, Faults faults)
    {
        var name = key.Text;
        if (name.Length is > 0 and <= 128 && !char.IsAsciiDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return true;

        faults.Add(
            key.At,
            new($"'{key.Shown}' is not the name of an environment variable", $"“{key.Shown}”不是有效的环境变量名"),
            new("Use letters, digits and '_', not beginning with a digit, at most 128",
                "请使用字母、数字和“_”，不以数字开头，最多 128 个字符"));
        return false;
    }
}
