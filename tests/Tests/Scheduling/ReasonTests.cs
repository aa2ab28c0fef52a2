using System.Reflection;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class ReasonTests
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
    public void Every_code_has_a_text() => Assert.Equal(ReasonCodes.All.Order(), ReasonTexts.Book.Codes.Order());

    [Fact]
    public void Particulars_fill_the_places_and_codes_among_them_become_words()
    {
        var reason = new PendingReason(ReasonCodes.Quota, ["lab", "cpu"]);

        Assert.Equal("lab has reached its quota of cores", ReasonTexts.Say(Language.English, reason));
        Assert.Equal("lab 已达到核数配额", ReasonTexts.Say(Language.Chinese, reason));
    }

    [Fact]
    public void A_plan_that_the_writer_refused_says_what_the_writer_said()
    {
        var reason = new PendingReason(ReasonCodes.WriterRefused, ["link-full", "west-east", "1Gbps"]);

        Assert.Equal(
            "the plan was refused: Link 'west-east' has no room for 1Gbps then.", ReasonTexts.Say(Language.English, reason));
        Assert.Equal("计划被拒绝：链路“west-east”届时没有 1Gbps 的余量。", ReasonTexts.Say(Language.Chinese, reason));
    }
}
