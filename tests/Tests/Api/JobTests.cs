using System.Net;
using Meridian.Domain.Jobs;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class JobTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_file_with_faults_is_answered_with_every_fault_in_its_place()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-member");
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        using var response = await http.PostAsync(
            "jobs?fileName=train.yaml", ApiWorld.Yaml("name: a\ncommand: [x]\nresorces:\n  cpu: 1\narray: none\n"), Cancellation);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
        var problem = await ApiWorld.ReadAsync<Problem>(response);
        Assert.Equal("urn:meridian:problem:job-file", problem.Type);
        Assert.Equal("作业文件有错误", problem.Title);
        Assert.Equal([("train.yaml", 3, 1), ("train.yaml", 5, 8)], problem.Errors!.Select(e => (e.File, e.Line, e.Column)));
        Assert.All(problem.Errors!, e => Assert.Contains(e.Message, c => c > '\u4e00'));
    }

    [Fact]
    public async Task The_same_key_makes_one_job()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-member");
        http.DefaultRequestHeaders.Add("Idempotency-Key", "k1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => http.PostAsync("jobs", ApiWorld.Yaml(ApiWorld.JobText("one")), Cancellation)));
        using var other = await http.PostAsync("jobs", ApiWorld.Yaml(ApiWorld.JobText("other")), Cancellation);
        using var stranger = world.As("film-member");
        stranger.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        using var theirs = await stranger.PostAsync("jobs", ApiWorld.Yaml(ApiWorld.JobText("one")), Cancellation);

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        Assert.All(answers, a => Assert.Equal("/api/v1/jobs/1", a.Headers.Location?.ToString()));
        Assert.Equal("urn:meridian:problem:key-reused", (await ApiWorld.ReadAsync<Problem>(other)).Type);
        Assert.Equal("/api/v1/jobs/2", theirs.Headers.Location?.ToString());
        Assert.Equal(2, world.Domain.Latest.State.Jobs.Jobs.Count);
    }

    [Fact]
    public async Task A_dry_run_quotes_and_submits_nothing()
    {
        await using var world = await ApiWorld.StartAsync();

        var quote = await world.Client("lab-member").TryAsync(ApiWorld.JobText("a", tasks: 3), "job.yaml", Cancellation);

        Assert.Equal(3, quote.TaskCount);
        Assert.Equal("west/cpu", quote.Placement.Pool);
        Assert.EndsWith(" CNY", quote.HoldAtMost, StringComparison.Ordinal);
        Assert.Equal(0, world.Domain.Latest.State.Jobs.Jobs.Count);
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_miss_a_job_while_others_come_in()
    {
        await using var world = await ApiWorld.StartAsync();
        for (var i = 0; i < 25; i++)
            world.Submit(i % 5 == 4 ? "render" : "vision", "job-" + i);
        var client = world.Client("lab-member");
        var seen = new List<long>();

        string? cursor = null;
        do
        {
            var page = await client.GetJobsAsync(new(), new(cursor, Limit: 3), Cancellation);
            seen.AddRange(page.Items.Select(j => j.Id));
            cursor = page.NextCursor;
            world.Submit("vision", "late");
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(1, 25).Where(i => i % 5 != 0).Select(i => (long)i).Reverse(), seen);
    }

    [Fact]
    public async Task Lists_are_filtered_and_sorted_on_the_server()
    {
        await using var world = await ApiWorld.StartAsync();
        world.End(world.Place(world.Submit("vision", "train")));
        world.Place(world.Submit("vision", "train-2"));
        world.Submit("vision", "other");
        var client = world.Client("lab-viewer");

        var running = await client.GetJobsAsync(new(State: "running"), PageRequest.First, Cancellation);
        var named = await client.GetJobsAsync(new(Name: "train"), new(Sort: "id"), Cancellation);
        var unknown = await Assert.ThrowsAsync<RefusedException>(
            () => client.GetJobsAsync(new(), new(Sort: "colour"), Cancellation));
        var foreign = await Assert.ThrowsAsync<RefusedException>(
            () => client.GetJobsAsync(new(), new(Cursor: "bm90IG1pbmU"), Cancellation));

        Assert.Equal([2L], running.Items.Select(j => j.Id));
        Assert.Equal([1L, 2L], named.Items.Select(j => j.Id));
        Assert.Equal("urn:meridian:problem:bad-sort", unknown.Problem.Type);
        Assert.Equal("urn:meridian:problem:bad-cursor", foreign.Problem.Type);
    }

    [Fact]
    public async Task A_job_tells_its_life_its_tasks_and_its_costs()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = world.Submit("vision", "two", hold: 10, tasks: 3);
        world.End(world.Place(id, task: 0));
        world.Place(id, task: 1);
        var client = world.Client("lab-viewer");

        var job = await client.GetJobAsync(id, Cancellation);
        var tasks = await client.GetTasksAsync(id, state: null, PageRequest.First, Cancellation);
        var waiting = await client.GetTasksAsync(id, "waiting", PageRequest.First, Cancellation);

        Assert.Equal(("running", "two", 3), (job.Summary.State, job.Summary.Name, job.Summary.TaskCount));
        Assert.Equal(new TaskCounts(Waiting: 1, Staging: 0, Running: 1, Succeeded: 1, Failed: 0, Cancelled: 0), job.Summary.Tasks);
        Assert.Equal(["west"], job.Summary.Sites);
        Assert.Equal("submitted", job.Timeline[0].Kind);
        Assert.Contains(job.Timeline, e => e is { Kind: "finished", Task: 0, Site: "west" });
        Assert.Contains("name: two", job.SpecYaml, StringComparison.Ordinal);
        Assert.Single(job.Costs);
        Assert.Equal(["succeeded", "running", "waiting"], tasks.Items.Select(t => t.State));
        Assert.Equal([2], waiting.Items.Select(t => t.Index));
    }

    [Fact]
    public async Task A_job_that_no_pool_may_run_says_why_and_what_to_change()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("lab-member");
        var submitted = await client.SubmitAsync(
            "name: far\ncommand: [x]\nconstraints:\n  regions: [moon]\n", "job.yaml", Cancellation);
        using var chinese = world.As("lab-viewer");
        chinese.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        var why = await client.WhyAsync(submitted.Id, Cancellation);
        var job = await client.GetJobAsync(submitted.Id, Cancellation);
        using var answer = await chinese.GetAsync($"jobs/{submitted.Id}/why", Cancellation);
        var whyZh = await ApiWorld.ReadAsync<Placement>(answer);

        var candidate = Assert.Single(why.Candidates);
        Assert.Equal(("west/cpu", "refused"), (candidate.Pool, candidate.Verdict));
        Assert.Contains("moon", candidate.LostBy, StringComparison.Ordinal);
        Assert.Contains("区域", Assert.Single(whyZh.Candidates).LostBy, StringComparison.Ordinal);
        Assert.Null(why.Pool);
        Assert.Equal(why.PendingReason, job.Summary.PendingReason);
        Assert.Contains(why.Changes, c => c.Contains("r1", StringComparison.Ordinal));
        Assert.Contains(whyZh.Changes, c => c.StartsWith("允许区域 r1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gang_that_no_node_holds_together_says_so_over_the_api()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("lab-member");
        world.Enrol("n2", "leaf-2");
        var submitted = await client.SubmitAsync(
            "name: wide\ncommand: [x]\narray: 100\ngang: true\nconstraints: { together: switch }\n", "job.yaml", Cancellation);

        var why = await client.WhyAsync(submitted.Id, Cancellation);
        var nodes = (await client.GetPoolsAsync(new(), Cancellation)).Items.SelectMany(p => p.Nodes);

        Assert.Contains("kept on one switch; the largest has room for 64", Assert.Single(why.Candidates).LostBy, StringComparison.Ordinal);
        Assert.Contains("let the tasks be on more than one switch: then west/cpu", why.Changes);
        Assert.Equal(["", "leaf-2"], nodes.Select(n => n.NetworkSwitch));
    }

    [Fact]
    public async Task A_cancelled_job_says_so_and_can_be_retried()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = world.Submit("vision", "a");
        var client = world.Client("lab-member");

        await client.CancelAsync(id, Cancellation);
        var cancelled = await client.GetJobAsync(id, Cancellation);
        await client.RetryAsync(id, Cancellation);
        var again = await client.GetJobAsync(id, Cancellation);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.RetryAsync(id, Cancellation));

        Assert.Equal("cancelled", cancelled.Summary.State);
        Assert.Equal(1, cancelled.Summary.Tasks.Cancelled);
        Assert.Equal("waiting", again.Summary.State);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
    }

    [Fact]
    public async Task A_log_is_read_from_an_offset_and_from_its_end()
    {
        await using var world = await ApiWorld.StartAsync();
        var attempt = world.Place(world.Submit("vision", "a"));
        world.Seams.Write(attempt, "0123456789");
        var client = world.Client("lab-viewer");

        Assert.Equal((0, "0123456789"), await ReadLogAsync(client, attempt.Job, offset: 0));
        Assert.Equal((4, "456789"), await ReadLogAsync(client, attempt.Job, offset: 4));
        Assert.Equal((7, "789"), await ReadLogAsync(client, attempt.Job, offset: -3));
        Assert.Equal((40, ""), await ReadLogAsync(client, attempt.Job, offset: 40));
        var missing = await Assert.ThrowsAsync<RefusedException>(
            () => client.OpenLogAsync(new(attempt.Job, 0, Attempt: 2, 0, Follow: false), Cancellation));
        Assert.Equal("urn:meridian:problem:no-such-attempt", missing.Problem.Type);
    }

    [Fact]
    public async Task A_followed_log_waits_for_the_task_and_goes_on_to_its_end()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = world.Submit("vision", "a");
        var opening = world.Client("lab-viewer").OpenLogAsync(new(id, 0, Attempt: null, 0, Follow: true), Cancellation);
        var attempt = world.Place(id);
        world.Seams.Write(attempt, "one\n");
        using var log = await opening;
        using var reader = new StreamReader(await log.OpenAsync(Cancellation));

        Assert.Equal("one", await reader.ReadLineAsync(Cancellation));
        world.Seams.Write(attempt, "two\n");
        Assert.Equal("two", await reader.ReadLineAsync(Cancellation));
        world.End(attempt, AttemptEnd.Failed);
        world.Seams.Write(attempt, "three\n", isEnd: true);
        Assert.Equal("three", await reader.ReadLineAsync(Cancellation));
        Assert.Null(await reader.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_followed_log_whose_end_never_comes_ends_after_a_grace()
    {
        await using var world = await ApiWorld.StartAsync();
        var attempt = world.Place(world.Submit("vision", "a"));
        world.Seams.Write(attempt, "half");
        world.End(attempt);

        using var log = await world.Client("lab-viewer").OpenLogAsync(new(attempt.Job, 0, Attempt: 1, 2, Follow: true), Cancellation);
        using var reader = new StreamReader(await log.OpenAsync(Cancellation));

        Assert.Equal(2, log.Offset);
        Assert.Equal("lf", await reader.ReadToEndAsync(Cancellation));
    }

    private static async Task<(long Offset, string Text)> ReadLogAsync(MeridianClient client, long job, long offset)
    {
        using var log = await client.OpenLogAsync(new(job, 0, Attempt: null, offset, Follow: false), Cancellation);
        using var reader = new StreamReader(await log.OpenAsync(Cancellation));
        return (log.Offset, await reader.ReadToEndAsync(Cancellation));
    }
}
