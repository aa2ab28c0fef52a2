using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Meridian.Tests.Api;

/// <summary>
/// The real interface on a free port of the loopback, over a writer in memory. Two tenants, <c>lab</c> with project
/// <c>vision</c> and <c>film</c> with project <c>render</c>; site <c>west</c> of provider <c>dc</c> with one ready node.
/// </summary>
internal sealed class ApiWorld : IAsyncDisposable
{
    public static readonly NodeId Node = new("west/cpu/n1");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meridian-api-");
    private readonly WebApplication _app;
    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);

    private ApiWorld()
    {
        Domain = new(Time);
        Seams = new(_folder.FullName);
        Populate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(Time).AddSingleton<IDomain>(Domain)
            .AddSingleton<ITicketIssuer>(Seams).AddSingleton<IJoinTokens>(Seams).AddSingleton<IAttemptLogs>(Seams)
            .AddSingleton<INodeLoads>(Seams).AddSingleton<IUploadProof>(Seams)
            .AddSingleton<IFetchProgress>(Seams).AddSingleton<IExchangeProgress>(Seams).AddSingleton<ICircuitReports>(Seams);
        builder.Services.AddMeridianApi(new()
        {
            DomainName = "test",
            Version = "0.0.1",
            FollowersMax = 3,
            LogPoll = TimeSpan.FromMilliseconds(5),
            LogGrace = TimeSpan.FromMilliseconds(50),
            Heartbeat = TimeSpan.FromMilliseconds(100),
        });
        _app = builder.Build();
        _app.MapMeridianApi();
    }

    public MovableTime Time { get; } = new();

    public FakeDomain Domain { get; }

    public FakeSeams Seams { get; }

    public static async Task<ApiWorld> StartAsync()
    {
        var world = new ApiWorld();
        await world._app.StartAsync(TestContext.Current.CancellationToken);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A client of the user, such as <c>lab-member</c>; an empty name has no token.</summary>
    public HttpClient As(string user)
    {
        var http = new HttpClient { BaseAddress = new(_app.Urls.First() + "/api/v1/") };
        if (user.Length > 0)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _secrets[user]);
        return http;
    }

    /// <summary>The typed client of the user.</summary>
    public MeridianClient Client(string user)
    {
        var http = new HttpClient { BaseAddress = new(_app.Urls.First() + "/") };
        return new(http, _secrets[user], () => Guid.NewGuid().ToString("N"));
    }

    public string TokenOf(string user) => Domain.Latest.State.Accounts.Tokens[TokenSecret.Hash(_secrets[user])].Id;

    public string Issue(string user, string tenant, string project, Role role, DateTimeOffset? expires = null)
    {
        var secret = TokenSecret.Create();
        Domain.Do(new IssueToken(new(
            TokenSecret.Hash(secret), "t-" + user, user, new(tenant), new(project), role, Time.GetUtcNow(), expires)));
        return _secrets[user] = secret;
    }

    public static string JobText(string name, int tasks = 1) => $"name: {name}\ncommand: [echo, hello]\narray: {tasks}\n";

    public static StringContent Yaml(string text) => new(text, Encoding.UTF8, "application/yaml");

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        JsonSerializer.Deserialize<T>(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), RestJson.Options)!;

    /// <summary>Submits a job without a price, straight to the writer.</summary>
    public long Submit(string project, string name, decimal hold = 0, int tasks = 1)
    {
        var spec = JobFile.Parse(JobText(name, tasks), "job.yaml").Spec!;
        return Domain.Do(new SubmitJob(new(project), "someone", spec, Money.Cny(hold), new("")));
    }

    public AttemptId Place(long job, int task = 0)
    {
        Domain.Do(new PlaceTasks(job, [new(task, Node, [], Time.GetUtcNow())], [], explanation: null));
        var attempt = Domain.Latest.State.Jobs.Jobs[job].Tasks[task].Live!.Id;
        Domain.Do(new ReportStarted(attempt, Node, IsSandboxed: true, Endpoint: ""));
        return attempt;
    }

    public void End(AttemptId attempt, AttemptEnd end = AttemptEnd.Succeeded)
    {
        var result = new AttemptResult(
            end == AttemptEnd.Succeeded ? 0 : 1, end == AttemptEnd.Succeeded ? null : Reason.Of("exit-code", 1), TimeSpan.FromSeconds(3),
            TimeSpan.FromSeconds(1), DataSize.FromMebibytes(1), []);
        Domain.Do(new ReportEnded(attempt, Node, end, result));
    }

    public void Register(string project, string name, char digit) => Domain.Do(new RegisterDataset(
        DatasetId.Of(new(project), name), new(RootOf(digit), DataSize.FromMebibytes(1), FileCount: 1), "", Node));

    public static ContentRoot RootOf(char digit) => new(new string(digit, 64));

    /// <summary>A node of 64 cores more in the pool of the site west.</summary>
    public void Enrol(string name, string networkSwitch = "")
    {
        Domain.Do(new IssueJoinToken(new(name), new("west"), TimeSpan.FromMinutes(5)));
        Domain.Do(new EnrolNode(new(name), new("west"), "cpu", "process", name, "key"));
        Domain.Do(new ReportNode(
            new("west/cpu/" + name), new(64_000, DataSize.FromGibibytes(64), DataSize.FromGibibytes(64)), [], $"https://{name}/",
            CanSandbox: true, "", "linux", TimeSpan.FromDays(1), networkSwitch, "key of " + name));
    }

    private void Populate()
    {
        Declare("lab", "vision");
        Declare("film", "render");
        Declare("dc", "dc-own");
        Issue("operator", "lab", "vision", Role.Operator);
        Issue("lab-member", "lab", "vision", Role.Member);
        Issue("lab-viewer", "lab", "vision", Role.Viewer);
        Issue("film-member", "film", "render", Role.Member);
        Issue("dc-provider", "dc", "dc-own", Role.Provider);
        Domain.Do(new GrantCredit(new("lab"), Money.Cny(1000), "start"));
        Domain.Do(new GrantCredit(new("film"), Money.Cny(1000), "start"));
        Domain.Do(new DeclareSite(Site("west", "dc")));
        Domain.Do(new DeclareSite(Site("east", "other")));
        Enrol("n1");
        Domain.Do(new DeclarePool(new(new("west/cpu"), "process", 0.36m, 0.1m, [], 1, 10, IsDraining: false)));
    }

    private void Declare(string tenant, string project) =>
        Domain.Do(new DeclareTenant(new(tenant), tenant, Quota.Default, [new(project)]));

    private static Site Site(string id, string provider) => new(
        new(id), id, provider, "core", "r1", "cn", 30, 110, 1.2, [.. Enumerable.Repeat(500d, 24)], [.. Enumerable.Repeat(0.5m, 24)]);
}
