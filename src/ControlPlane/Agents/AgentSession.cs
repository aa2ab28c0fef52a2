using System.Threading.Channels;
using Grpc.Core;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>
/// One line to one agent. Orders follow from the published state: on opening, everything that the agent should be doing
/// is told again, and from then on what each batch changed. Both sides treat a repeat as news already known.
/// </summary>
internal sealed class AgentSession(
    NodeId node, AgentLinkServices services, IServerStreamWriter<ToAgent> stream, Language language)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Channel<ToAgent> _out = Channel.CreateBounded<ToAgent>(
        new BoundedChannelOptions(65_536) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _cut = new();
    private Reason _cutReason = Reason.Of("line-failed", "");

    internal NodeId Node => node;

    /// <summary>The key of the agent's certificate (SPKI in base64).</summary>
    internal required string PublicKey { get; init; }

    internal void Cut(Reason reason)
    {
        _cutReason = reason;
        _cut.Cancel();
    }

    /// <summary>Serves the line until either side ends it.</summary>
    internal async Task RunAsync(IAsyncStreamReader<FromAgent> reader, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _cut.Token);
        var opened = services.Domain.Latest.Sequence;
        if (!await reader.MoveNext(both.Token) || reader.Current.Hello is not { } hello)
            throw AgentRefusals.Of(StatusCode.InvalidArgument, Reason.Of("bad-hello"), language);

        await GreetAsync(hello, both.Token);
        Task[] work =
        [
            ReadAsync(reader, both.Token), WriteAsync(both.Token), FollowAsync(opened, hello, both.Token),
        ];
        try
        {
            await await Task.WhenAny(work);
        }
        catch (OperationCanceledException) when (_cut.IsCancellationRequested)
        {
            throw AgentRefusals.Of(StatusCode.PermissionDenied, _cutReason, language);
        }
        finally
        {
            await both.CancelAsync();
            await Task.WhenAll(work).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task GreetAsync(Hello hello, CancellationToken cancellation)
    {
        var inventory = hello.Inventory;
        var decision = await services.Domain.ExecuteAsync(
            new ReportNode(
                node, new(inventory.CpuMillicores, new(inventory.MemoryBytes), new(inventory.DiskBytes)),
                [.. inventory.Accelerators.SelectMany(a => Enumerable.Repeat(
                    new Accelerator(a.Model, a.Class, new(a.MemoryBytes), UsedMilli: 0), Math.Clamp(a.Count, 0, 1024)))],
                inventory.DepotUrl, inventory.CanSandbox, inventory.IsolationNote, inventory.OperatingSystem, services.Lease,
                inventory.NetworkSwitch, PublicKey),
            cancellation);
        if (decision.Fault is { } fault)
            throw AgentRefusals.Of(StatusCode.PermissionDenied, fault, language);

        services.Sessions.Note(node, new Load(), services.Time.GetUtcNow());
        await SendAsync(new() { Welcome = new() { LeaseMilliseconds = (long)services.Lease.TotalMilliseconds, HeartbeatMilliseconds = (long)Heartbeat.TotalMilliseconds } });
    }

    private async Task FollowAsync(long opened, Hello hello, CancellationToken cancellation)
    {
        await ReconcileAsync(hello, cancellation);
        ProbeOrder? probes = null;
        CircuitOrder? circuits = null;
        var segments = services.Circuits.SegmentsVersion;
        await foreach (var published in services.Domain.FollowAsync(opened, cancellation))
        {
            if (published.State.Sites.Nodes.TryGetValue(node, out var known) && known.State == NodeState.Banned)
            {
                Cut(Fault.Of("node-banned", node));
                return;
            }

            if (probes is null || published.Events.IsEmpty || published.Events.Any(ProbePlan.MayChangeWith))
                probes = await NameTargetsAsync(probes);
            if (circuits is null || published.Events.IsEmpty || published.Events.Any(CircuitReports.MayChangeWith) || segments != services.Circuits.SegmentsVersion)
            {
                segments = services.Circuits.SegmentsVersion; // Read before the order is made, so that no change is missed.
                circuits = await NameCircuitsAsync(published.State, circuits);
            }

            var orders = published.Events.IsEmpty
                ? AgentOrders.All(published.State, node, services.Tickets)
                : AgentOrders.Of(published, node, services.Tickets);
            foreach (var order in orders)
                await SendAsync(order);
        }
    }

    /// <summary>Tells whom to probe, when that is other than before.</summary>
    private async Task<ProbeOrder> NameTargetsAsync(ProbeOrder? before)
    {
        var order = services.Paths.OrderFor(node);
        if (!order.Equals(before))
            await SendAsync(new() { Probes = order });
        return order;
    }

    /// <summary>Tells which circuits to hold, when they are other than before; at first there are none.</summary>
    private async Task<CircuitOrder> NameCircuitsAsync(DomainState state, CircuitOrder? before)
    {
        var order = services.Circuits.OrderFor(state, node);
        if (!order.Equals(before))
            await SendAsync(new() { Circuits = order });
        return order;
    }

    /// <summary>Compares what the agent holds with what it should hold.</summary>
    private async Task ReconcileAsync(Hello hello, CancellationToken cancellation)
    {
        var state = services.Domain.Latest.State;
        var holding = hello.Holding.Select(k => k.ToDomain()).ToHashSet();
        foreach (var stale in holding.Where(a => state.Jobs.Current(a)?.Live?.Node != node))
            await SendAsync(new() { Stop = new() { Key = stale.ToWire(), Reason = "superseded" } });

        foreach (var stale in hello.Fetching.Where(fetch => !state.Data.Fetches.ContainsKey(fetch)))
            await SendAsync(new() { CancelFetch = new() { Transfer = stale } });
        foreach (var stale in hello.Exchanging.Where(exchange => !state.Exchanges.Open.Contains(exchange)))
            await SendAsync(ExchangeOrders.Cancel(stale));

        // An attempt that ran and is not held any more has lost its record: it is given up, never started again.
        foreach (var attempt in state.Jobs.ByNode.GetValueOrDefault(node, []))
        {
            if (state.Jobs.Current(attempt) is Running or Stopping && !holding.Contains(attempt))
            {
                var lost = new AttemptResult(
                    -1, Reason.Of("attempt-unknown", node), TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, []);
                await services.Domain.ExecuteAsync(new ReportEnded(attempt, node, AttemptEnd.Lost, lost), cancellation);
            }
        }

        foreach (var order in AgentOrders.All(services.Domain.Latest.State, node, services.Tickets))
            await SendAsync(order);
    }

    private async Task ReadAsync(IAsyncStreamReader<FromAgent> reader, CancellationToken cancellation)
    {
        // Reports are handed on without waiting for each other, so that the writer takes many in one batch; the bound
        // holds a flooding agent back.
        using var room = new SemaphoreSlim(1024);
        while (await reader.MoveNext(cancellation))
        {
            var message = reader.Current;
            await room.WaitAsync(cancellation);
            _ = HandleAsync(message, cancellation).ContinueWith(done =>
            {
                room.Release();
                if (done.IsFaulted)
                    Cut(Reason.Of("line-failed", (done.Exception.InnerException ?? done.Exception).Message));
            }, TaskScheduler.Default);
        }
    }

    private async Task HandleAsync(FromAgent message, CancellationToken cancellation)
    {
        switch (message.BodyCase)
        {
            case FromAgent.BodyOneofCase.Heartbeat:
                services.Sessions.Note(node, message.Heartbeat.Load ?? new(), services.Time.GetUtcNow());
                if (message.Heartbeat.LeaseRequest != 0)
                    await LengthenLeaseAsync(message.Heartbeat.LeaseRequest, cancellation);
                break;
            case FromAgent.BodyOneofCase.Log:
                var log = message.Log;
                var upTo = services.Logs.Write(log.Key.ToDomain(), log.Offset, log.Data.Span, log.End);
                await SendAsync(new() { LogAcknowledge = new() { Key = log.Key, Offset = upTo } });
                break;
            case FromAgent.BodyOneofCase.Attempt:
                await services.Domain.ExecuteAsync(message.Attempt.ToCommand(node), cancellation);
                break;
            case FromAgent.BodyOneofCase.Probe:
                await services.Paths.HearAsync(node, message.Probe, cancellation);
                break;
            case FromAgent.BodyOneofCase.Circuits:
                services.Circuits.Note(node, message.Circuits);
                break;
            case FromAgent.BodyOneofCase.Seal:
                await services.Domain.ExecuteAsync(message.Seal.ToCommand(node), cancellation);
                break;
            case FromAgent.BodyOneofCase.Exchange:
                await HearAsync(message.Exchange, cancellation);
                break;
            case FromAgent.BodyOneofCase.Transfer:
                await HearAsync(message.Transfer, cancellation);
                break;
            default:
                break;
        }

        if (message.Sequence != 0)
            await SendAsync(new() { Acknowledge = new() { Sequence = message.Sequence } });
    }

    /// <summary>The end of a fetch is for the writer; how far it has come is so only at each quarter.</summary>
    private async Task HearAsync(TransferReport fetch, CancellationToken cancellation)
    {
        if (fetch.State is TransferReport.Types.State.Done or TransferReport.Types.State.Failed)
        {
            if (fetch.State == TransferReport.Types.State.Done)
                await services.Paths.HearAsync(node, fetch, cancellation);
            await services.Domain.ExecuteAsync(
                new ReportFetch(fetch.Transfer, node, fetch.State == TransferReport.Types.State.Done, fetch.BytesMoved, fetch.Reason), cancellation);
            services.Fetches.Forget(fetch.Transfer);
            return;
        }

        var data = services.Domain.Latest.State.Data;
        if (!data.Fetches.TryGetValue(fetch.Transfer, out var key) || data.Transfers[key.Transfer].Hops[key.Hop] is not { } hop || hop.To != node)
            return;
        services.Fetches.Note(fetch.Transfer, fetch.BytesMoved);
        if (TransferRules.IsMark(hop, fetch.BytesMoved))
            await services.Domain.ExecuteAsync(new MarkFetch(fetch.Transfer, node, fetch.BytesMoved), cancellation);
    }

    private async Task HearAsync(ExchangeReport exchange, CancellationToken cancellation)
    {
        if (exchange.State == ExchangeReport.Types.State.Moving)
        {
            if (services.Domain.Latest.State.Exchanges.All.TryGet(exchange.Exchange, out var known) && known.Node == node)
                services.Exchanges.Note(exchange.Exchange, exchange.BytesDone, exchange.BytesTotal);
            return;
        }

        await services.Domain.ExecuteAsync(exchange.ToCommand(node), cancellation);
        services.Exchanges.Forget(exchange.Exchange);
    }

    private async Task LengthenLeaseAsync(ulong request, CancellationToken cancellation)
    {
        var decision = await services.Domain.ExecuteAsync(new RenewLease(node, services.Lease), cancellation);
        if (decision.Fault is null)
            await SendAsync(new() { Lease = new() { LeaseRequest = request, LeaseMilliseconds = (long)services.Lease.TotalMilliseconds } });
        else
            Cut(decision.Fault);
    }

    private ValueTask SendAsync(ToAgent message) => _out.Writer.WriteAsync(message, _cut.Token);

    private async Task WriteAsync(CancellationToken cancellation)
    {
        await foreach (var message in _out.Reader.ReadAllAsync(cancellation))
            await stream.WriteAsync(message, cancellation);
    }
}
