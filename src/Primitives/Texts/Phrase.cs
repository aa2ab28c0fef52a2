using System.Globalization;

namespace Meridian.Primitives;

/// <summary>A text in every language, with the same numbered places for arguments.</summary>
/// <param name="English">In English.</param>
/// <param name="Chinese">In simplified Chinese.</param>
public sealed record Phrase(string English, string Chinese)
{
    /// <summary>A phrase from both texts, so that tables of phrases read well.</summary>
    public static implicit operator Phrase((string English, string Chinese) texts) => new(texts.English, texts.Chinese);

    /// <summary>The text in the language, its places as they are.</summary>
    public string In(Language language) => language == Language.Chinese ? Chinese : English;

    /// <summary>The text in the language, its places filled.</summary>
    public string In(Language language, params object?[] arguments) =>
        string.Format(CultureInfo.InvariantCulture, In(language), arguments);
}
