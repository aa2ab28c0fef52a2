using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.Tests.Scheduling;
using Xunit;

namespace Meridian.Tests.EndToEnd;

public sealed class JoinTokenExpiryTests
{
    private static readonly SecretHash Secret = new("join");

    [Fact]
    public void A_join_token_is_refused_after_its_lifetime()
    {
        var domain = Issued();

        var late = SiteRules.Decide(domain.State.Sites, Enrol("east"), domain.Now.AddMinutes(10).AddTicks(1));

        Assert.Equal("join-token-expired", late.Fault?.Code);
        Assert.Equal("join-token-expired", late.Fault?.Code);
    }

    [Fact]
    public void A_join_token_is_good_until_its_last_moment_and_only_for_its_site()
    {
        var domain = Issued();

        Assert.Null(SiteRules.Decide(domain.State.Sites, Enrol("east"), domain.Now.AddMinutes(10)).Fault);
        Assert.Equal("join-token-site", SiteRules.Decide(domain.State.Sites, Enrol("west"), domain.Now).Fault?.Code);
    }

    [Fact]
    public void A_join_token_that_was_used_is_refused()
    {
        var domain = Issued();
        domain.Do(Enrol("east"));

        Assert.Equal("join-token-unknown", SiteRules.Decide(domain.State.Sites, Enrol("east"), domain.Now).Fault?.Code);
    }

    private static TestDomain Issued()
    {
        var domain = new TestDomain().Site("east").Site("west");
        domain.Do(new IssueJoinToken(Secret, new("east"), TimeSpan.FromMinutes(10)));
        return domain;
    }

    private static EnrolNode Enrol(string site) => new(Secret, new(site), "default", "process", "head", "thumbprint");
}
