using System.Net;
using System.Text.Json;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class JobCommandTests
{
    [Fact]
    public async Task A_submitted_file_goes_out_as_it_is_and_the_number_of_the_job_comes_back()
    {
        using var run = new CliRun(new FakeServer().On("POST jobs", new Submitted(7, "render", Samples.Quote)));
        var file = run.File("render.yaml", Samples.JobFile);

        var exit = await run.RunAsync("job", "submit", file);

        Assert.Equal((0, "7\n"), (exit, run.Out));
        Assert.Equal(["POST /api/v1/jobs?fileName=render.yaml"], run.Server.Asked);
        Assert.Equal([Samples.JobFile], run.Server.Bodies);
        Assert.NotNull(run.Server.IdempotencyKey);
        Assert.Contains("west-core", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_faulty_file_is_refused_here_with_every_fault_in_its_place_and_nothing_is_sent()
    {
        using var run = new CliRun(new FakeServer());
        var file = run.File("bad.yaml", "name: Render\ncomand: [povray]\n");

        var exit = await run.RunAsync("job", "submit", file);

        Assert.Equal(2, exit);
        Assert.Empty(run.Server.Asked);
        Assert.Contains($"{file}:1:7: 'Render' is not a name.", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{file}:2:1: Unknown key 'comand' in the job. Did you mean 'command'?", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_that_the_server_finds_are_shown_in_their_place_and_in_Chinese()
    {
        var fault = new ProblemItem("stdin", 3, 5, "没有该数据集", "请先推送");
        var server = new FakeServer().Refuse("POST jobs", HttpStatusCode.UnprocessableEntity, fault);
        using var run = new CliRun(server)
        {
            Input = Samples.JobFile,
        }.With("LANG", "zh_CN.UTF-8");

        var exit = await run.RunAsync("job", "submit", "-");

        Assert.Equal(2, exit);
        Assert.Equal("错误: It is refused。The reason is a test\nstdin:3:5: 没有该数据集。请先推送\n", run.Error);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task A_dry_run_shows_the_price_and_why_and_submits_nothing()
    {
        using var run = new CliRun(new FakeServer().On("POST jobs", Samples.Quote));
        var file = run.File("render.yaml", Samples.JobFile);

        var exit = await run.RunAsync("job", "submit", file, "--dry-run");

        Assert.Equal(0, exit);
        Assert.Equal(["POST /api/v1/jobs?fileName=render.yaml&dryRun=true"], run.Server.Asked);
        Assert.Contains("expected 1.20 CNY, at most 6.00 CNY is held, 24 task(s)", run.Out, StringComparison.Ordinal);
        Assert.Contains("costs more than the budget", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("succeeded", 0)]
    [InlineData("failed", 1)]
    [InlineData("cancelled", 1)]
    public async Task Waiting_ends_as_the_job_ends(string state, int expected)
    {
        var asked = 0;
        using var run = new CliRun(new FakeServer().On(
            "GET jobs/7", _ => FakeServer.Json(Samples.Detail(++asked < 2 ? "running" : state, failure: "exit code 3"))));

        var exit = await run.RunAsync("job", "wait", "7");

        Assert.Equal((expected, ""), (exit, run.Out));
        Assert.Equal(expected != 0, run.Error.Contains("exit code 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Waiting_no_longer_than_told_ends_with_five()
    {
        using var run = new CliRun(new FakeServer().On("GET jobs/7", Samples.Detail("running")));

        var exit = await run.RunAsync("job", "wait", "7", "--timeout", "1m");

        Assert.Equal(5, exit);
        Assert.Contains("not done after 1m", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_means_the_newest_job_of_that_name()
    {
        var page = new Page<JobSummary>([Samples.Summary(id: 3), Samples.Summary(id: 9), Samples.Summary(id: 12, name: "render-2")], null);
        using var run = new CliRun(new FakeServer().On("GET jobs", page).On("POST jobs/9/cancel", new { }));

        var exit = await run.RunAsync("job", "cancel", "render");

        Assert.Equal(0, exit);
        Assert.Equal(["GET /api/v1/jobs?name=render", "POST /api/v1/jobs/9/cancel"], run.Server.Asked);
    }

    [Fact]
    public async Task A_name_that_no_job_has_is_not_found()
    {
        using var run = new CliRun(new FakeServer().On("GET jobs", new Page<JobSummary>([], null)));

        Assert.Equal(4, await run.RunAsync("job", "show", "render"));
    }

    [Fact]
    public async Task A_log_goes_to_standard_output_as_it_is_and_is_taken_up_again_where_it_broke()
    {
        var log = "héllo wörld\n"u8.ToArray(); // It breaks within the second accent.
        var asked = 0;
        using var run = new CliRun(new FakeServer().On("GET jobs/7/tasks/2/log", _ =>
            ++asked == 1 ? Broken(log[..9]) : FakeServer.Bytes(log[9..], offset: 9)));

        var exit = await run.RunAsync("job", "logs", "7", "--task", "2", "-f");

        Assert.Equal((0, "héllo wörld\n"), (exit, run.Out));
        Assert.Equal("GET /api/v1/jobs/7/tasks/2/log?offset=9&follow=true", run.Server.Asked[^1]);
    }

    [Fact]
    public async Task A_list_follows_the_pages_and_comes_in_every_form()
    {
        Func<HttpRequestMessage, HttpResponseMessage> pages = request => FakeServer.Json(
            request.RequestUri!.Query.Contains("cursor=next", StringComparison.Ordinal)
                ? new Page<JobSummary>([Samples.Summary(id: 2)], null)
                : new Page<JobSummary>([Samples.Summary(id: 1)], "next"));

        Assert.Equal("1\n2\n", await OutputAsync(pages, "name"));
        Assert.StartsWith("- id: 1\n  name: render\n", await OutputAsync(pages, "yaml"), StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(await OutputAsync(pages, "json")).RootElement.GetArrayLength());
        var table = (await OutputAsync(pages, "table")).Split('\n');
        Assert.Matches("^ID +NAME +PROJECT +STATE +TASKS +SITES +COST +SUBMITTED$", table[0]);
        Assert.Matches("^1 +render +demo +running +4/24 +west-core +0.40 CNY +2026-03-01 10:00:00Z$", table[1]);
        Assert.Contains("OWNER", await OutputAsync(pages, "wide"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_are_words_of_the_language_in_tables_and_codes_elsewhere()
    {
        FakeServer Server() => new FakeServer().On("GET jobs", _ => FakeServer.Json(new Page<JobSummary>([Samples.Summary(id: 1)], null)));
        using var table = new CliRun(Server()).With("MERIDIAN_LANG", "zh");
        using var json = new CliRun(Server()).With("MERIDIAN_LANG", "zh");

        await table.RunAsync("job", "list");
        await json.RunAsync("job", "list", "-o", "json");

        Assert.Contains("运行中", table.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("running", table.Out, StringComparison.Ordinal);
        Assert.Contains("\"running\"", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_wrote_cannot_command_the_terminal()
    {
        var evil = Samples.Summary(name: "a\u001b[2Jb[red]c");
        using var run = new CliRun(new FakeServer().On("GET jobs", new Page<JobSummary>([evil], null)));

        await run.RunAsync("job", "list");

        Assert.Contains("a?[2Jb[red]c", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_names_what_lost_and_by_what_in_the_language_of_the_reader()
    {
        var asked = "";
        using var run = new CliRun(new FakeServer().On("GET jobs/7/why", request =>
        {
            asked = request.Headers.AcceptLanguage.ToString();
            return FakeServer.Json(Samples.Placement);
        })).With("MERIDIAN_LANG", "zh");

        var exit = await run.RunAsync("job", "why", "7");

        Assert.Equal(0, exit);
        Assert.Equal("zh-CN", asked);
        Assert.Contains("选定 west-core 的 west-core/main", run.Out, StringComparison.Ordinal);
    }

    private static async Task<string> OutputAsync(Func<HttpRequestMessage, HttpResponseMessage> pages, string format)
    {
        using var run = new CliRun(new FakeServer().On("GET jobs", pages));
        Assert.Equal(0, await run.RunAsync("job", "list", "-o", format));
        return run.Out;
    }

    private static HttpResponseMessage Broken(byte[] start)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream(start)) };
        response.Headers.Add("X-Log-Offset", "0");
        return response;
    }

    private sealed class BreakingStream(byte[] start) : MemoryStream(start)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            return count > 0 ? count : throw new IOException("the line broke");
        }
    }
}
