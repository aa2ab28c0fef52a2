namespace Meridian.Cli;

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
    public static Language From(Func<string, string?> environment)
    {
        var first = Variables.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        return first.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English;
    }
}
