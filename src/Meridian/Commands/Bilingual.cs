using Meridian.Primitives;

namespace Meridian.Host.Commands;

/// <summary>A text in both languages.</summary>
internal static class Bilingual
{
    /// <summary>The reader's language.</summary>
    internal static readonly Language Language = LanguageChoice.From(Environment.GetEnvironmentVariable);

    /// <summary>The text in the reader's language.</summary>
    internal static string Say(string english, string chinese) => new Phrase(english, chinese).In(Language);
}
