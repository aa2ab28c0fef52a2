using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.EndToEnd;

/// <summary>A whole domain, whose journal or depot runs out of room.</summary>
[Collection(EndToEndTests.Name)]
public sealed class FullDiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_at_the_journal_refuses_in_clear_words_and_loses_nothing_acknowledged()
    {
        await using var domain = await RunningDomain.StartAsync(smallDisk: "control");
        await domain.JoinedAgentAsync();
        var taken = new List<long> { await domain.SubmitAsync(Job("true")) };
        domain.Disk!.Fill();

        var refusal = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            while (taken.Count < 5000)
                taken.Add(await domain.SubmitAsync(Job("true")));
        });
        Assert.Equal(("urn:meridian:problem:journal-full", 507), (refusal.Problem.Type, refusal.Problem.Status));
        Assert.Contains("freed some space", refusal.Problem.Detail, StringComparison.Ordinal);
        Assert.False(domain.Server.HasExited, domain.Log("control"));

        domain.Disk.Free();
        await RunningDomain.UntilAsync(() => TrySubmitAsync(domain, taken), "there is room again");
        foreach (var job in taken)
            Assert.Equal("succeeded", (await domain.OverAsync(job)).Summary.State);
        await RunningDomain.KillAsync(domain.Server);
        await domain.StartServerAsync();
        foreach (var job in taken)
            Assert.Equal("succeeded", (await domain.Client.GetJobAsync(job, Cancellation)).Summary.State);
    }

    [Fact]
    public async Task A_full_disk_at_a_depot_fails_the_result_in_clear_words_and_the_next_one_lands()
    {
        await using var domain = await RunningDomain.StartAsync(smallDisk: "head/depot");
        await domain.JoinedAgentAsync();
        var job = Job("mkdir out; head -c 12000000 /dev/urandom > out/noise") + "outputs: [{ name: noise, path: out }]\n";
        domain.Disk!.Fill();

        var failed = await domain.SubmitAsync(job);
        Assert.Equal("failed", (await domain.OverAsync(failed)).Summary.State);
        var task = (await domain.Client.GetTasksAsync(failed, state: null, PageRequest.First, Cancellation)).Items[0];
        Assert.Contains("no room", $"{task.Detail}", StringComparison.Ordinal);

        domain.Disk.Free();
        Assert.Equal("succeeded", (await domain.OverAsync(await domain.SubmitAsync(job))).Summary.State);
    }

    private static async Task<bool> TrySubmitAsync(RunningDomain domain, List<long> taken)
    {
        try
        {
            taken.Add(await domain.SubmitAsync(Job("true")));
            return true;
        }
        catch (RefusedException refusal) when (refusal.Problem.Status is 503 or 507)
        {
            return false;
        }
    }

    private static string Job(string command) => $$"""
        name: job
        command: [sh, -c, '{{command}}']
        duration: 1s
        timeout: 20s
        resources: { cpu: 1, memory: 64MiB, disk: 16MiB }
        constraints: { isolation: plain }

        """;
}
