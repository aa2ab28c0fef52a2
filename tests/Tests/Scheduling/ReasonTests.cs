using System.Reflection;
using System.Text.RegularExpressions;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed partial class ReasonTests
{
    [Fact]
    public void Every_code_is_listed_once()
    {
        var codes = typeof(ReasonCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order().ToList();

        Assert.Equal(codes, ReasonCodes.All.Order());
        Assert.Equal(codes.Distinct(), codes);
    }

    [Fact]
    public void Every_code_has_a_text_in_English_and_in_Chinese_with_the_same_places()
    {
        Assert.Equal(ReasonCodes.All.Order(), ReasonTexts.Codes.Order());
        foreach (var code in ReasonCodes.All)
        {
            var (english, chinese) = (ReasonTexts.English(code, []), ReasonTexts.Chinese(code, []));
            Assert.Equal(PlacesOf(english), PlacesOf(chinese));
            Assert.Contains(chinese, c => c > '\u4e00');
            Assert.DoesNotContain(english, c => c > '\u4e00');
        }
    }

    [Fact]
    public void Particulars_fill_the_places()
    {
        var reason = new PendingReason(ReasonCodes.Quota, ["lab", "cpu"]);

        Assert.Equal("the tenant lab has reached its quota of cpu", reason.ToString());
        Assert.Equal("租户 lab 已达到 cpu 配额", ReasonTexts.Chinese(reason.Code, reason.Particulars));
    }

    private static IEnumerable<string> PlacesOf(string text) => Places().Matches(text).Select(m => m.Value).Order();

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
