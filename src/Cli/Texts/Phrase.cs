using System.Globalization;

namespace Meridian.Cli;

/// <summary>A text in every language, with the same places for arguments.</summary>
internal sealed record Phrase(string English, string Chinese)
{
    public string In(Language language) => language == Language.Chinese ? Chinese : English;

    public string In(Language language, params object?[] arguments) =>
        string.Format(CultureInfo.InvariantCulture, In(language), arguments);
}
