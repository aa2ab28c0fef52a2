using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class JoinTests
{
    private const int Refused = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_join_token_joins_once_and_garbage_never()
    {
        await using var domain = await RunningDomain.StartAsync();
        var token = await domain.TokenAsync();
        domain.Agent("first", token);
        await RunningDomain.UntilAsync(async () => (await domain.Client.GetSiteAsync(RunningDomain.Site, Cancellation)).IsConnected, "it joined");

        Assert.Equal(Refused, await RunningDomain.ExitAsync(domain.Agent("second", token)));
        Assert.Equal(Refused, await RunningDomain.ExitAsync(domain.Agent("garbage", "mjt1.notbase64%%%")));
        Assert.Equal(Refused, await RunningDomain.ExitAsync(domain.Agent("cut", token[..^20])));
        Assert.Equal(Refused, await RunningDomain.ExitAsync(domain.Agent("word", "hello")));

        Assert.Contains("was used already", domain.Log("second"), StringComparison.Ordinal);
        Assert.Contains("no join token", domain.Log("garbage"), StringComparison.Ordinal);
        Assert.Contains("no join token", domain.Log("cut"), StringComparison.Ordinal);
        Assert.Contains("no join token", domain.Log("word"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_domain_is_refused_before_its_secret_is_sent()
    {
        await using var mine = await RunningDomain.StartAsync("mine");
        await using var other = await RunningDomain.StartAsync("other");
        var led = Changed(await mine.TokenAsync(), "server", other.AgentAddress);
        var forged = Changed(led, "ca", Read(await other.TokenAsync())["ca"]!.GetValue<string>());

        Assert.Equal(Refused, await RunningDomain.ExitAsync(other.Agent("led", led)));
        Assert.Equal(Refused, await RunningDomain.ExitAsync(other.Agent("forged", forged)));

        Assert.Contains("not of the domain that made the token", other.Log("led"), StringComparison.Ordinal);
        Assert.Contains("used already or never existed", other.Log("forged"), StringComparison.Ordinal);
        Assert.Empty((await other.Client.GetSiteAsync(RunningDomain.Site, Cancellation)).Pools);
    }

    [Fact]
    public async Task A_banned_agent_ends_and_says_why_and_cannot_return()
    {
        await using var domain = await RunningDomain.StartAsync();
        var agent = await domain.JoinedAgentAsync();

        await domain.Client.BanAgentAsync(RunningDomain.Node, Cancellation);

        Assert.Equal(Refused, await RunningDomain.ExitAsync(agent));
        Assert.Contains("banned", domain.Log("head"), StringComparison.Ordinal);
        Assert.Equal(Refused, await RunningDomain.ExitAsync(domain.Agent("head")));
    }

    private static JsonNode Read(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.AsSpan(5)))!;

    private static string Changed(string token, string key, string value)
    {
        var content = Read(token);
        content[key] = value;
        return "mjt1." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(content.ToJsonString()));
    }
}
