using Microsoft.Playwright;
using Xunit;

namespace Meridian.Tests.EndToEnd;

[Collection(EndToEndTests.Name)]
public sealed class ConsoleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", "placed on here", "succeeded")]
    [InlineData("zh", "放置于 here", "成功")]
    public async Task A_job_is_quoted_submitted_and_followed_to_its_end(string language, string placed, string succeeded)
    {
        ConsolePage.SkipUnlessPossible();
        await using var domain = await RunningDomain.StartAsync();
        await domain.JoinedAgentAsync();
        var go = Path.Combine(domain.SharedFolder(), "go");
        await using var console = await ConsolePage.OpenAsync(domain.Address, language);

        await SignInAsync(console, await domain.OperatorTokenAsync());
        await console.SeeAsync(console.Page.GetByText(RunningDomain.Site, new() { Exact = true }));
        await console.LookAsync("sites");
        await SubmitAsync(console, go);
        await FollowAsync(console, go);
        await console.The(AriaRole.Tab, "job.why").ClickAsync();
        await console.SeeAsync(console.Text("verdict.chosen"));
        await console.LookAsync("why");
        await console.The(AriaRole.Tab, "job.history").ClickAsync();
        await console.SeeAsync(placed);
        await console.SeeAsync(succeeded);
        await console.LookAsync("history");
        await console.The(AriaRole.Link, "nav.jobs").First.ClickAsync();
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Link, new() { Name = "watched" }));
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Cell).GetByText(console.Text("state.succeeded")));
        await console.LookAsync("jobs");
        await VisitAsync(console, "data", "data.datasets");
        await VisitAsync(console, "bill", "bill.lines");
        console.AssertOpenToAll();
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh")]
    public async Task A_transfer_its_circuit_and_the_measured_network_are_seen(string language)
    {
        ConsolePage.SkipUnlessPossible();
        await using var domain = await RunningDomain.StartAsync(probeInterval: "200ms");
        await domain.Client.PutSiteAsync("there", new("there", "test", "edge", "there", "", 3, 8, 1, [0], [0]), Cancellation);
        await domain.Client.PutLinkAsync("line", new("here", "there", 8_000_000, 15_000, 0, BothWays: true), Cancellation);
        await domain.JoinedAgentAsync();
        domain.Agent("away", await domain.TokenAsync("there"));
        await RunningDomain.UntilAsync(
            async () => (await domain.Client.GetSitePairAsync("here", "there", Cancellation)).Pair.IsFresh, "the path is measured");
        await domain.OverAsync(await domain.SubmitAsync(
            """
            name: make
            command: [sh, -c, "mkdir out && head -c 60000000 /dev/urandom > out/bits"]
            outputs: [{ name: bits, path: out }]
            constraints: { sites: [here] }
            """));
        var sent = await domain.Client.SendAsync(new("bits", "default", null, ["there"], "dedicated", null, null, null), Cancellation);
        await using var console = await ConsolePage.OpenAsync(domain.Address, language);

        await SignInAsync(console, await domain.OperatorTokenAsync());
        await VisitAsync(console, "network", "network.pairs");
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Cell).GetByText(console.Text("network.measured")).First);
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Link, new() { Name = $"#{sent.Summary.Id}" }));
        await console.SeeAsync(console.Page.GetByText("pace").First);
        await console.LookAsync("network");
        await VisitAsync(console, "transfers", "state.moving");
        await console.Page.GetByRole(AriaRole.Link, new() { Name = "bits" }).ClickAsync();
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).GetByText(console.Text("state.moving")));
        await console.SeeAsync(console.Text("transfers.hops"));
        await console.LookAsync("transfer");
        await console.The(AriaRole.Button, "transfers.pause").ClickAsync();
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).GetByText(console.Text("state.paused")));
        await console.LookAsync("paused");
        console.AssertOpenToAll();
    }

    [Fact]
    public async Task Wrong_tokens_and_faulty_files_are_explained_and_the_language_is_one_click_away()
    {
        ConsolePage.SkipUnlessPossible();
        await using var domain = await RunningDomain.StartAsync();
        await using var console = await ConsolePage.OpenAsync(domain.Address, "en");

        await SignInAsync(console, "mdn_wrong");
        await console.SeeAsync(console.Text("signIn.refused"));
        await console.LookAsync("refused");
        await SignInAsync(console, await domain.OperatorTokenAsync());
        await console.The(AriaRole.Link, "nav.submit").ClickAsync();
        await console.Page.GetByLabel(console.Text("submit.editor")).FillAsync("name: a\ncomand: [x]\n");
        await console.The(AriaRole.Button, "submit.quote").ClickAsync();
        await console.SeeAsync("Unknown key 'comand'");
        await console.LookAsync("faults");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "切换到中文" }).ClickAsync();
        await Assertions.Expect(console.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Heading, new() { Name = "提交作业" }));
        await console.LookAsync("chinese");
        await console.Page.GotoAsync(new Uri(domain.Address, "jobs/4711").ToString());
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Alert));
        await console.LookAsync("missing");
        console.AssertOpenToAll();
    }

    private static async Task SignInAsync(ConsolePage console, string token)
    {
        await console.Page.GetByLabel(console.Text("signIn.token")).FillAsync(token);
        await console.LookAsync("sign-in");
        await console.The(AriaRole.Button, "signIn.submit").ClickAsync();
    }

    private static async Task SubmitAsync(ConsolePage console, string go)
    {
        await console.The(AriaRole.Link, "nav.submit").ClickAsync();
        await console.Page.GetByLabel(console.Text("submit.editor")).FillAsync($$"""
            name: watched
            command: [sh, -c, 'echo the-first-line; until [ -e {{go}} ]; do sleep 0.1; done; echo the-last-line']
            duration: 1s
            timeout: 5m
            resources: { cpu: 1, memory: 64MiB, disk: 64MiB }
            constraints: { isolation: plain }
            """);
        await console.The(AriaRole.Button, "submit.quote").ClickAsync();
        await console.SeeAsync(console.Text("submit.holdAtMost"));
        await console.SeeAsync(console.Text("why.candidates"));
        await console.LookAsync("quote");
        await console.The(AriaRole.Button, "submit.submit").ClickAsync();
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Heading, new() { Name = "watched" }));
    }

    /// <summary>The log grows on the page while the task runs, and the page knows by itself when it is over.</summary>
    private static async Task FollowAsync(ConsolePage console, string go)
    {
        await console.The(AriaRole.Tab, "job.log").ClickAsync();
        await console.SeeAsync("the-first-line");
        await console.SeeAsync(console.Text("log.following"));
        await console.LookAsync("log");
        await File.WriteAllTextAsync(go, "", Cancellation);
        await console.SeeAsync("the-last-line");
        await console.SeeAsync(console.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).GetByText(console.Text("state.succeeded")));
        await console.LookAsync("job");
    }

    private static async Task VisitAsync(ConsolePage console, string page, string sight)
    {
        await console.The(AriaRole.Link, "nav." + page).ClickAsync();
        await console.SeeAsync(console.Text(sight));
        await console.LookAsync(page);
    }
}
