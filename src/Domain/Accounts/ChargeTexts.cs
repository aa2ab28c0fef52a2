using Meridian.Primitives;

namespace Meridian.Domain.Accounts;

/// <summary>What each kind of charge says of its usage.</summary>
public static class ChargeTexts
{
    /// <summary>The texts by kind.</summary>
    public static readonly Phrasebook Book = new(new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["compute"] = ("{0} s on {1}", "在 {1} 运行 {0} 秒"),
        ["reservation"] = ("reservation {0} of {1}", "预留 {0}，位于 {1}"),
        ["transfer"] = ("{0} of {3} from {1} to {2}", "{3} 的 {0} 从 {1} 传到 {2}"),
    });

    /// <summary>The charge's usage in words.</summary>
    public static string Say(this Charge charge, Language language) => Book.Say(language, charge.Kind, charge.Particulars);
}
