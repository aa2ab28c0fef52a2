using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Meridian.Agent.Hosting;
using Meridian.Protocol.Agents;
using Xunit;

namespace Meridian.Tests.Agent;

/// <summary>Services of a node: a port for each, and whether it is well.</summary>
public sealed class ServiceTests : IDisposable
{
    private const string Id = "4.0-1";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-services-").FullName;
    private readonly Services _services = new(IPAddress.Loopback, TimeProvider.System)
    {
        PauseBefore = TimeSpan.FromMilliseconds(1),
        PauseAfter = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public void A_service_gets_a_free_port_and_the_same_one_again_when_the_agent_comes_back()
    {
        var first = Open(Id, "one");
        var again = Variables(new(IPAddress.Loopback, TimeProvider.System), Id, "one");

        Assert.InRange(int.Parse(first["PORT"]), 1, 65535);
        Assert.Equal(("127.0.0.1", $"http://127.0.0.1:{first["PORT"]}"), (first["HOST"], _services.EndpointOf(Id)));
        Assert.Equal(first, again);
        Assert.Equal("8080", Open("4.1-1", "two", new() { ServicePort = 8080 })["PORT"]);
    }

    [Fact]
    public async Task A_service_is_well_when_it_answers_with_success_and_not_before()
    {
        var port = int.Parse(Open(Id, "one")["PORT"]);
        var well = _services.IsWellAsync(Id, "/healthz", Cancellation);
        await using var service = new Answering(port, Enumerable.Repeat(503, 5).Append(200));

        Assert.True(await well);
        Assert.Equal(6, service.Asked.Count);
        Assert.All(service.Asked, line => Assert.Equal("GET /healthz HTTP/1.1", line));
    }

    [Fact]
    public async Task A_service_is_sick_when_it_fails_three_times_in_a_row()
    {
        var port = int.Parse(Open(Id, "one")["PORT"]);
        await using var service = new Answering(port, [200, 503, 503, 200, 503, 503, 503]);

        Assert.True(await _services.IsSickAsync(Id, "/", Cancellation));
        Assert.Equal(7, service.Asked.Count);
    }

    [Fact]
    public async Task Nobody_waits_for_a_service_that_is_over()
    {
        Open(Id, "one");
        var (well, sick) = (_services.IsWellAsync(Id, "/", Cancellation), _services.IsSickAsync("none", "/", Cancellation));
        _services.Close(Id);

        Assert.False(await well);
        Assert.False(await sick);
        Assert.Equal("", _services.EndpointOf(Id));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Dictionary<string, string> Open(string id, string folder, StartAttempt? order = null) => Variables(_services, id, folder, order);

    private Dictionary<string, string> Variables(Services services, string id, string folder, StartAttempt? order = null) =>
        new(services.Open(id, order ?? new(), Path.Combine(_folder, folder)), StringComparer.Ordinal);

    /// <summary>A service that answers with one code after another, and with the last one from then on.</summary>
    private sealed class Answering : IAsyncDisposable
    {
        private readonly TcpListener _listener;
        private readonly Queue<int> _codes;
        private readonly Task _serving;

        internal Answering(int port, IEnumerable<int> codes)
        {
            (_codes, _listener) = (new(codes), new(IPAddress.Loopback, port));
            _listener.Start();
            _serving = ServeAsync();
        }

        internal ConcurrentQueue<string?> Asked { get; } = new();

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var caller = await _listener.AcceptTcpClientAsync(CancellationToken.None);
                    using var reader = new StreamReader(caller.GetStream());
                    Asked.Enqueue(await reader.ReadLineAsync());
                    while (await reader.ReadLineAsync() is { Length: > 0 })
                    {
                        // The rest of the request says nothing to the test.
                    }

                    var code = _codes.Count > 1 ? _codes.Dequeue() : _codes.Peek();
                    await caller.GetStream().WriteAsync(
                        System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {code} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
                }
            }
            catch (Exception failure) when (failure is SocketException or InvalidOperationException or IOException)
            {
                // The test is over: the listener has stopped, or the last caller has hung up.
            }
        }
    }
}
