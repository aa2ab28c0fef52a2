using System.Threading.Channels;
using Grpc.Core;
using Meridian.Agent.Drivers;
using Meridian.Agent.Drivers.Process;
using Meridian.Protocol.Agents;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Hosting;

/// <summary>The agent as a whole: identity, depot, driver, and a line that is dialled again whenever it breaks.</summary>
public sealed partial class AgentHost(AgentOptions options, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<AgentHost>();

    /// <summary>
    /// Runs until cancelled. Throws <see cref="AgentRefusedException"/> where trying again does not help: a used join
    /// token, a ban, a wrong option.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var faults = options.Faults().ToList();
        if (faults.Count > 0)
            throw new AgentRefusedException(string.Join(" ", faults));

        Directory.CreateDirectory(options.DataDirectory);
        if (!OperatingSystem.IsWindows())
        {
            // Tasks run as another user and must reach their own folders below; secrets are closed one by one.
            File.SetUnixFileMode(options.DataDirectory, (UnixFileMode)0b111_001_001);
        }

        using var identity = await AgentIdentity.OpenAsync(options, time, cancellation);
        if (identity.IsRenewalDue)
            await RenewAsync(identity, cancellation);
        await using var datasets = await Datasets.OpenAsync(options, identity, time, loggers, cancellation);
        var driver = new ProcessDriver(
            new() { Folder = Path.Combine(options.DataDirectory, "attempts"), ForcePlain = options.ForcePlain }, time);
        await using var runtime = new AgentRuntime(options.DataDirectory, driver, datasets, time, _log);
        LogReady(identity.AgentId, datasets.Url);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = runtime.RunAsync(ending.Token);
        var ticking = TickAsync(runtime, ending.Token);
        try
        {
            await await Task.WhenAny(running, ticking, DialAsync(identity, datasets, driver, runtime, ending.Token));
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

    private async Task TickAsync(AgentRuntime runtime, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Heartbeat, time);
        while (await timer.WaitForNextTickAsync(cancellation))
            runtime.Tick(Machine.Load(options.DataDirectory));
    }

    private async Task DialAsync(
        AgentIdentity identity, Datasets datasets, IDriver driver, AgentRuntime runtime, CancellationToken cancellation)
    {
        var pause = PauseFirst;
        while (true)
        {
            var began = time.GetTimestamp();
            try
            {
                if (identity.IsRenewalDue)
                    await RenewAsync(identity, cancellation);
                await ServeLineAsync(identity, Machine.Inventory(options, driver.Describe(), datasets.Url), runtime, cancellation);
            }
            catch (RpcException refusal) when (refusal.StatusCode == StatusCode.PermissionDenied && refusal.Status.Detail.Contains("banned", StringComparison.Ordinal))
            {
                throw new AgentRefusedException(refusal.Status.Detail, refusal);
            }
            catch (RpcException failure) when (!cancellation.IsCancellationRequested)
            {
                LogLineBroke(failure.Status.Detail);
            }

            runtime.LineCut();
            pause = time.GetElapsedTime(began) > PauseMax ? PauseFirst : pause;
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellation);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    private async Task ServeLineAsync(AgentIdentity identity, Inventory inventory, AgentRuntime runtime, CancellationToken cancellation)
    {
        using var channel = identity.Connect(withCertificate: true);
        using var call = new AgentLink.AgentLinkClient(channel).Connect(cancellationToken: cancellation);
        var outgoing = Channel.CreateUnbounded<FromAgent>(new() { SingleReader = true });
        runtime.LineOpened(outgoing.Writer, inventory);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = WriteAsync(call.RequestStream, outgoing.Reader, ending.Token);
        try
        {
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                runtime.Received(call.ResponseStream.Current);
                if (identity.IsRenewalDue)
                    await RenewAsync(identity, cancellation);
            }
        }
        finally
        {
            outgoing.Writer.TryComplete();
            await ending.CancelAsync();
            await writing.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task WriteAsync(
        IClientStreamWriter<FromAgent> stream, ChannelReader<FromAgent> outgoing, CancellationToken cancellation)
    {
        await foreach (var message in outgoing.ReadAllAsync(cancellation))
            await stream.WriteAsync(message, cancellation);
    }

    private static async Task RenewAsync(AgentIdentity identity, CancellationToken cancellation)
    {
        try
        {
            await identity.RenewAsync(cancellation);
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.PermissionDenied)
        {
            throw new AgentRefusedException(refusal.Status.Detail, refusal);
        }
    }

    [LoggerMessage(LogLevel.Information, "Agent {Agent} is ready; its depot listens at {Depot}")]
    private partial void LogReady(string agent, Uri depot);

    [LoggerMessage(LogLevel.Warning, "The line to the control plane broke: {Reason}. Tasks go on; dialling again.")]
    private partial void LogLineBroke(string reason);
}
