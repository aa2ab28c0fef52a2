using System.Threading.Channels;
using Grpc.Core;
using Meridian.Agent.Circuits;
using Meridian.Agent.Drivers;
using Meridian.Agent.Drivers.Process;
using Meridian.Agent.Probes;
using Meridian.Protocol.Agents;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Hosting;

/// <summary>The agent as a whole: identity, depot, driver, and a line that is dialled again whenever it breaks.</summary>
public sealed partial class AgentHost(AgentOptions options, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = loggers.CreateLogger<AgentHost>();

    /// <summary>Whether an agent has joined from the folder.</summary>
    public static bool HasJoined(string dataDirectory) => AgentIdentity.HasJoined(dataDirectory);

    /// <summary>
    /// Runs until cancelled. Throws <see cref="AgentRefusedException"/> where trying again does not help: a used join
    /// token, a ban, a wrong option.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
            throw new AgentRefusedException(inner: null, faults[0]);

        Directory.CreateDirectory(options.DataDirectory);
        if (!OperatingSystem.IsWindows())
        {
            // Tasks run as another user and must reach their own folders below; secrets are closed one by one.
            File.SetUnixFileMode(options.DataDirectory, (UnixFileMode)0b111_001_001);
        }

        using var identity = await AgentIdentity.OpenAsync(options, time, cancellation);
        await using var datasets = await Datasets.OpenAsync(options, identity, time, loggers, cancellation);
        var driver = new ProcessDriver(
            new() { Folder = Path.Combine(options.DataDirectory, "attempts"), ForcePlain = options.ForcePlain, UserId = options.TaskUserId },
            time);
        await using var runtime = new AgentRuntime(options.DataDirectory, driver, datasets, time, _log)
        {
            Services = new(options.ServiceAddress, time),
        };
        using var prober = new Prober(datasets.TrustOf, runtime.Tell, time);
        await using var circuits = CircuitDriver();
        var hands = new Hands(runtime, prober, new(circuits, datasets.Circuits, runtime.Tell, time, _log));
        LogReady(identity.AgentId, datasets.Url);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = runtime.RunAsync(ending.Token);
        var ticking = TickAsync(runtime, ending.Token);
        try
        {
            Task[] beside = [prober.RunAsync(ending.Token), hands.Circuits.RunAsync(ending.Token)];
            await await Task.WhenAny([running, ticking, .. beside, DialAsync(identity, datasets, driver, hands, ending.Token)]);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end. Tasks go on: their supervisors are processes of their own.
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    /// <summary>Those who obey the control plane.</summary>
    private sealed record Hands(AgentRuntime Runtime, Prober Prober, CircuitKeeper Circuits);

    private ICircuitDriver CircuitDriver() =>
        options.Circuits is { } linux ? new LinuxDriver(new SystemTool([]), linux) : new PaceDriver();

    private async Task TickAsync(AgentRuntime runtime, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TickEvery, time);
        while (await timer.WaitForNextTickAsync(cancellation))
            runtime.Tick(Machine.Load(options.DataDirectory));
    }

    private async Task DialAsync(
        AgentIdentity identity, Datasets datasets, IDriver driver, Hands hands, CancellationToken cancellation)
    {
        var pause = PauseFirst;
        while (true)
        {
            var began = time.GetTimestamp();
            try
            {
                if (identity.IsRenewalDue)
                    await RenewAsync(identity, cancellation);
                await ServeLineAsync(identity, Machine.Inventory(options, driver.Describe(), datasets.Url), hands, cancellation);
            }
            catch (RpcException refusal) when (refusal.StatusCode == StatusCode.PermissionDenied && refusal.Trailers.GetValue(AgentLinkWords.CodeTrailer) == "node-banned")
            {
                throw new AgentRefusedException(refusal, AgentTexts.AsSaid, refusal.Status.Detail);
            }
            catch (RpcException stranger) when (stranger.StatusCode == StatusCode.Unauthenticated)
            {
                // The certificate is not believed: a fresh one is, or the control plane says for good why not.
                LogLineBroke(stranger.Status.Detail);
                await TryRenewAsync(identity, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is RpcException or IOException or OperationCanceledException)
            {
                LogLineBroke(failure is RpcException { Status.Detail: var detail } ? detail : failure.Message);
            }

            hands.Runtime.LineCut();
            pause = time.GetElapsedTime(began) > PauseMax ? PauseFirst : pause;
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellation);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    private async Task ServeLineAsync(AgentIdentity identity, Inventory inventory, Hands hands, CancellationToken cancellation)
    {
        using var channel = identity.Connect(withCertificate: true);
        using var call = new AgentLink.AgentLinkClient(channel).Connect(cancellationToken: cancellation);
        var outgoing = Channel.CreateUnbounded<FromAgent>(new() { SingleReader = true });
        hands.Runtime.LineOpened(outgoing.Writer, inventory);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = WriteAsync(call.RequestStream, outgoing.Reader, ending);
        try
        {
            while (await call.ResponseStream.MoveNext(ending.Token))
            {
                if (call.ResponseStream.Current.Probes is { } order)
                    hands.Prober.Take(order);
                else if (call.ResponseStream.Current.Circuits is { } circuits)
                    hands.Circuits.Take(circuits);
                else
                    hands.Runtime.Received(call.ResponseStream.Current);
                if (identity.IsRenewalDue)
                    await TryRenewAsync(identity, cancellation);
            }
        }
        finally
        {
            outgoing.Writer.TryComplete();
            await ending.CancelAsync();
            await writing.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Sends until the messages end, which also ends the line.</summary>
    private static async Task WriteAsync(
        IClientStreamWriter<FromAgent> stream, ChannelReader<FromAgent> outgoing, CancellationTokenSource ending)
    {
        try
        {
            await foreach (var message in outgoing.ReadAllAsync(ending.Token))
                await stream.WriteAsync(message, ending.Token);
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task TryRenewAsync(AgentIdentity identity, CancellationToken cancellation)
    {
        try
        {
            await RenewAsync(identity, cancellation);
        }
        catch (RpcException failure)
        {
            LogNotRenewed(failure.Status.Detail); // Half of its life is left to try again.
        }
    }

    private static async Task RenewAsync(AgentIdentity identity, CancellationToken cancellation)
    {
        try
        {
            await identity.RenewAsync(cancellation);
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.PermissionDenied)
        {
            throw new AgentRefusedException(refusal, AgentTexts.AsSaid, refusal.Status.Detail);
        }
    }

    [LoggerMessage(LogLevel.Information, "Agent {Agent} is ready; its depot listens at {Depot}")]
    private partial void LogReady(string agent, Uri depot);

    [LoggerMessage(LogLevel.Warning, "The certificate cannot be renewed now: {Reason}. Trying again.")]
    private partial void LogNotRenewed(string reason);

    [LoggerMessage(LogLevel.Warning, "The line to the control plane broke: {Reason}. Tasks go on; dialling again.")]
    private partial void LogLineBroke(string reason);
}
