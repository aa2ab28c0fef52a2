using Xunit;

namespace Meridian.Tests.EndToEnd;

/// <summary>An agent of an ordinary user, as somebody has who is not root on his machine.</summary>
[Collection(EndToEndTests.Name)]
public sealed class OrdinaryUserTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_without_rights_runs_jobs_and_says_what_it_cannot_do()
    {
        await using var domain = await RunningDomain.StartAsync();
        Assert.SkipUnless(await domain.CanRunAsNobodyAsync(), "Another user cannot be taken, or cannot read the program here.");
        await domain.JoinedAgentAsync(isNobody: true);

        var node = (await domain.Client.GetSiteAsync(RunningDomain.Site, Cancellation)).Pools[0].Nodes[0];
        foreach (var isolation in node.CanSandbox ? new[] { "plain", "sandbox" } : ["plain"])
        {
            var job = await domain.SubmitAsync($$"""
                name: who
                command: [sh, -c, 'id -u; mkdir out; echo kept > out/file']
                outputs: [{ name: kept-{{isolation}}, path: out }]
                duration: 1s
                timeout: 20s
                resources: { cpu: 1, memory: 64MiB, disk: 16MiB }
                constraints: { isolation: {{isolation}} }
                """);
            Assert.Equal("succeeded", (await domain.OverAsync(job)).Summary.State);
            using var log = await domain.Client.OpenLogAsync(new(job, Task: 0, Attempt: null, Offset: 0, Follow: false), Cancellation);
            using var reader = new StreamReader(await log.OpenAsync(Cancellation));
            Assert.Equal("65534\n", await reader.ReadToEndAsync(Cancellation));
        }

        Assert.Contains("no limits", node.IsolationNote, StringComparison.Ordinal);
    }
}
