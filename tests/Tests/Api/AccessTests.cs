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
        using var reader = new StreamReader(await log.OpenAsync(Cancellation));
        Assert.Equal("begin", await reader.ReadLineAsync(Cancellation));

        world.Domain.Do(new RevokeToken(world.TokenOf("lab-viewer")));

        Assert.Equal("", await reader.ReadToEndAsync(Cancellation));
        Assert.Equal(JobPhase.Active, world.Domain.Latest.State.Jobs.Jobs[attempt.Job].Phase);
    }
}
