using Grpc.Core;
using Meridian.ControlPlane.Agents;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed class AgentIdentityTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_is_due_for_renewal_at_half_of_its_life_and_is_renewed_over_itself()
    {
        await using var gate = await AgentGate.OpenAsync();
        using var agent = await gate.JoinAsync();
        using var first = agent.Certificate();
        Assert.Equal(TimeSpan.FromHours(1), (first.NotAfter.ToUniversalTime() - gate.Time.GetUtcNow().UtcDateTime).Round());

        gate.Time.Ahead = TimeSpan.FromMinutes(27); // It begins five minutes earlier, for clocks that are behind.
        Assert.False(agent.IsRenewalDue);
        gate.Time.Ahead = TimeSpan.FromMinutes(28);
        Assert.True(agent.IsRenewalDue);
        await agent.RenewAsync(Cancellation);

        Assert.False(agent.IsRenewalDue);
        using var second = agent.Certificate();
        Assert.Equal(TimeSpan.FromMinutes(28), (second.NotAfter - first.NotAfter).Round());
        Assert.Equal(first.GetPublicKeyString(), second.GetPublicKeyString());
        Assert.Equal(0, gate.Node.ComebackCount);
    }

    [Fact]
    public async Task An_agent_that_was_away_comes_back_by_its_key_so_often_and_no_more()
    {
        await using var gate = await AgentGate.OpenAsync();
        (await gate.JoinAsync()).Dispose();
        for (var i = 1; i <= AgentLinkService.ComebackCountMax; i++)
        {
            gate.Time.Ahead += TimeSpan.FromHours(2);
            using var agent = await gate.ReopenAsync();
            Assert.True(agent.IsRenewalDue);
            await agent.RenewAsync(Cancellation);
            Assert.Equal(i, gate.Node.ComebackCount);
        }

        gate.Time.Ahead += TimeSpan.FromHours(2);
        using var late = await gate.ReopenAsync();
        var refusal = await Assert.ThrowsAsync<RpcException>(() => late.RenewAsync(Cancellation));

        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Contains("join", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_domain_opens_no_line_even_with_the_same_name()
    {
        await using var gate = await AgentGate.OpenAsync();
        await using var foreign = await AgentGate.OpenAsync(); // Its authority has another key and the same name.
        using var own = await gate.JoinAsync();
        using var other = await foreign.JoinAsync();
        using var shown = other.Certificate();

        using var call = gate.Stranger(shown).Connect(cancellationToken: Cancellation);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));

        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Contains("of this domain", refusal.Status.Detail, StringComparison.Ordinal);
        await own.RenewAsync(Cancellation); // The others go on.
        Assert.Equal(0, gate.Node.ComebackCount);
    }
}

file static class Times
{
    internal static TimeSpan Round(this TimeSpan time) => TimeSpan.FromMinutes(Math.Round(time.TotalMinutes));
}
