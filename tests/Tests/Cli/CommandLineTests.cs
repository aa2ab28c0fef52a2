using System.CommandLine;
using System.Net;
using Meridian.Cli;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData(HttpStatusCode.BadRequest, 2)]
    [InlineData(HttpStatusCode.UnprocessableEntity, 2)]
    [InlineData(HttpStatusCode.Unauthorized, 3)]
    [InlineData(HttpStatusCode.Forbidden, 3)]
    [InlineData(HttpStatusCode.NotFound, 4)]
    [InlineData(HttpStatusCode.GatewayTimeout, 5)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 6)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    [InlineData(HttpStatusCode.InternalServerError, 1)]
    public async Task A_refusal_ends_with_its_own_exit_code(HttpStatusCode status, int expected)
    {
        using var run = new CliRun(new FakeServer().Refuse("GET sites", status));

        var exit = await run.RunAsync("site", "list");

        Assert.Equal((expected, ""), (exit, run.Out));
        Assert.StartsWith("error: It is refused. The reason is a test\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_ends_with_six()
    {
        using var run = new CliRun(new FakeServer { IsDown = true });

        var exit = await run.RunAsync("site", "list");

        Assert.Equal(6, exit);
        Assert.Contains("http://meridian.test", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_that_is_no_Meridian_server_ends_with_six()
    {
        using var run = new CliRun(new FakeServer().On("GET sites", _ => FakeServer.Text("<html>hello</html>")));

        Assert.Equal(6, await run.RunAsync("site", "list"));
    }

    [Theory]
    [InlineData("jobs")]
    [InlineData("job")]
    [InlineData("job", "submit")]
    [InlineData("job", "list", "--nope")]
    [InlineData("job", "list", "-o", "xml")]
    [InlineData("job", "wait", "7", "--timeout", "soon")]
    [InlineData("job", "show", "Not_A_Name")]
    [InlineData("job", "submit", "missing.yaml")]
    [InlineData("job", "list", "--limit", "many")]
    [InlineData("job", "submit", "--nope")]
    [InlineData("job", "submit", "--nope", "job.yaml")]
    [InlineData("bill", "--tenant", "--jbo")]
    [InlineData("tenant", "show")]
    [InlineData("site", "list", "--ca", "nowhere.pem")]
    [InlineData("data", "push", ".", "scene")]
    [InlineData("data", "pull", "a/b/c", "x")]
    [InlineData("link", "add", "a", "b", "--bandwidth", "fast", "--latency", "5ms")]
    [InlineData("site", "add", "west", "--provider", "p", "--region", "r", "--latitude", "1", "--longitude", "2", "--carbon", "1,2")]
    [InlineData("site", "list", "--server", "ftp://x")]
    [InlineData("completion", "tcsh")]
    [InlineData("token", "create", "ci", "--role", "king")]
    public async Task Wrong_usage_ends_with_two_and_sends_nothing(params string[] args)
    {
        using var run = new CliRun(new FakeServer());

        var exit = await run.RunAsync(args);

        Assert.Equal(2, exit);
        Assert.Empty(run.Server.Asked);
        Assert.Equal("", run.Out);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("job", "submit")]
    [InlineData("job", "list", "--nope")]
    [InlineData("job", "list", "-o", "xml")]
    [InlineData("data", "push", ".", "scene")]
    public async Task Wrong_usage_is_explained_in_Chinese_without_English_sentences(params string[] args)
    {
        using var run = new CliRun(new FakeServer()).With("LANG", "zh_CN.UTF-8");

        Assert.Equal(2, await run.RunAsync(args));

        Assert.DoesNotMatch("[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", run.Error.Replace("meridian " + string.Join(' ', args[..1]), "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_host_adds_commands_and_verbs_to_known_nouns()
    {
        var joined = "";
        var join = new Command("join", "Join a site");
        join.SetAction(_ => joined = "yes");
        var bench = new Command("bench", "Measure");
        bench.SetAction(_ => 1);
        using var run = new CliRun(new FakeServer().On("GET agents", new Page<AgentView>([], null))) { Commands = [bench], NounVerbs = [("agent", join)] };

        Assert.Equal(0, await run.RunAsync("agent", "join"));
        Assert.Equal(0, await run.RunAsync("agent", "list"));
        Assert.Equal(1, await run.RunAsync("bench"));
        Assert.Equal("yes", joined);
        Assert.Equal(0, await run.RunAsync("agent", "join", "--help"));
        Assert.Contains("agent join [options]", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_comes_in_both_languages_on_standard_output()
    {
        using var english = new CliRun(new FakeServer());
        using var chinese = new CliRun(new FakeServer()).With("LC_ALL", "zh_CN.UTF-8").With("LANG", "en_US.UTF-8");

        Assert.Equal((0, 0), (await english.RunAsync("job", "submit", "--help"), await chinese.RunAsync("job", "submit", "--help")));

        Assert.Contains("Usage:", english.Out, StringComparison.Ordinal);
        Assert.Contains("用法：", chinese.Out, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^[A-Z][a-z]+:", chinese.Out);
    }

    [Theory]
    [InlineData("[suggest:4]", "job ", "submit")]
    [InlineData("[suggest:11]", "job submit ", "--dry-run")]
    [InlineData("[suggest:20]", "meridian completion ", "zsh")]
    public async Task A_shell_can_ask_what_may_come_next(string directive, string line, string expected)
    {
        using var run = new CliRun(new FakeServer());

        await run.RunAsync(directive, line);

        Assert.Contains(expected, run.Out.Split('\n').Select(word => word.Trim()));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task A_completion_script_is_printed_for_every_shell(string shell)
    {
        using var run = new CliRun(new FakeServer());

        Assert.Equal(0, await run.RunAsync("completion", shell));

        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_needs_no_server()
    {
        using var run = new CliRun(new FakeServer { IsDown = true }).With("MERIDIAN_SERVER", null);

        Assert.Equal(0, await run.RunAsync("version", "-o", "name"));

        Assert.Matches(@"^\d+\.\d+\.\d+\n$", run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public void Every_command_and_option_explains_itself()
    {
        using var run = new CliRun(new FakeServer());
        var root = MeridianCli.MakeRoot(new CliContext
        {
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            In = TextReader.Null,
            Environment = _ => null,
            Transport = run.Server,
        });

        Assert.All(Symbols(root), symbol => Assert.False(string.IsNullOrEmpty(symbol.Description), symbol.Name));
    }

    private static IEnumerable<Symbol> Symbols(Command command) =>
        [command, .. command.Options, .. command.Arguments, .. command.Subcommands.SelectMany(Symbols)];
}
