using System.Text.Json.Nodes;
using Meridian.Primitives;

namespace Meridian.JobFiles;

/// <summary>Texts: free ones, names, paths, choices.</summary>
internal static class TextShapes
{
    private const string NamePattern = "[a-z0-9][a-z0-9-]{0,62}";

    private static readonly Words NameRule = new(Names.Rule, "1 到 63 个字符，由 a-z、0-9 和“-”组成，以字母或数字开头");

    /// <summary>Any text without control characters but line breaks and tabs.</summary>
    public static ScalarShape<string> Free(int lengthMax, bool mayBeEmpty) => new(
        new("text", "文本"),
        mayBeEmpty ? new("Write \"\" for an empty text", "空文本请写成 \"\"") : new("Give a text here", "请在此填写文本"),
        () => new()
        {
            ["type"] = new JsonArray("string", "number", "boolean"),
            ["minLength"] = mayBeEmpty ? 0 : 1,
            ["maxLength"] = lengthMax,
        },
        scalar => ParseFree(scalar, lengthMax, mayBeEmpty));

    /// <summary>A name after the rule for names.</summary>
    public static ScalarShape<string> Name(string example) => new(
        new("a name", "名称"),
        new($"A name is {Names.Rule}, such as '{example}'", $"名称为{NameRule.Chinese}，例如“{example}”"),
        () => Pattern($"^{NamePattern}$"),
        scalar => Names.IsValid(scalar.Text) ? scalar.Text : NotA(scalar, "name", "名称", NameRule));

    /// <summary>An earlier job: its name, or its number.</summary>
    public static ScalarShape<string> JobReference { get; } = new(
        new("a job's name or number", "作业的名称或编号"),
        new("Name a job, such as 'prepare' or 42", "请填写作业，例如 prepare 或 42"),
        () => new()
        {
            ["type"] = new JsonArray("string", "integer"),
            ["pattern"] = $"^{NamePattern}$",
        },
        scalar => Names.IsValid(scalar.Text) ? scalar.Text : NotA(scalar, "job's name", "作业名称", NameRule));

    /// <summary>A dataset: <c>name</c> or <c>name@version</c>.</summary>
    public static ScalarShape<string> DatasetReference { get; } = new(
        new("a dataset's name", "数据集的名称"),
        new("Name a dataset, such as 'scene' or 'scene@3'", "请填写数据集，例如 scene 或 scene@3"),
        () => Pattern($"^{NamePattern}(@[1-9][0-9]{{0,8}})?$"),
        ParseDataset);

    /// <summary>A path below the working directory.</summary>
    public static ScalarShape<string> RelativePath { get; } = new(
        new("a relative path", "相对路径"),
        new("Give a path below the working directory, such as 'frames' or 'data/scene'",
            "请填写工作目录下的路径，例如 frames 或 data/scene"),
        () => Pattern("^[^/\\\\][^\\\\]*$"),
        ParsePath);

    /// <summary>The path of a health check, beginning with a slash.</summary>
    public static ScalarShape<string> UrlPath { get; } = new(
        new("a path", "路径"),
        new("Give a path, such as /healthz", "请填写路径，例如 /healthz"),
        () => Pattern("^/[!-~]*$"),
        scalar => scalar.Text.StartsWith('/') && scalar.Text.Length <= 200 && scalar.Text.All(c => c is >= '!' and <= '~')
            ? scalar.Text
            : Parsed<string>.Refused(
                new($"'{scalar.Shown}' is not a path", $"“{scalar.Shown}”不是路径"),
                new("Begin it with '/', such as /healthz, without spaces", "请以“/”开头且不含空格，例如 /healthz")));

    /// <summary>One of a few words.</summary>
    public static ScalarShape<T> Choice<T>(params (string Word, T Value)[] choices)
    {
        var words = string.Join(", ", choices.Select(choice => choice.Word));
        var hint = new Words($"Write one of: {words}", $"可选值：{words}");
        return new(
            new("a word", "单词"),
            hint,
            () => new() { ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice.Word)]) },
            scalar =>
            {
                var found = Array.FindIndex(choices, choice => string.Equals(choice.Word, scalar.Text, StringComparison.Ordinal));
                return found >= 0
                    ? choices[found].Value
                    : Parsed<T>.Refused(
                        new($"'{scalar.Shown}' is not known here", $"此处不能使用“{scalar.Shown}”"), hint);
            });
    }

    internal static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static Parsed<string> ParseFree(ScalarNode scalar, int lengthMax, bool mayBeEmpty)
    {
        if (scalar.Text.Length == 0 && !mayBeEmpty)
            return Parsed<string>.Refused(new("The text is empty", "文本为空"), new("Give a text here", "请在此填写文本"));
        if (scalar.Text.Length > lengthMax)
            return Parsed<string>.Refused(
                new($"The text is longer than {lengthMax} characters", $"文本超过 {lengthMax} 个字符"),
                new("Shorten it, or bring it as a dataset", "请缩短，或改用数据集"));
        if (scalar.Text.Any(c => char.IsControl(c) && c is not ('\n' or '\t' or '\r' or '\u0085' or '\u001b')))
            return Parsed<string>.Refused(
                new("The text holds a control character", "文本含有控制字符"), new("Remove it", "请删除"));
        return scalar.Text;
    }

    private static Parsed<string> ParseDataset(ScalarNode scalar)
    {
        var (name, version) = scalar.Text.Split('@', 2) is [var left, var right] ? (left, right) : (scalar.Text, "1");
        var isVersion = version.Length is > 0 and <= 9 && version[0] != '0' && version.All(char.IsAsciiDigit);
        return Names.IsValid(name) && isVersion
            ? scalar.Text
            : Parsed<string>.Refused(
                new($"'{scalar.Shown}' is not a dataset's name", $"“{scalar.Shown}”不是数据集名称"),
                new($"Write 'name' or 'name@version'; a name is {Names.Rule}", $"请写“名称”或“名称@版本”；名称为{NameRule.Chinese}"));
    }

    private static Parsed<string> ParsePath(ScalarNode scalar)
    {
        var path = scalar.Text;
        if (path.StartsWith('/') || path.StartsWith('~') || path.Contains('\\') || path is [_, ':', ..])
            return Parsed<string>.Refused(
                new($"'{scalar.Shown}' is not a relative path", $"“{scalar.Shown}”不是相对路径"),
                new("Paths are below the working directory and use '/': drop the leading part",
                    "路径位于工作目录之下并使用“/”分隔：请去掉开头部分"));
        var parts = path.Split('/');
        if (parts.Contains(".."))
            return Parsed<string>.Refused(
                new($"'{scalar.Shown}' leaves the working directory", $"“{scalar.Shown}”超出工作目录"),
                new("Remove '..'", "请去掉“..”"));
        if (path.Length > 200 || path.Any(char.IsControl) || Array.Exists(parts, part => part is "" or "."))
            return Parsed<string>.Refused(
                new($"'{scalar.Shown}' is not a plain path", $"“{scalar.Shown}”不是规范路径"),
                new("Write it without '.', '//' or a trailing '/', in at most 200 characters",
                    "请不要使用“.”、“//”或结尾的“/”，且不超过 200 个字符"));
        return path;
    }

    private static Parsed<string> NotA(ScalarNode scalar, string what, string whatChinese, Words rule) =>
        Parsed<string>.Refused(
            new($"'{scalar.Shown}' is not a {what}", $"“{scalar.Shown}”不是有效的{whatChinese}"),
            new($"It is {rule.English}", $"应为{rule.Chinese}"));
}
