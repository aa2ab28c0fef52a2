using System.Collections.Concurrent;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class KillTests
{
    private const int JobCount = 2000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_control_plane_killed_in_the_middle_of_a_run_loses_no_job_and_runs_none_twice()
    {
        await using var domain = await RunningDomain.StartAsync();
        await domain.JoinedAgentAsync();
        var ran = Path.Combine(domain.SharedFolder(), "ran");
        var yaml = Plain("echo $MERIDIAN_JOB >> $DIR/ran", domain.SharedFolder());
        var ids = new ConcurrentBag<long>();

        var submitting = Parallel.ForAsync(
            0, JobCount, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation },
            async (i, _) =>
            {
                var client = await domain.ClientOfKeyAsync($"job-{i}");
                await RunningDomain.UntilAsync(async () => await TrySubmitAsync(client, yaml, ids), "the job is taken");
            });
        await RunningDomain.UntilAsync(() => Task.FromResult(Lines(ran).Length > JobCount / 4), "a quarter ran");
        await RunningDomain.KillAsync(domain.Server);
        var atKill = Lines(ran).Length;
        await domain.StartServerAsync();
        await submitting;
        await RunningDomain.UntilAsync(async () => !await AnyAsync(domain, "waiting") && !await AnyAsync(domain, "running"), "every job is over");

        Assert.InRange(atKill, 1, JobCount - 1);
        Assert.False(await AnyAsync(domain, "failed"));
        Assert.False(await AnyAsync(domain, "cancelled"));
        Assert.Equal(JobCount, ids.Distinct().Count());
        Assert.Equal(ids.Order(), Lines(ran).Select(long.Parse).Order());
    }

    [Fact]
    public async Task An_agent_killed_while_tasks_run_finds_them_again_and_starts_none_twice()
    {
        await using var domain = await RunningDomain.StartAsync();
        var agent = await domain.JoinedAgentAsync();
        var shared = domain.SharedFolder();
        var job = await domain.SubmitAsync(Plain("echo $MERIDIAN_TASK_INDEX >> $DIR/ran; sleep 2", shared) + "array: 20\n");
        await RunningDomain.UntilAsync(() => Task.FromResult(Lines(Path.Combine(shared, "ran")).Length >= 5), "tasks run");

        await RunningDomain.KillAsync(agent);
        domain.Agent("head");
        var over = await domain.OverAsync(job);

        Assert.Equal("succeeded", over.Summary.State);
        Assert.Equal(20, over.Summary.Tasks.Succeeded);
        Assert.Equal(Enumerable.Range(0, 20), Lines(Path.Combine(shared, "ran")).Select(int.Parse).Order());
    }

    private static async Task<bool> TrySubmitAsync(MeridianClient client, string yaml, ConcurrentBag<long> ids)
    {
        try
        {
            ids.Add((await client.SubmitAsync(yaml, "job.yaml", Cancellation)).Id);
            return true;
        }
        catch (RefusedException refusal) when (refusal.Problem.Status >= 500)
        {
            return false; // Ending or beginning.
        }
    }

    private static async Task<bool> AnyAsync(RunningDomain domain, string state) =>
        (await domain.Client.GetJobsAsync(new(State: state), new(Limit: 1), Cancellation)).Items.Count > 0;

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private static string Plain(string command, string folder) => $$"""
        name: small
        command: "{{command}}"
        environment: { DIR: "{{folder}}" }
        duration: 1s
        timeout: 60s
        resources: { cpu: 0.5, memory: 16MiB, disk: 1MiB }
        constraints: { isolation: plain }

        """;
}
