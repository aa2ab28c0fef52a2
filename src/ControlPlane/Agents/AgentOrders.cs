using Google.Protobuf;
using Meridian.ControlPlane.Security;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Journal.Writing;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>What an agent is to do, derived from the state: nothing is remembered beside it.</summary>
internal static class AgentOrders
{
    private static readonly long LogBytesMax = AttemptLogs.BytesMax;

    /// <summary>Everything that the agent should be doing now.</summary>
    internal static IEnumerable<ToAgent> All(DomainState state, NodeId node, IDepotTickets tickets)
    {
        foreach (var (transfer, hop) in state.Data.OpenHopsTo(node).Where(o => o.Hop.State == HopState.Moving))
            yield return Fetch(state, transfer, hop, tickets);

        foreach (var transfer in state.Data.Open.Select(id => state.Data.Transfers[id]))
        {
            foreach (var order in SealOrders.Of(state, transfer, node, tickets))
                yield return order;
        }

        foreach (var exchange in state.Exchanges.Moving.Where(e => e.Node == node))
            yield return ExchangeOrders.Begin(state, exchange);

        foreach (var attempt in state.Jobs.ByNode.GetValueOrDefault(node, []))
        {
            if (Of(state, state.Jobs.Current(attempt)) is { } order)
                yield return order;
        }
    }

    /// <summary>What a batch changed for the agent.</summary>
    internal static IEnumerable<ToAgent> Of(Published published, NodeId node, IDepotTickets tickets)
    {
        var state = published.State;
        foreach (var happened in published.Events)
        {
            var order = happened switch
            {
                TaskPlaced e when e.Attempt.Node == node => Of(state, state.Jobs.Current(e.Attempt.Id)),
                InputArrived e when IsAt(state, e.Attempt, node) => Of(state, state.Jobs.Current(e.Attempt)),
                TaskStopOrdered e when IsAt(state, e.Attempt, node) => Of(state, state.Jobs.Current(e.Attempt)),
                HopStarted e => state.Data.Fetches.TryGetValue(e.Fetch, out var key) && state.Data.Transfers[key.Transfer] is { } transfer
                    && transfer.Hops[key.Hop] is { } hop && hop.To == node ? Fetch(state, transfer, hop, tickets) : null,
                HopHalted { Fetch: not 0 } e => Cancel(state, e.Transfer, e.Fetch, node),
                HopEnded { Fetch: not 0, Succeeded: false } e => Cancel(state, e.Transfer, e.Fetch, node),
                ExchangeOrdered e when e.Exchange.Node == node => ExchangeOrders.Begin(state, e.Exchange),
                ExchangeEnded { State: ExchangeState.Cancelled } e when state.Exchanges.All[e.Exchange].Node == node => ExchangeOrders.Cancel(e.Exchange),
                RelayCleared e when e.Node == node => new() { Drop = new() { Root = e.Root.Value } },
                ReplicasForgotten e when e.Holders.Contains(node) => new() { Drop = new() { Root = e.Root.Value } },
                _ => null,
            };
            if (order is not null)
                yield return order;
            foreach (var seal in SealOrders.Of(state, happened, node, tickets))
                yield return seal;
        }
    }

    private static bool IsAt(DomainState state, AttemptId attempt, NodeId node) =>
        state.Jobs.Current(attempt)?.Live?.Node == node;

    private static ToAgent? Of(DomainState state, TaskState? task) => task switch
    {
        Dispatched d => new() { Start = Start(state, d.Attempt) },
        Stopping s => new() { Stop = new() { Key = s.Attempt.Id.ToWire(), Reason = s.Reason } },
        _ => null,
    };

    /// <summary>To whom the fetch was given is not remembered; a depot that never had it shrugs.</summary>
    private static ToAgent? Cancel(DomainState state, long transfer, long fetch, NodeId node) =>
        state.Data.Transfers[transfer].Hops.Any(h => h.To == node)
            ? new() { CancelFetch = new() { Transfer = fetch } }
            : null;

    private static ToAgent Fetch(DomainState state, Transfer transfer, Hop hop, IDepotTickets tickets)
    {
        var window = hop.Windows[hop.Window];
        var name = transfer.NameOf(hop) ?? hop.Root;
        var fetch = new FetchDataset { Transfer = hop.Fetch, Root = name.Value, Bytes = hop.Size.Bytes };
        if (hop.IsSealed && transfer.IsTarget(hop) && transfer.SealBy(hop.Root, hop.Sealer)?.KeyFor(hop.To) is { } key)
        {
            (fetch.Root, fetch.SealedRoot, fetch.Sealer) = (hop.Root.Value, name.Value, hop.Sealer.Value);
            fetch.Key = ByteString.FromBase64(key.Text);
        }

        fetch.Sources.AddRange(window.Sources.Select((source, index) => new FetchSource
        {
            Circuit = TransferRules.CircuitNumber(hop.Fetch, index),
            Url = state.Sites.Nodes.TryGetValue(source.From, out var from) ? from.DepotUrl : "",
            Agent = source.From.Value,
            Ticket = tickets.ForReading(name, source.From),
            BitsPerSecond = source.Rate.BitsPerSecond,
            Peer = transfer.IsPeer(state.Data, hop, window, source),
        }));
        if (!fetch.Sources.Any(s => s.Peer))
            return new() { Fetch = fetch };

        // All receivers number each other alike, so that each begins with another share.
        var receivers = window.Sources.Where(s => transfer.IsPeer(state.Data, hop, window, s)).Select(s => s.From).Append(hop.To).Order().ToList();
        (fetch.SwarmIndex, fetch.SwarmCount) = (receivers.IndexOf(hop.To), receivers.Count);
        return new() { Fetch = fetch };
    }

    private static StartAttempt Start(DomainState state, Attempt attempt)
    {
        var job = state.Jobs.Jobs[attempt.Id.Job];
        var spec = job.Spec;
        var start = new StartAttempt
        {
            Key = attempt.Id.ToWire(),
            Container = spec.Container,
            CpuMillicores = attempt.Amount.CpuMillicores,
            MemoryBytes = attempt.Amount.Memory.Bytes,
            DiskBytes = attempt.Amount.Disk.Bytes,
            TimeoutMilliseconds = (long)spec.Timeout.TotalMilliseconds,
            Sandbox = spec.Constraints.Isolation == Isolation.Sandbox,
            AllowNetwork = spec.Constraints.AllowsNetwork || spec.Service is not null,
            TaskCount = spec.TaskCount,
            IsService = spec.Service is not null,
            ServicePort = spec.Service?.Port ?? 0,
            HealthPath = spec.Service?.HealthPath ?? "",
            OutputBytesMax = attempt.Amount.Disk.Bytes,
            LogBytesMax = LogBytesMax,
            JobName = spec.Name,
        };
        start.Command.AddRange(spec.Command);
        foreach (var variable in spec.Environment)
            start.Environment[variable.Name] = variable.Value;
        foreach (var input in spec.Inputs)
        {
            foreach (var part in state.Data.FindAt(job.Project, input.Dataset, attempt.Node)?.Parts ?? [])
                start.Inputs.Add(new InputMount { Dataset = input.Dataset, Root = part.Root.Value, Mount = input.Mount });
        }

        start.Outputs.AddRange(spec.Outputs.Select(o => new OutputPath { Name = o.Name, Path = o.Path }));
        return start;
    }
}
