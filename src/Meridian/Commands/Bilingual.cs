using Meridian.Cli;

namespace Meridian.Host.Commands;

/// <summary>A text in both languages.</summary>
internal static class Bilingual
{
    private static readonly bool IsChinese =
        LanguageChoice.From(Environment.GetEnvironmentVariable) == Language.Chinese;

    /// <summary>The text in the reader's language.</summary>
    internal static string Say(string english, string chinese) => IsChinese ? chinese : english;
}
