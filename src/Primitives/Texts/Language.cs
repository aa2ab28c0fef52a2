namespace Meridian.Primitives;

/// <summary>The languages of all texts.</summary>
public enum Language
{
    /// <summary>English.</summary>
    English,

    /// <summary>Simplified Chinese.</summary>
    Chinese,
}

/// <summary>Chooses the language as other programs do.</summary>
public static class LanguageChoice
{
    private static readonly string[] Variables = ["MERIDIAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

    /// <summary>The first variable that is set decides.</summary>
    public static Language From(Func<string, string?> environment) =>
        Named(Variables.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value)));

    /// <summary>The language of a name such as <c>zh_CN.UTF-8</c> or of a list such as <c>zh-CN,en;q=0.5</c>, whose first counts.</summary>
    public static Language Named(string? name) =>
        name?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Language.Chinese : Language.English;

    /// <summary>The language's name on the wire, as in <c>Accept-Language</c>.</summary>
    public static string Tag(this Language language) => language == Language.Chinese ? "zh-CN" : "en";
}
