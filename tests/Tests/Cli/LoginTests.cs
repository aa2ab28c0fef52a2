using System.Net;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Cli;

public sealed class LoginTests
{
    [Fact]
    public async Task A_token_is_proved_and_then_kept_for_its_owner_alone()
    {
        using var run = new CliRun(new FakeServer().On("GET whoami", Samples.Self)) { Input = "s3cret\n" };

        var exit = await run.RunAsync("login");

        Assert.Equal((0, "s3cret"), (exit, run.Server.Token));
        Assert.Contains("s3cret", File.ReadAllText(run.ConfigPath), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.Out + run.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(run.ConfigPath));
    }

    [Fact]
    public async Task A_token_that_the_server_refuses_is_not_kept()
    {
        using var run = new CliRun(new FakeServer().Refuse("GET whoami", HttpStatusCode.Unauthorized)) { Input = "wrong\n" };

        var exit = await run.RunAsync("login");

        Assert.Equal(3, exit);
        Assert.False(File.Exists(run.ConfigPath));
        Assert.Contains("meridian login", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_win_over_the_environment_and_that_over_what_is_remembered()
    {
        using var run = new CliRun(new FakeServer().On("GET sites", new Page<SiteView>([], null)));
        Remember(run, "http://meridian.test/", "kept");
        var file = run.File("token", "from-file\n");

        await run.RunAsync("site", "list");
        var kept = run.Server.Token;
        run.With("MERIDIAN_TOKEN", "from-environment");
        await run.RunAsync("site", "list");
        var fromEnvironment = run.Server.Token;
        await run.RunAsync("site", "list", "--token-file", file);

        Assert.Equal(("kept", "from-environment", "from-file"), (kept, fromEnvironment, run.Server.Token));
    }

    [Fact]
    public async Task A_remembered_token_is_shown_to_no_other_server()
    {
        using var run = new CliRun(new FakeServer().On("GET sites", new Page<SiteView>([], null)));
        Remember(run, "http://home.test/", "kept");

        await run.RunAsync("site", "list", "--server", "http://elsewhere.test");

        Assert.Null(run.Server.Token);
    }

    [Fact]
    public async Task A_token_among_the_arguments_is_taken_with_a_warning()
    {
        using var run = new CliRun(new FakeServer().On("GET sites", new Page<SiteView>([], null)));

        await run.RunAsync("site", "list", "--token", "open");

        Assert.Equal("open", run.Server.Token);
        Assert.Contains("warning: a token on the command line", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_file_that_others_may_read_is_narrowed()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var run = new CliRun(new FakeServer().On("GET sites", new Page<SiteView>([], null)));
        Remember(run, "http://meridian.test/", "kept");
        File.SetUnixFileMode(run.ConfigPath, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        await run.RunAsync("site", "list");

        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(run.ConfigPath) & ~UnixFileMode.UserWrite);
        Assert.Contains("0600", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_config_file_is_a_usage_error()
    {
        using var run = new CliRun(new FakeServer());
        Directory.CreateDirectory(Path.GetDirectoryName(run.ConfigPath)!);
        File.WriteAllText(run.ConfigPath, "{ not json");

        Assert.Equal(2, await run.RunAsync("site", "list"));
    }

    private static void Remember(CliRun run, string server, string token)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(run.ConfigPath)!);
        File.WriteAllText(run.ConfigPath, $$"""{ "server": "{{server}}", "token": "{{token}}" }""");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(run.ConfigPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
