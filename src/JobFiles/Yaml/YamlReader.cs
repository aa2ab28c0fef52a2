using System.Collections.Immutable;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Meridian.JobFiles;

/// <summary>
/// Reads one YAML document into nodes that know their place. It works on the parser's events, so what a hostile
/// document is made of (aliases, anchors, tags, merge keys, depth, size) is refused before it costs anything.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>The largest file, in bytes of UTF-8.</summary>
    public const int SizeMaxBytes = 256 * 1024;

    /// <summary>The deepest nesting.</summary>
    public const int DepthMax = 32;

    private static readonly Words WriteItOut = new("Write the value out where it is used", "请在使用处直接写出该值");
    private static readonly Words OneJobPerFile = new("Put each job into its own file", "请将每个作业放入单独的文件");

    private readonly IParser _parser;
    private readonly Faults _faults;

    private YamlReader(string text, Faults faults)
    {
        _parser = new Parser(new StringReader(text));
        _faults = faults;
    }

    /// <summary>The document, or null when it cannot be read at all; the reason is then among the faults.</summary>
    public static Node? Read(string text, Faults faults)
    {
        if (IsRefusedWhole(text, faults))
            return null;
        var reader = new YamlReader(text.TrimStart('\uFEFF'), faults);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException broken)
        {
            reader.RefuseSyntax(PlaceOf(broken.Start), FirstLine(broken.Message));
            return null;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner gives up so on a few malformed inputs; then the place is the last that it understood.
            var last = reader._parser.Current;
            reader.RefuseSyntax(last is null ? new(1, 1) : PlaceOf(last.End), "it breaks off after this");
            return null;
        }
        catch (TooDeepException)
        {
            return null; // Reported where it was found.
        }
    }

    private static bool IsRefusedWhole(string text, Faults faults)
    {
        var start = new Place(1, 1);
        if (text.Length > SizeMaxBytes || Encoding.UTF8.GetByteCount(text) > SizeMaxBytes)
        {
            faults.Add(
                start,
                new("The file is larger than 256 KiB", "文件超过 256 KiB"),
                new("Move data into a dataset and name it under 'inputs'", "请将数据放入数据集，并在 inputs 中引用"));
            return true;
        }

        var odd = text.AsSpan().IndexOfAny('\0', '\uFFFD');
        if (odd < 0)
            return false;

        faults.Add(
            PlaceOf(text, odd),
            new("The file is not text in UTF-8", "文件不是 UTF-8 文本"),
            new("Save it as UTF-8", "请以 UTF-8 编码保存"));
        return true;
    }

    private void RefuseSyntax(Place at, string why) =>
        _faults.Add(
            at,
            new($"The file is not valid YAML: {why}", $"文件不是有效的 YAML：{why}"),
            new("Check the indentation, the quotes and the brackets here", "请检查此处的缩进、引号和括号"));

    private Node? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            _faults.Add(
                new(1, 1),
                new("The file holds no job", "文件中没有作业"),
                new("A job needs at least 'name' and 'command'", "作业至少需要 name 和 command"));
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(depth: 1);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            _faults.Add(
                PlaceOf(second.Start), new("The file holds more than one document", "文件包含多个文档"), OneJobPerFile);
        return root;
    }

    private Node ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            var at = PlaceOf(alias.Start);
            _faults.Add(at, new("Aliases are not allowed", "不允许使用别名（*）"), WriteItOut);
            return new RefusedNode(at);
        }

        if (_parser.Current is NodeEvent node)
            RefuseDecorations(node);
        if (_parser.TryConsume<Scalar>(out var scalar))
            return ToNode(scalar);

        if (depth > DepthMax)
            throw RefuseDepth(PlaceOf(_parser.Current!.Start));
        return _parser.TryConsume<SequenceStart>(out var sequence)
            ? ReadList(PlaceOf(sequence.Start), depth)
            : ReadMap(PlaceOf(_parser.Consume<MappingStart>().Start), depth);
    }

    private ListNode ReadList(Place at, int depth)
    {
        var items = ImmutableArray.CreateBuilder<Node>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new(at, items.ToImmutable());
    }

    private MapNode ReadMap(Place at, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<MapEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (AcceptKey(key, seen) is { } accepted)
                entries.Add(new(accepted, value));
        }

        return new(at, entries.ToImmutable());
    }

    private ScalarNode? AcceptKey(Node node, HashSet<string> seen)
    {
        if (node is not ScalarNode key)
        {
            if (node is not RefusedNode)
                _faults.Add(
                    node.At,
                    new($"A key is text, not {node.Kind.English}", $"键必须是文本，而不是{node.Kind.Chinese}"),
                    new("Write the key as a plain word", "请用普通单词作为键"));
            return null;
        }

        if (key is { Text: "<<", IsPlain: true })
        {
            _faults.Add(key.At, new("Merge keys are not allowed", "不允许使用合并键（<<）"), WriteItOut);
            return null;
        }

        if (seen.Add(key.Text))
            return key;

        _faults.Add(
            key.At,
            new($"The key '{key.Shown}' is given twice", $"键“{key.Shown}”重复"),
            new("Keep one of them", "请只保留一个"));
        return null;
    }

    private void RefuseDecorations(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            _faults.Add(PlaceOf(node.Start), new("Anchors are not allowed", "不允许使用锚点（&）"), WriteItOut);
        if (!node.Tag.IsEmpty)
            _faults.Add(
                PlaceOf(node.Start),
                new("Tags are not allowed", "不允许使用标签（!）"),
                new("Remove the tag; the type follows from the key", "请删除标签；类型由键决定"));
    }

    private TooDeepException RefuseDepth(Place at)
    {
        _faults.Add(
            at,
            new($"The file nests deeper than {DepthMax} levels", $"文件嵌套超过 {DepthMax} 层"),
            new("A job file needs four levels at most", "作业文件最多只需四层"));
        return new();
    }

    private static ScalarNode ToNode(Scalar scalar) =>
        new(PlaceOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);

    private static Place PlaceOf(Mark mark) => new(Math.Max(1, mark.Line), Math.Max(1, mark.Column));

    private static Place PlaceOf(string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new(1 + before.Count('\n'), index - before.LastIndexOf('\n'));
    }

    private static string FirstLine(string message)
    {
        var line = message.Split('\n')[0].Trim().TrimEnd('.');
        return line.Length > 200 ? line[..200] + "…" : line;
    }

    /// <summary>Leaves the recursion; never leaves this class.</summary>
    private sealed class TooDeepException : Exception;
}
