using System.Text;
using Meridian.Domain.Machine;
using Xunit;

namespace Meridian.Tests.Api;

/// <summary>One server for the whole matrix: each request begins from the same state.</summary>
public sealed class SharedWorld : IAsyncLifetime
{
    internal ApiWorld World { get; private set; } = null!;

    internal DomainState Beginning { get; private set; } = DomainState.Empty;

    public async ValueTask InitializeAsync()
    {
        World = await ApiWorld.StartAsync();
        World.Submit("vision", "first");
        World.Register("vision", "set", 'a');
        Beginning = World.Domain.Latest.State;
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}

public sealed class AccessMatrixTests(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const string Site =
        """{"name":"W","provider":"dc","tier":"core","region":"r1","sovereignty":"cn","latitude":1,"longitude":1,"pue":1.2,"carbonGramsPerKwhByHour":[1],"powerPricePerKwhByHour":[1]}""";

    private const string Pool =
        """{"driver":"process","prices":{"cpuCoreHour":1,"memoryGibHour":0,"acceleratorHour":{}},"speed":1,"wattsPerCore":1,"isDraining":false}""";

    private const string Wish =
        """{"dataset":"nothing","project":"","version":null,"to":["east"],"mode":"dedicated","bitsPerSecond":null,"deadline":null,"priority":null}""";

    private const string Import =
        """{"direction":"import","dataset":"film","project":"","version":null,"site":"west","url":"https://host.example/film","endpoint":null,"store":null,"sha256":null,"sovereignty":null}""";

    private const string Reservation =
        """{"name":"night","pool":"west/cpu","from":"2099-01-01T20:00:00Z","to":"2099-01-02T04:00:00Z","count":1}""";

    private const string Link =
        """{"from":"west","to":"east","bitsPerSecond":1000000,"latencyMicroseconds":5,"pricePerGigabyte":0.1,"bothWays":true}""";

    /// <summary>A request for jobs or the fleet and what each caller is answered: nobody, viewer, member, provider, operator.</summary>
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
        { "POST", "what-if", """{"sitesLost":["west"],"jobFile":"name: a\ncommand: [x]"}""", [401, 200, 200, 200, 200] },
        { "POST", "what-if", """{"nodesAdded":{"west/none":3}}""", [401, 400, 400, 400, 400] },
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
        { "GET", "equivalences", "", [401, 200, 200, 200, 200] },
        { "PUT", "equivalences/train/A100/B", "{\"factor\":0.5}", [401, 403, 403, 403, 204] },
        { "DELETE", "equivalences/train/A100/none", "", [401, 403, 403, 403, 404] },
        { "GET", "network/pairs", "", [401, 200, 200, 200, 200] },
        { "GET", "network/pairs/west/east", "", [401, 200, 200, 200, 200] },
        { "GET", "network/circles", "", [401, 200, 200, 200, 200] },
        { "GET", "network/circles?target=moon", "", [401, 400, 400, 400, 400] },
        { "GET", "network/paths?from=west&to=east", "", [401, 200, 200, 200, 200] },
        { "GET", "network/what-if", "", [401, 403, 403, 403, 200] },
        { "GET", "network/what-if?link=none", "", [401, 403, 403, 403, 404] },
        { "GET", "network/what-if?link=none&bitsPerSecond=0", "", [401, 403, 403, 403, 400] },
        { "GET", "network/export?format=graphml", "", [401, 200, 200, 200, 200] },
        { "GET", "network/export?format=odf", "", [401, 400, 400, 400, 400] },
        { "POST", "network/import?format=graphml", "<graphml", [401, 403, 403, 403, 422] },
        { "GET", "network/circuits", "", [401, 200, 200, 200, 200] },
        { "GET", "network/paths?from=west&to=none", "", [401, 404, 404, 404, 404] },
        { "GET", "agents", "", [401, 403, 403, 200, 200] },
        { "POST", "agents/west/cpu/n1/ban", "", [401, 403, 403, 204, 204] },
        { "POST", "agents/west%2Fcpu%2Fn1/ban", "", [401, 403, 403, 204, 204] },
        { "POST", "agents/ban", """{"id":"west/cpu/n1"}""", [401, 403, 403, 204, 204] },
    };

