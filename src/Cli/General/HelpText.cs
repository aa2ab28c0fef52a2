using Meridian.Primitives;
namespace Meridian.Cli;

/// <summary>The words that the command-line library writes around our own, in Chinese.</summary>
internal static class HelpText
{
    private static readonly (string English, string Chinese)[] Words =
    [
        ("Description:", "说明："),
        ("Usage:", "用法："),
        ("Arguments:", "参数："),
        ("Options:", "选项："),
        ("Commands:", "命令："),
        ("Show help and usage information", "显示帮助和用法"),
        ("Show version information", "显示版本"),
        (" (REQUIRED)", "（必填）"),
        ("[default: ", "[默认："),
        ("[options]", "[选项]"),
        ("[command]", "[命令]"),
    ];

    public static string In(Language language, string help) =>
        language == Language.Chinese
            ? Words.Aggregate(help, (text, word) => text.Replace(word.English, word.Chinese, StringComparison.Ordinal))
            : help;
}
