using Meridian.Domain.Exchanges;
using Meridian.Domain.Machine;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>Exchanges with the world outside, in the words of the wire.</summary>
internal static class ExchangeOrders
{
    internal static ToAgent Begin(DomainState state, Exchange exchange)
    {
        var request = exchange.Request;
        var order = new ExchangeOrder
        {
            Exchange = exchange.Id,
            Export = request.Direction == ExchangeDirection.Export,
            Url = request.Place.Url,
            Endpoint = request.Place.Endpoint,
            Store = request.Place.Store,
            Project = request.Project.Value,
            Sha256 = request.Sha256,
        };
        if (order.Export)
            order.Roots.AddRange(state.Data.Find(request.Dataset, request.Version)?.Parts.Select(p => p.Root.Value) ?? []);
        return new() { Exchange = order };
    }

    internal static ToAgent Cancel(long exchange) => new() { CancelExchange = new() { Exchange = exchange } };
}
