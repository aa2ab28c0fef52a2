using System.Net;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class BadInputTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wrong_tokens_and_hostile_files_are_refused_in_their_place_and_the_server_goes_on()
    {
        await using var domain = await RunningDomain.StartAsync();
        using var http = new HttpClient { BaseAddress = domain.Address };
        var stranger = new MeridianClient(http, "mdn_wrong", () => Guid.NewGuid().ToString("N"));

        using var raw = new HttpRequestMessage(HttpMethod.Get, "api/v1/jobs");
        raw.Headers.Authorization = new("Bearer", "mdn_wrong");
        using var answer = await http.SendAsync(raw, Cancellation);
        Assert.Equal((HttpStatusCode.Unauthorized, Problem.MediaType), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var unknown = await Assert.ThrowsAsync<RefusedException>(() => stranger.SubmitAsync("name: a\ncommand: [a]\n", "a.yaml", Cancellation));
        Assert.Equal(401, unknown.Problem.Status);

        foreach (var yaml in Hostile())
        {
            var refusal = await Assert.ThrowsAsync<RefusedException>(() => domain.SubmitAsync(yaml));
            Assert.Equal(422, refusal.Problem.Status);
            var fault = Assert.IsType<ProblemItem>(refusal.Problem.Errors?[0]);
            Assert.Equal("job.yaml", fault.File);
            Assert.True(fault.Line >= 1 && fault.Column >= 1 && fault.Message.Length > 0, $"{fault}");
        }

        Assert.Equal("operator", (await domain.Client.WhoAmIAsync(Cancellation)).Tenant);
    }

    [Fact]
    public async Task A_log_of_a_hundred_thousand_lines_arrives_whole_and_in_order()
    {
        await using var domain = await RunningDomain.StartAsync();
        await domain.JoinedAgentAsync();

        var job = await domain.SubmitAsync("""
            name: talker
            command: [seq, "1", "100000"]
            duration: 1s
            timeout: 60s
            resources: { cpu: 1, memory: 64MiB, disk: 64MiB }
            constraints: { isolation: plain }
            """);
        Assert.Equal("succeeded", (await domain.OverAsync(job)).Summary.State);
        using var log = await domain.Client.OpenLogAsync(new(job, Task: 0, Attempt: null, Offset: 0, Follow: true), Cancellation);
        using var reader = new StreamReader(await log.OpenAsync(Cancellation));
        var text = await reader.ReadToEndAsync(Cancellation);

        Assert.Equal(string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i}\n")), text);
    }

    [Fact]
    public async Task Nobody_else_on_the_machine_reads_what_the_control_plane_keeps()
    {
        await using var domain = await RunningDomain.StartAsync();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(domain.Folder, "control")));
    }

    [Theory]
    [InlineData("sandbox")]
    [InlineData("plain")]
    public async Task A_task_that_forks_endlessly_ends_in_time_and_the_next_one_runs(string isolation)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Limits on processes need root.");
        Assert.SkipUnless(File.Exists("/sys/fs/cgroup/cgroup.controllers") || Directory.Exists("/sys/fs/cgroup/pids"), "There are no control groups.");
        await using var domain = await RunningDomain.StartAsync();
        await domain.JoinedAgentAsync();
        var pools = (await domain.Client.GetSiteAsync(RunningDomain.Site, Cancellation)).Pools;
        var node = pools[0].Nodes[0];
        Assert.SkipWhen(node.IsolationNote.Contains("no limits", StringComparison.Ordinal), "The agent cannot limit processes here.");
        Assert.SkipUnless(node.CanSandbox || isolation == "plain", $"There is no sandbox here: {node.IsolationNote}.");

        var bomb = await domain.SubmitAsync(Job("[sh, -c, 'bomb() { bomb | bomb & }; bomb; sleep 60']", isolation));
        var boom = await domain.OverAsync(bomb);
        var task = (await domain.Client.GetTasksAsync(bomb, state: null, PageRequest.First, Cancellation)).Items[0];
        var calm = await domain.OverAsync(await domain.SubmitAsync(Job("[echo, calm]", isolation)));

        Assert.Equal("failed", boom.Summary.State);
        Assert.NotEqual(0, task.ExitCode);
        Assert.Equal("succeeded", calm.Summary.State);
    }

    private static string Job(string command, string isolation) => $$"""
        name: job
        command: {{command}}
        duration: 1s
        timeout: 5s
        resources: { cpu: 1, memory: 64MiB, disk: 16MiB }
        constraints: { isolation: {{isolation}} }
        """;

    private static IEnumerable<string> Hostile() =>
    [
        "",
        "name: [unclosed\n",
        "name: a\n\tcommand: [a]\n",
        "name: a\ncommand: [a]\nretrys: 3\n",
        "name: a\ncommand: [a]\nname: b\n",
        "name: a\ncommand: [a]\ntimeout: 5 parsecs\n",
        "name: a\ncommand: [a]\narray: 99999999999999999999\n",
        "name: a\ncommand: [a]\n--- \nname: b\n",
        "name: !!python/object/apply:os.system [id]\ncommand: [a]\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: *c\n",
        "name: a\ncommand: " + new string('[', 20_000),
        "name: " + new string('a', 100_000) + "\ncommand: [a]\n",
        "\u0000\u0001\u0002",
    ];
}
