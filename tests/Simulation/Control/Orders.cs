using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.Journal.Writing;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.Simulation.Control;

/// <summary>Orders that follow from the state, and the words of the wire, as the control plane has them.</summary>
internal static class Orders
{
    internal static AttemptId Id(AttemptKey key) => new(key.Job, key.Task, key.Attempt);

    internal static AttemptKey Key(AttemptId id) => new() { Job = id.Job, Task = id.Task, Attempt = id.Number };

    internal static AttemptResult Lost(string reason) =>
        new(ExitCode: -1, Reason.Of(reason), TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, []);

    internal static ReportNode Report(NodeId node, Inventory told, TimeSpan lease) => new(
        node, new(told.CpuMillicores, new(told.MemoryBytes), new(told.DiskBytes)),
        [.. told.Accelerators.SelectMany(a => Enumerable.Repeat(new Accelerator(a.Model, a.Class, new(a.MemoryBytes), UsedMilli: 0), a.Count))],
        told.DepotUrl, told.CanSandbox, told.IsolationNote, told.OperatingSystem, lease, told.NetworkSwitch,
        PublicKey: "key of " + node);

    internal static DomainCommand Command(AttemptReport report, NodeId node) => report.State switch
    {
        AttemptReport.Types.State.Started => new ReportStarted(Id(report.Key), node, report.Sandboxed, report.Endpoint),
        var state => new ReportEnded(
            Id(report.Key), node,
            state switch
            {
                AttemptReport.Types.State.Succeeded => AttemptEnd.Succeeded,
                AttemptReport.Types.State.Failed => AttemptEnd.Failed,
                AttemptReport.Types.State.Stopped => AttemptEnd.Stopped,
                _ => AttemptEnd.Lost,
            },
            new(
                report.ExitCode, report.Reason.Length == 0 ? null : new Reason(report.Reason, [.. report.Particulars]), TimeSpan.FromMilliseconds(report.RunMilliseconds), TimeSpan.Zero,
                DataSize.Zero, [.. report.Outputs.Select(o => new NamedPart(o.Name, new(new(o.Root), new(o.Bytes), o.Files)))])),
    };

    internal static ReportFetch Command(TransferReport report, NodeId node) =>
        new(report.Transfer, node, report.State == TransferReport.Types.State.Done, report.BytesMoved, report.Reason);

    internal static ReportExchange Command(ExchangeReport report, NodeId node) => new(
        report.Exchange, node, new(new(report.Root), new(report.BytesDone), report.Files),
        report.State == ExchangeReport.Types.State.Done ? null : Reason.Of(report.Reason));

    internal static ToAgent Cancel(long exchange) => new() { CancelExchange = new() { Exchange = exchange } };

    internal static ReportSeal Command(SealReport report, NodeId node) => new(
        report.Transfer,
        new(new(report.Root), node, new(report.SealedRoot), [.. report.Keys.Select(k => new Domain.Data.SealedKey(new(k.Agent), k.Key.ToBase64()))]),
        report.Reason);

    /// <summary>Everything that the agent should be doing now.</summary>
    internal static IEnumerable<ToAgent> All(DomainState state, NodeId node)
    {
        foreach (var (_, hop) in state.Data.OpenHopsTo(node).Where(o => o.Hop.State == HopState.Moving))
            yield return Fetch(hop);

        foreach (var exchange in state.Exchanges.Moving.Where(e => e.Node == node))
            yield return Begin(state, exchange);

        foreach (var order in state.Data.Open.SelectMany(id => Seals(state, state.Data.Transfers[id], node)))
            yield return order;

        foreach (var attempt in state.Jobs.ByNode.GetValueOrDefault(node, []))
        {
            if (Of(state, state.Jobs.Current(attempt)) is { } order)
                yield return order;
        }
    }

