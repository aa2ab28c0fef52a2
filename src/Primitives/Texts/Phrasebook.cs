using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Meridian.Primitives;

/// <summary>
/// What each code says in every language. A place <c>{0}</c> takes the particular as it is; a place <c>{0:word}</c> takes
/// what the book's words call it, for particulars that are codes themselves.
/// </summary>
public sealed partial class Phrasebook
{
    private readonly SortedDictionary<string, Phrase> _phrases;
    private readonly SortedDictionary<string, Phrase> _words;

    /// <summary>A book of phrases by code.</summary>
    public Phrasebook(IDictionary<string, Phrase> phrases) : this(phrases, new Dictionary<string, Phrase>(StringComparer.Ordinal))
    {
    }

    /// <summary>A book of phrases by code, with the words for particulars that are codes.</summary>
    public Phrasebook(IDictionary<string, Phrase> phrases, IDictionary<string, Phrase> words) =>
        (_phrases, _words) = (new(phrases, StringComparer.Ordinal), new(words, StringComparer.Ordinal));

    /// <summary>Every code that has a text.</summary>
    public IReadOnlyCollection<string> Codes => _phrases.Keys;

    /// <summary>Every phrase and word, for those who check them.</summary>
    public IEnumerable<KeyValuePair<string, Phrase>> All => _phrases.Concat(_words);

    /// <summary>Whether the code has a text.</summary>
    public bool Knows(string code) => _phrases.ContainsKey(code);

    /// <summary>The reason in words.</summary>
    public string Say(Language language, Reason reason) => Say(language, reason.Code, reason.Particulars);

    /// <summary>The code in words. A code that the book does not know is its own text, with its particulars.</summary>
    public string Say(Language language, string code, ImmutableArray<string> particulars)
    {
        if (!_phrases.TryGetValue(code, out var phrase))
            return new Reason(code, particulars).ToString();
        var values = particulars.IsDefault ? [] : particulars;
        return Place().Replace(phrase.In(language), place => Fill(language, place, values));
    }

    private string Fill(Language language, Match place, ImmutableArray<string> values)
    {
        var index = place.Groups["index"].ValueSpan[0] - '0';
        if (index >= values.Length)
            return place.Value;
        return place.Groups["word"].Success && _words.TryGetValue(values[index], out var word) ? word.In(language) : values[index];
    }

    [GeneratedRegex(@"\{(?<index>\d)(?<word>:word)?\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
