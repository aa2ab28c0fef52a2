using System.Net;
using System.Threading.Channels;
using Meridian.Agent.Hosting;
using Meridian.Protocol.Agents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed class AgentRuntimeTests : IAsyncDisposable
{
    private static readonly AttemptKey Key = new() { Job = 4, Task = 2, Attempt = 1 };
    private const string Id = "4.2-1";
    private static readonly int ServicePort = LoopbackPort.Next();

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-runtime-").FullName;
    private readonly Channel<FromAgent> _line = Channel.CreateUnbounded<FromAgent>();
    private readonly CancellationTokenSource _ending = new();
    private readonly MemoryDriver _driver;
    private readonly AgentRuntime _runtime;
    private readonly Task _running;

    private sealed class NoDatasets : IDatasets, IExchanges
    {
        public IExchanges Exchanges => this;

        public IReadOnlyList<long> Left => [];

        IEnumerable<ExchangeReport> IExchanges.Progress() => [];

        public Task<ExchangeReport> RunAsync(ExchangeOrder order, CancellationToken cancellation) =>
            Task.FromResult(new ExchangeReport { Exchange = order.Exchange, State = ExchangeReport.Types.State.Done });

        public void Cancel(long exchange)
        {
        }

        public Task<string> FolderOfAsync(IReadOnlyList<string> roots, CancellationToken cancellation) => Task.FromResult("/");

        public Task<OutputResult> IngestAsync(string name, string path, CancellationToken cancellation) =>
            Task.FromResult(new OutputResult { Name = name, Root = "root of " + Path.GetFileName(path), Bytes = 5, Files = 1 });

        public Task<TransferReport> PullAsync(FetchDataset order, CancellationToken cancellation) =>
            Task.FromResult(new TransferReport { Transfer = order.Transfer, State = TransferReport.Types.State.Done });

        public Task<SealReport> SealAsync(SealDataset order, CancellationToken cancellation) =>
            Task.FromResult(new SealReport { Transfer = order.Transfer, Root = order.Root, SealedRoot = "sealed" });

        public IEnumerable<TransferReport> Progress() => [];

        public void CancelPull(long transfer)
        {
        }

        public Task DropAsync(string root, CancellationToken cancellation) => Task.CompletedTask;
    }

    public AgentRuntimeTests()
    {
        _driver = new(Path.Combine(_folder, "attempts"));
        _runtime = new(_folder, _driver, new NoDatasets(), TimeProvider.System, NullLogger.Instance)
        {
            Services = new(IPAddress.Loopback, TimeProvider.System) { PauseAfter = TimeSpan.FromMilliseconds(1) },
        };
        _running = _runtime.RunAsync(_ending.Token);
        _runtime.LineOpened(_line.Writer, new());
        _runtime.Received(new() { Welcome = new() { LeaseMilliseconds = 60_000 } });
    }

    [Fact]
    public async Task An_attempt_goes_its_way_with_any_driver_from_the_order_to_being_forgotten()
    {
        _runtime.Received(new() { Start = Order() });
        var started = await HearAsync();
        await File.WriteAllTextAsync(Path.Combine(_driver.WorkingDirectory(Id), "film.png"), "x", TestContext.Current.CancellationToken);
        _driver.End(Id, exitCode: 0);
        var ended = await HearAsync();
        _runtime.Received(new() { Acknowledge = new() { Sequence = ended.Sequence } });
        while (_driver.Forgotten.IsEmpty)
            await Task.Yield();

        Assert.Equal(AttemptReport.Types.State.Started, started.Attempt.State);
        Assert.Equal(AttemptReport.Types.State.Succeeded, ended.Attempt.State);
        Assert.Equal("root of film.png", Assert.Single(ended.Attempt.Outputs).Root);
        Assert.Equal("2", _driver.Started[Id].Environment["MERIDIAN_TASK_INDEX"]);
    }

    [Fact]
    public async Task A_result_that_is_missing_or_behind_a_link_fails_the_attempt()
    {
        _runtime.Received(new() { Start = Order() });
        await HearAsync();
        File.CreateSymbolicLink(Path.Combine(_driver.WorkingDirectory(Id), "film.png"), "/etc/passwd");

        _driver.End(Id, exitCode: 0);
        var ended = await HearAsync();

        Assert.Equal((AttemptReport.Types.State.Failed, "missing-output"), (ended.Attempt.State, ended.Attempt.Reason));
        Assert.Empty(ended.Attempt.Outputs);
    }

    [Fact]
    public async Task A_service_has_started_when_it_is_well_and_fails_when_it_no_longer_is()
    {
        using var service = new HttpListener();
        var order = Order();
        (order.IsService, order.ServicePort, order.HealthPath) = (true, ServicePort, "/");
        service.Prefixes.Add($"http://127.0.0.1:{ServicePort}/");

        _runtime.Received(new() { Start = order });
        service.Start();
        (await service.GetContextAsync()).Response.Close();
        var started = await HearAsync();
        service.Stop();
        var ended = await HearAsync();

        Assert.Equal(AttemptReport.Types.State.Started, started.Attempt.State);
        Assert.Equal($"http://127.0.0.1:{ServicePort}", started.Attempt.Endpoint);
        Assert.Equal((AttemptReport.Types.State.Failed, "unhealthy"), (ended.Attempt.State, ended.Attempt.Reason));
    }

    [Fact]
    public async Task A_job_for_a_container_is_refused_by_a_pool_of_processes()
    {
        var order = Order();
        order.Container = "debian:12";

        _runtime.Received(new() { Start = order });
        var ended = await HearAsync();

        Assert.Equal("cannot-start", ended.Attempt.Reason);
        Assert.Contains("debian:12", Assert.Single(ended.Attempt.Particulars));
    }

    [Fact]
    public async Task A_log_of_a_hundred_thousand_lines_arrives_whole_over_a_line_that_breaks()
    {
        var log = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n"));
        _runtime.Received(new() { Start = Order() });
        await HearAsync();
        await File.WriteAllTextAsync(_driver.LogPath(Id), log, TestContext.Current.CancellationToken);
        _driver.End(Id, exitCode: 1);

        var received = new MemoryStream();
        for (var chunks = 0; ; chunks++)
        {
            var chunk = (await HearAsync(m => m.Log is not null)).Log;
            if (chunks % 4 == 3)
            {
                _runtime.LineCut(); // The chunk is lost with the line.
                _runtime.LineOpened(_line.Writer, new());
                continue;
            }

            received.Position = chunk.Offset;
            received.Write(chunk.Data.Span);
            _runtime.Received(new() { LogAcknowledge = new() { Key = Key, Offset = chunk.Offset + chunk.Data.Length } });
            if (chunk.End)
                break;
        }

        Assert.Equal(log, System.Text.Encoding.UTF8.GetString(received.ToArray()));
    }

    [Theory]
    [InlineData("a/b", true), InlineData("./a//b", true), InlineData("link/b", false), InlineData("../x", false), InlineData("none", false)]
    public void A_result_is_found_below_the_working_directory_only(string path, bool isFound)
    {
        var work = Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        Directory.CreateDirectory(Path.Combine(work, "a", "b"));
        Directory.CreateDirectory(Path.Combine(_folder, "x"));
        File.CreateSymbolicLink(Path.Combine(work, "link"), Path.Combine(work, "a"));

        Assert.Equal(isFound, ResultPath.Find(work, path) is not null);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        await _runtime.DisposeAsync();
        _ending.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static StartAttempt Order() => new()
    {
        Key = Key,
        Command = { "render" },
        TaskCount = 4,
        Outputs = { new OutputPath { Name = "film", Path = "film.png" } },
    };

    private Task<FromAgent> HearAsync() => HearAsync(m => m.Attempt is not null);

    private async Task<FromAgent> HearAsync(Func<FromAgent, bool> isMeant)
    {
        while (true)
        {
            var message = await _line.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (isMeant(message))
                return message;
        }
    }
}
