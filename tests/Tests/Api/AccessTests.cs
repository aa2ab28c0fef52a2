using System.Net;
using System.Text;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class AccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const string Site =
        """{"name":"W","provider":"dc","tier":"core","region":"r1","sovereignty":"cn","latitude":1,"longitude":1,"pue":1.2,"carbonGramsPerKwhByHour":[1],"powerPricePerKwhByHour":[1]}""";

    private const string Pool =
        """{"driver":"process","prices":{"cpuCoreHour":1,"memoryGibHour":0,"acceleratorHour":{}},"speed":1,"wattsPerCore":1,"isDraining":false}""";

    private const string Link =
        """{"from":"west","to":"east","bitsPerSecond":1000000,"latencyMicroseconds":5,"pricePerGigabyte":0.1,"bothWays":true}""";

    /// <summary>A request and what each caller is answered: nobody, viewer, member, provider, operator.</summary>
    public static TheoryData<string, string, string, int[]> Matrix => new()
    {
        { "GET", "version", "", [200, 200, 200, 200, 200] },
        { "GET", "whoami", "", [401, 200, 200, 200, 200] },
        { "GET", "jobs", "", [401, 200, 200, 200, 200] },
        { "GET", "jobs/1", "", [401, 200, 200, 404, 200] },
        { "GET", "jobs/1/why", "", [401, 200, 200, 404, 200] },
        { "GET", "jobs/1/tasks", "", [401, 200, 200, 404, 200] },
        { "GET", "job.schema.json", "", [401, 200, 200, 200, 200] },
        { "POST", "jobs", "name: a\ncommand: [x]\n", [401, 403, 201, 403, 201] },
        { "POST", "quotes", "name: a\ncommand: [x]\n", [401, 200, 200, 200, 200] },
        { "POST", "jobs/1/cancel", "", [401, 403, 204, 403, 204] },
        { "GET", "sites", "", [401, 200, 200, 200, 200] },
        { "GET", "sites/west", "", [401, 200, 200, 200, 200] },
        { "PUT", "sites/west", Site, [401, 403, 403, 204, 204] },
        { "PUT", "sites/east", Site, [401, 403, 403, 403, 204] },
        { "DELETE", "sites/east", "", [401, 403, 403, 403, 204] },
        { "GET", "pools", "", [401, 200, 200, 200, 200] },
        { "PUT", "pools/west/gpu", Pool, [401, 403, 403, 204, 204] },
        { "PUT", "pools/east/gpu", Pool, [401, 403, 403, 403, 204] },
        { "POST", "sites/west/join-tokens", """{"lifetimeMinutes":15}""", [401, 403, 403, 201, 201] },
        { "POST", "sites/east/join-tokens", """{"lifetimeMinutes":15}""", [401, 403, 403, 403, 201] },
        { "GET", "links", "", [401, 200, 200, 200, 200] },
        { "PUT", "links/w-e", Link, [401, 403, 403, 403, 204] },
        { "DELETE", "links/none", "", [401, 403, 403, 403, 404] },
        { "GET", "agents", "", [401, 403, 403, 200, 200] },
        { "POST", "agents/west/cpu/n1/ban", "", [401, 403, 403, 204, 204] },
        { "POST", "agents/west%2Fcpu%2Fn1/ban", "", [401, 403, 403, 204, 204] },
        { "POST", "agents/ban", """{"id":"west/cpu/n1"}""", [401, 403, 403, 204, 204] },
        { "GET", "datasets", "", [401, 200, 200, 200, 200] },
        { "GET", "datasets/vision/set", "", [401, 200, 200, 404, 200] },
        { "POST", "datasets/vision/set/download", "", [401, 200, 200, 404, 200] },
        { "DELETE", "datasets/vision/set", "", [401, 403, 204, 403, 204] },
        { "GET", "transfers", "", [401, 200, 200, 200, 200] },
        { "GET", "tenants", "", [401, 200, 200, 200, 200] },
        { "PUT", "tenants/new", """{"name":"New"}""", [401, 403, 403, 403, 204] },
        { "POST", "tenants/lab/grants", """{"amount":5,"currency":"CNY","reason":"x"}""", [401, 403, 403, 403, 204] },
        { "GET", "bill", "", [401, 200, 200, 200, 200] },
        { "GET", "bill?tenant=film", "", [401, 404, 404, 404, 200] },
        { "GET", "ledger", "", [401, 403, 403, 403, 200] },
        { "GET", "tokens", "", [401, 403, 403, 403, 200] },
        { "POST", "tokens", """{"name":"x","tenant":"lab","project":"vision","role":"viewer"}""", [401, 403, 403, 403, 201] },
        { "DELETE", "tokens/none", "", [401, 403, 403, 403, 404] },
        { "GET", "authority", "", [401, 200, 200, 200, 200] },
    };

    [Theory, MemberData(nameof(Matrix))]
    public async Task Each_role_does_what_it_may_and_nothing_else(string method, string path, string body, int[] expected)
    {
        string[] callers = ["", "lab-viewer", "lab-member", "dc-provider", "operator"];
        var answers = new List<int>();

        foreach (var caller in callers)
        {
            await using var world = await ApiWorld.StartAsync();
            world.Submit("vision", "first");
            world.Register("vision", "set", 'a');
            using var http = world.As(caller);
            using var request = new HttpRequestMessage(new(method), path);
            if (body.Length > 0)
                request.Content = new StringContent(body, Encoding.UTF8, body[0] == '{' ? "application/json" : "application/yaml");
            using var response = await http.SendAsync(request, Cancellation);
            answers.Add((int)response.StatusCode);
        }

        Assert.Equal(expected, answers);
    }

    [Fact]
    public async Task Nobody_learns_that_another_tenants_things_exist()
    {
        await using var world = await ApiWorld.StartAsync();
        var theirs = world.Submit("render", "secret", hold: 10);
        world.Register("render", "frames", 'b');
        world.End(world.Place(theirs));
        using var http = world.As("lab-member");
        var client = world.Client("lab-member");

        foreach (var path in new[]
        {
            $"jobs/{theirs}", $"jobs/{theirs}/tasks", $"jobs/{theirs}/why", $"jobs/{theirs}/tasks/0/log", "datasets/render/frames",
            $"bill?job={theirs}", "bill?tenant=film",
        })
        {
            using var foreign = await http.GetAsync(path, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        }

        foreach (var path in new[] { $"jobs/{theirs}/cancel", $"jobs/{theirs}/retry", "datasets/render/frames/download" })
        {
            using var foreign = await http.PostAsync(path, content: null, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        }

        using var missing = await http.GetAsync("jobs/999", Cancellation);
        using var hidden = await http.GetAsync($"jobs/{theirs}", Cancellation);
        Assert.Equal(
            (await missing.Content.ReadAsStringAsync(Cancellation)).Replace("999", "N", StringComparison.Ordinal),
            (await hidden.Content.ReadAsStringAsync(Cancellation)).Replace($"job {theirs}", "job N", StringComparison.Ordinal)
                .Replace($"作业 {theirs}", "作业 N", StringComparison.Ordinal));
        Assert.Empty((await client.GetJobsAsync(new(), PageRequest.First, Cancellation)).Items);
        Assert.Empty((await client.GetDatasetsAsync(project: null, PageRequest.First, Cancellation)).Items);
        Assert.Empty((await client.GetBillAsync(tenant: null, job: null, cursor: null, Cancellation)).Lines);
        Assert.Equal(["lab"], (await client.GetTenantsAsync(PageRequest.First, Cancellation)).Items.Select(t => t.Id));
    }

    [Fact]
    public async Task A_job_for_another_tenants_project_is_refused_as_if_there_were_none()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-member");

        using var foreign = await http.PostAsync("jobs", ApiWorld.Yaml("name: a\nproject: render\ncommand: [x]\n"), Cancellation);
        using var unknown = await http.PostAsync("jobs", ApiWorld.Yaml("name: a\nproject: nothing\ncommand: [x]\n"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(0, world.Domain.Latest.State.Jobs.Jobs.Count);
    }

    [Fact]
    public async Task A_token_ends_when_it_is_revoked_or_expires()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Issue("brief", "lab", "vision", Role.Viewer, world.Time.GetUtcNow().AddHours(1));
        using var brief = world.As("brief");
        using var viewer = world.As("lab-viewer");
        using var before = await brief.GetAsync("whoami", Cancellation);

        await world.Client("operator").RevokeTokenAsync(world.TokenOf("lab-viewer"), Cancellation);
        world.Time.Ahead = TimeSpan.FromHours(2);

        using var revoked = await viewer.GetAsync("whoami", Cancellation);
        using var expired = await brief.GetAsync("whoami", Cancellation);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, expired.StatusCode);
        Assert.Contains("Bearer", expired.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_token_works_and_its_secret_is_not_kept()
    {
        await using var world = await ApiWorld.StartAsync();

        var created = await world.Client("operator").CreateTokenAsync(
            new("robot", "film", "render", "member", LifetimeDays: 1), Cancellation);

        Assert.StartsWith("mdn_", created.Secret, StringComparison.Ordinal);
        Assert.Equal(47, created.Secret.Length);
        Assert.DoesNotContain(
            created.Secret[4..], Encoding.UTF8.GetString(world.Domain.Latest.State.ToBytes()), StringComparison.Ordinal);
        using var http = world.As("");
        http.DefaultRequestHeaders.Authorization = new("Bearer", created.Secret);
        var identity = await ApiWorld.ReadAsync<Identity>(await http.GetAsync("whoami", Cancellation));
        Assert.Equal(("robot", "film", "render", "member"), (identity.Name, identity.Tenant, identity.Project, identity.Role));
    }

    [Fact]
    public async Task A_token_holds_no_more_streams_open_than_its_limit()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-viewer");
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 3; i++)
            open.Add(await http.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, Cancellation));

        using var refused = await http.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        open.ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task A_followed_log_ends_when_the_token_is_revoked()
    {
        await using var world = await ApiWorld.StartAsync();
        var attempt = world.Place(world.Submit("vision", "long"));
        world.Seams.Write(attempt, "begin\n");
        using var log = await world.Client("lab-viewer").OpenLogAsync(new(attempt.Job, 0, Attempt: null, 0, Follow: true), Cancellation);

        world.Domain.Do(new RevokeToken(world.TokenOf("lab-viewer")));

        using var reader = new StreamReader(await log.OpenAsync(Cancellation));
        Assert.Equal("begin\n", await reader.ReadToEndAsync(Cancellation));
        Assert.Equal(JobPhase.Active, world.Domain.Latest.State.Jobs.Jobs[attempt.Job].Phase);
    }
}