    /// <summary>The same for data, accounts and tokens.</summary>
    public static TheoryData<string, string, string, int[]> MatrixOfDataAndAccounts => new()
    {
        { "GET", "datasets", "", [401, 200, 200, 200, 200] },
        { "GET", "datasets/vision/set", "", [401, 200, 200, 404, 200] },
        { "POST", "datasets/vision/set/download", "", [401, 200, 200, 404, 200] },
        { "DELETE", "datasets/vision/set", "", [401, 403, 204, 403, 204] },
        { "GET", "transfers", "", [401, 200, 200, 200, 200] },
        { "GET", "transfers/99", "", [401, 404, 404, 404, 404] },
        { "POST", "transfers", Wish, [401, 403, 404, 403, 404] },
        { "POST", "transfers/quotes", Wish, [401, 404, 404, 404, 404] },
        { "POST", "transfers/99/pause", "", [401, 403, 404, 403, 404] },
        { "POST", "transfers/99/resume", "", [401, 403, 404, 403, 404] },
        { "POST", "transfers/99/cancel", "", [401, 403, 404, 403, 404] },
        { "GET", "exchanges", "", [401, 200, 200, 200, 200] },
        { "GET", "exchanges/99", "", [401, 404, 404, 404, 404] },
        { "POST", "exchanges", Import, [401, 403, 201, 403, 201] },
        { "POST", "exchanges", Import.Replace("\"west\"", "\"west/cpu/n1\""), [401, 403, 201, 403, 201] },
        { "POST", "exchanges", Import.Replace("\"west\"", "\"west/cpu/n9\""), [401, 403, 409, 403, 409] },
        { "POST", "exchanges", Import.Replace("https://", "https://user:secret@"), [401, 403, 400, 403, 400] },
        { "POST", "exchanges/99/cancel", "", [401, 403, 404, 403, 404] },
        { "GET", "reservations", "", [401, 200, 200, 200, 200] },
        { "GET", "reservations/99", "", [401, 404, 404, 404, 404] },
        { "POST", "reservations/quotes", Reservation, [401, 400, 400, 400, 400] },
        { "POST", "reservations/quotes", Reservation.Replace("west/cpu", "west/none"), [401, 404, 404, 404, 404] },
        { "POST", "reservations", Reservation, [401, 403, 400, 403, 400] },
        { "POST", "reservations/99/cancel", "", [401, 403, 404, 403, 404] },
        { "GET", "tenants", "", [401, 200, 200, 200, 200] },
        { "GET", "tenants/lab", "", [401, 200, 200, 404, 200] },
        { "PUT", "tenants/new", """{"name":"New"}""", [401, 403, 403, 403, 204] },
        { "PUT", "tenants/lab/projects/vision", """{"weight":300}""", [401, 403, 403, 403, 204] },
        { "PUT", "tenants/lab/projects/vision", """{"weight":0}""", [401, 403, 403, 403, 400] },
        { "POST", "tenants/lab/grants", """{"amount":5,"currency":"CNY","reason":"x"}""", [401, 403, 403, 403, 204] },
        { "GET", "bill", "", [401, 200, 200, 200, 200] },
        { "GET", "bill?tenant=film", "", [401, 404, 404, 404, 200] },
        { "GET", "ledger", "", [401, 403, 403, 403, 200] },
        { "GET", "tokens", "", [401, 403, 403, 403, 200] },
        { "POST", "tokens", """{"name":"x","tenant":"lab","project":"vision","role":"viewer"}""", [401, 403, 403, 403, 201] },
        { "DELETE", "tokens/none", "", [401, 403, 403, 403, 404] },
        { "GET", "authority", "", [401, 200, 200, 200, 200] },
    };

    [Theory, MemberData(nameof(Matrix)), MemberData(nameof(MatrixOfDataAndAccounts))]
    public async Task Each_role_does_what_it_may_and_nothing_else(string method, string path, string body, int[] expected)
    {
        string[] callers = ["", "lab-viewer", "lab-member", "dc-provider", "operator"];
        var answers = new List<int>();

        foreach (var caller in callers)
        {
            shared.World.Domain.Restore(shared.Beginning);
            using var http = shared.World.As(caller);
            using var request = new HttpRequestMessage(new(method), path);
            if (body.Length > 0)
                request.Content = new StringContent(body, Encoding.UTF8, TypeOf(body));
            using var response = await http.SendAsync(request, Cancellation);
            answers.Add((int)response.StatusCode);
        }

        Assert.Equal(expected, answers);
    }

    private static string TypeOf(string body) => body[0] switch
    {
        '{' => "application/json",
        '<' => "application/xml",
        _ => "application/yaml",
    };
}
