using System.Net;
using System.Text;
using System.Text.Json;
using Meridian.Protocol.Rest;
using Xunit;

namespace Meridian.Tests.Api;

public sealed class EdgeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "nothing", "", 404, "no-such-path")]
    [InlineData("DELETE", "whoami", "", 405, "not-supported")]
    [InlineData("PUT", "tenants/x", "{", 400, "bad-request")]
    [InlineData("PUT", "sites/x", "{}", 400, "bad-request")]
    [InlineData("PUT", "tenants/X!", """{"name":"x"}""", 400, "bad-name")]
    [InlineData("GET", "jobs?limit=many", "", 400, "bad-request")]
    [InlineData("GET", "jobs?limit=0", "", 400, "bad-limit")]
    [InlineData("PUT", "sites/nowhere", """{"name":null}""", 400, "bad-request")]
    [InlineData("PUT", "pools/west/cpu", """{"driver":"x","prices":{"cpuCoreHour":79000000000000000000000000000,"memoryGibHour":0,"acceleratorHour":{}},"speed":1,"wattsPerCore":1,"isDraining":false}""", 400, "bad-price")]
    [InlineData("PUT", "pools/west/cpu", """{"driver":"x","prices":{"cpuCoreHour":1,"memoryGibHour":0,"acceleratorHour":{}},"speed":1,"wattsPerCore":1e300,"isDraining":false}""", 400, "bad-request")]
    [InlineData("POST", "tokens", "role: x", 415, "not-readable")]
    public async Task Every_refusal_is_a_problem_with_a_stable_type(string method, string path, string body, int status, string code)
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("operator");
        using var request = new HttpRequestMessage(new(method), path);
        if (body.Length > 0)
            request.Content = new StringContent(body, Encoding.UTF8, body[0] == '{' ? "application/json" : "application/yaml");

        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("urn:meridian:problem:" + code, (await ApiWorld.ReadAsync<Problem>(response)).Type);
    }

    [Fact]
    public async Task A_failed_journal_asks_the_caller_to_come_again()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-member");
        world.Domain.IsJournalBroken = true;

        using var response = await http.PostAsync("jobs", ApiWorld.Yaml(ApiWorld.JobText("a")), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_job_file_beyond_the_limit_is_not_read()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("lab-member");

        using var response = await http.PostAsync("jobs", ApiWorld.Yaml(new string('#', 300_000)), Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task The_interface_describes_itself()
    {
        await using var world = await ApiWorld.StartAsync();
        using var http = world.As("");

        var document = await ApiWorld.ReadAsync<JsonElement>(await http.GetAsync("/openapi/v1.json", Cancellation));
        using var page = await http.GetAsync("/docs", Cancellation);

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var submit = document.GetProperty("paths").GetProperty("/api/v1/jobs").GetProperty("post");
        Assert.Equal("submitJob", submit.GetProperty("operationId").GetString());
        Assert.Equal("bearer", submit.GetProperty("security")[0].EnumerateObject().Single().Name);
        Assert.True(submit.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/yaml", out _));
        Assert.False(document.GetProperty("paths").GetProperty("/api/v1/version").GetProperty("get").TryGetProperty("security", out _));
        Assert.DoesNotContain(document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()),
            operation => !operation.Value.TryGetProperty("operationId", out _));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task A_link_both_ways_is_two_links()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("operator");

        await client.PutLinkAsync("w-e", new("west", "east", 1_000_000, 5000, 0.5m, BothWays: true), Cancellation);

        var links = await client.GetLinksAsync(PageRequest.First, Cancellation);
        Assert.Equal([("w-e", "west", "east"), ("w-e-back", "east", "west")], links.Items.Select(l => (l.Id, l.From, l.To)));
    }

    [Fact]
    public async Task One_hourly_value_stands_for_the_day()
    {
        await using var world = await ApiWorld.StartAsync();
        var client = world.Client("operator");

        await client.PutSiteAsync(
            "north", new("North", "dc", "edge", "r2", "cn", 40, 116, 1.3, [400], [0.25]), Cancellation);

        var site = await client.GetSiteAsync("north", Cancellation);
        Assert.Equal(Enumerable.Repeat(400d, 24), site.CarbonGramsPerKwhByHour);
        Assert.Equal(Enumerable.Repeat(0.25, 24), site.PowerPricePerKwhByHour);
    }
}
