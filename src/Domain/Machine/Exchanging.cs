using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>The life of exchanges with the world outside: taken in, ended by a depot's word or by their owner's.</summary>
internal static class Exchanging
{
    /// <summary>How many exchanges of one project may be open.</summary>
    private const int OpenCountMax = 64;

    private static readonly DatasetPart Nothing = new(new(""), DataSize.Zero, FileCount: 0);

    internal static Decision Order(DomainState state, OrderExchange c, DateTimeOffset now)
    {
        var key = c.Request.IdempotencyKey;
        if (key.Value.Length > 0 && state.Exchanges.ByKey.TryGetValue(key, out var made))
            return new([], Fault: null, made);
        if (FaultOf(state, c) is { } fault)
            return new([], fault, Value: 0);
        var id = state.Exchanges.All.Count + 1;
        var content = c.Request.Direction == ExchangeDirection.Export ? SizeOf(state, c.Request) : Nothing;
        return Decision.Of(
            [new ExchangeOrdered(new(id, c.Request, c.Node, ExchangeState.Moving, content, c.Request.Version, now, EndedAt: null, Reason: null))], id);
    }

    internal static Decision Cancel(DomainState state, CancelExchange c, DateTimeOffset now)
    {
        if (!state.Exchanges.All.TryGet(c.Exchange, out var exchange))
            return Decision.Refuse("no-such-exchange", c.Exchange);
        return exchange.IsOpen
            ? Decision.Of(new ExchangeEnded(c.Exchange, ExchangeState.Cancelled, exchange.Content, exchange.Version, Reason: null, now))
            : Decision.Nothing;
    }

    internal static Decision Report(DomainState state, ReportExchange c, DateTimeOffset now)
    {
        if (!state.Exchanges.All.TryGet(c.Exchange, out var exchange) || exchange.Node != c.Node)
            return Decision.Nothing;
        if (!exchange.IsOpen)
            return Late(state, exchange, c);
        if (c.Failure is not null)
            return Decision.Of(new ExchangeEnded(c.Exchange, ExchangeState.Failed, exchange.Content, exchange.Version, c.Failure, now));
        if (exchange.Request.Direction == ExchangeDirection.Export)
            return Decision.Of(new ExchangeEnded(c.Exchange, ExchangeState.Done, exchange.Content, exchange.Version, Reason: null, now));

        var registered = DataRules.Decide(
            state.Data, new RegisterDataset(exchange.Request.Dataset, c.Content, exchange.Request.Sovereignty, c.Node), now);
        return registered.Fault is not null
            ? registered
            : Decision.Of([.. registered.Events, new ExchangeEnded(c.Exchange, ExchangeState.Done, c.Content, (int)registered.Value, Reason: null, now)], c.Exchange);
    }

    /// <summary>The node will not come back: what it was at fails. One that is only away goes on when it is back.</summary>
    internal static void GiveUp(Draft draft, NodeId node, string reason)
    {
        foreach (var exchange in draft.State.Exchanges.Moving.Where(e => e.Node == node).ToList())
            draft.Add(new ExchangeEnded(exchange.Id, ExchangeState.Failed, exchange.Content, exchange.Version, Reason.Of(reason, node), draft.Now));
    }

    private static Fault? FaultOf(DomainState state, OrderExchange c)
    {
        var request = c.Request;
        if (!Names.IsValid(request.Dataset.Name))
            return Fault.Of("bad-name", request.Dataset.Name);
        if (OutsideRules.FaultOf(request) is { } wrong)
            return wrong;
        if (!state.Sites.Nodes.TryGetValue(c.Node, out var node) || node.State != NodeState.Ready)
            return Fault.Of("node-not-ready", c.Node);
        if (state.Exchanges.Moving.Count(e => e.Request.Project == request.Project) >= OpenCountMax)
            return Fault.Of("exchanges-full", request.Project, OpenCountMax);
        return request.Direction == ExchangeDirection.Import ? LawFault(state, c) : ExportFault(state, c);
    }

    private static Fault? LawFault(DomainState state, OrderExchange c)
    {
        var law = state.Sites.Sites[c.Node.Site].Sovereignty;
        return c.Request.Sovereignty.Length == 0 || c.Request.Sovereignty == law
            ? null
            : Fault.Of("sovereignty", c.Request.Dataset, c.Request.Sovereignty, c.Node.Site, law);
    }

    private static Fault? ExportFault(DomainState state, OrderExchange c)
    {
        if (state.Data.Find(c.Request.Dataset, c.Request.Version) is not { } version)
            return Fault.Of("no-such-dataset", c.Request.Dataset);
        if (version.Sovereignty.Length > 0)
            return Fault.Of("export-sovereignty", c.Request.Dataset, version.Sovereignty);
        return version.Parts.All(p => state.Data.HoldersOf(p.Root).Contains(c.Node)) ? null : Fault.Of("no-replica", c.Node);
    }

    private static DatasetPart SizeOf(DomainState state, ExchangeRequest request)
    {
        var version = state.Data.Find(request.Dataset, request.Version)!;
        return new(new(""), version.Size, version.Parts.Sum(p => p.FileCount));
    }

    /// <summary>An import that was cancelled came all the same: the depot may drop it, unless somebody names the content.</summary>
    private static Decision Late(DomainState state, Exchange exchange, ReportExchange c) =>
        exchange.Request.Direction == ExchangeDirection.Import && exchange.State != ExchangeState.Done && c.Failure is null
            && !state.Data.HoldersOf(c.Content.Root).Contains(c.Node) && !state.Data.OpenHopsTo(c.Node).Any(o => o.Hop.Root == c.Content.Root)
            ? Decision.Of(new RelayCleared(c.Content.Root, c.Node))
            : Decision.Nothing;
}