    /// <summary>What a batch changed for the agent.</summary>
    internal static IEnumerable<ToAgent> Of(Published published, NodeId node)
    {
        var state = published.State;
        foreach (var happened in published.Events)
        {
            var order = happened switch
            {
                TaskPlaced e when e.Attempt.Node == node => Of(state, state.Jobs.Current(e.Attempt.Id)),
                InputArrived e when IsAt(state, e.Attempt, node) => Of(state, state.Jobs.Current(e.Attempt)),
                TaskStopOrdered e when IsAt(state, e.Attempt, node) => Of(state, state.Jobs.Current(e.Attempt)),
                HopStarted e => state.Data.Fetches.TryGetValue(e.Fetch, out var key) && state.Data.Transfers[key.Transfer].Hops[key.Hop] is { } hop
                    && hop.To == node ? Fetch(hop) : null,
                HopHalted { Fetch: not 0 } e when IsFor(state, e.Transfer, node) => new() { CancelFetch = new() { Transfer = e.Fetch } },
                HopEnded { Fetch: not 0, Succeeded: false } e when IsFor(state, e.Transfer, node) => new() { CancelFetch = new() { Transfer = e.Fetch } },
                ExchangeOrdered e when e.Exchange.Node == node => Begin(state, e.Exchange),
                ExchangeEnded { State: ExchangeState.Cancelled } e when state.Exchanges.All[e.Exchange].Node == node => Cancel(e.Exchange),
                RelayCleared e when e.Node == node => new() { Drop = new() { Root = e.Root.Value } },
                ReplicasForgotten e when e.Holders.Contains(node) => new() { Drop = new() { Root = e.Root.Value } },
                _ => null,
            };
            if (order is not null)
                yield return order;
            var changed = happened is TransferOrdered t ? t.Transfer.Id : happened is TransferReplanned r ? r.Transfer : happened is HopEnded { Succeeded: true } h ? h.Transfer : 0;
            foreach (var seal in changed == 0 ? [] : Seals(state, state.Data.Transfers[changed], node))
                yield return seal;
        }
    }

    /// <summary>What the agent is to seal for the transfer.</summary>
    private static IEnumerable<ToAgent> Seals(DomainState state, Transfer transfer, NodeId node)
    {
        foreach (var seal in transfer.Seals.Where(s => transfer.IsOpen && s.By == node && transfer.Awaits(s) && state.Data.HoldersOf(s.Root).Contains(node)))
        {
            var order = new SealDataset { Transfer = transfer.Id, Root = seal.Root.Value };
            order.Recipients.AddRange(transfer.Hops.Where(transfer.IsTarget).Select(h => h.To).Distinct().Select(to => new SealRecipient { Agent = to.Value }));
            yield return new() { Seal = order };
        }
    }

    private static bool IsAt(DomainState state, AttemptId attempt, NodeId node) =>
        state.Jobs.Current(attempt)?.Live?.Node == node;

    private static ToAgent? Of(DomainState state, TaskState? task) => task switch
    {
        Dispatched d => new() { Start = Start(state, d.Attempt) },
        Stopping s => new() { Stop = new() { Key = Key(s.Attempt.Id), Reason = s.Reason } },
        _ => null,
    };

    private static bool IsFor(DomainState state, long transfer, NodeId node) =>
        state.Data.Transfers[transfer].Hops.Any(h => h.To == node);

    private static ToAgent Fetch(Hop hop)
    {
        var fetch = new FetchDataset { Transfer = hop.Fetch, Root = hop.Root.Value, Bytes = hop.Size.Bytes };
        fetch.Sources.AddRange(hop.Windows[hop.Window].Sources.Select(s => new FetchSource { Agent = s.From.Value, BitsPerSecond = s.Rate.BitsPerSecond }));
        return new() { Fetch = fetch };
    }

    private static ToAgent Begin(DomainState state, Exchange exchange)
    {
        var order = new ExchangeOrder { Exchange = exchange.Id, Export = exchange.Request.Direction == ExchangeDirection.Export };
        if (order.Export)
            order.Roots.AddRange(state.Data.Find(exchange.Request.Dataset, exchange.Request.Version)?.Parts.Select(p => p.Root.Value) ?? []);
        return new() { Exchange = order };
    }

    private static StartAttempt Start(DomainState state, Attempt attempt)
    {
        var job = state.Jobs.Jobs[attempt.Id.Job];
        var spec = job.Spec;
        var start = new StartAttempt
        {
            Key = Key(attempt.Id),
            TimeoutMilliseconds = (long)spec.Timeout.TotalMilliseconds,
            TaskCount = spec.TaskCount,
            JobName = spec.Name,
            IsService = spec.Service is not null,
        };
        foreach (var input in spec.Inputs)
        {
            foreach (var part in state.Data.FindAt(job.Project, input.Dataset, attempt.Node)?.Parts ?? [])
                start.Inputs.Add(new InputMount { Dataset = input.Dataset, Root = part.Root.Value, Mount = input.Mount });
        }

        start.Outputs.AddRange(spec.Outputs.Select(o => new OutputPath { Name = o.Name, Path = o.Path }));
        return start;
    }
}
