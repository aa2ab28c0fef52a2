namespace Meridian.Primitives;

/// <summary>The rule for names that people give: sites, pools, projects, datasets.</summary>
public static class Names
{
    /// <summary>The longest name, in characters.</summary>
    public const int LengthMax = 63;

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "1 to 63 characters of a-z, 0-9 and '-', beginning with a letter or digit";

    /// <summary>The rule in Chinese words.</summary>
    public const string RuleZh = "须为 1 至 63 个字符，仅含 a-z、0-9 与 -，且以字母或数字开头";

    /// <summary>Whether the text is a name.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= LengthMax } && text[0] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
