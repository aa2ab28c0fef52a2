using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Primitives;

namespace Meridian.Simulation;

/// <content>Clients that push data, take its name away, and exchange it with stores outside.</content>
public sealed partial class World
{
    /// <summary>Content comes to a depot, and then it is said to be there.</summary>
    private void Push(DatasetId dataset, string root, Action<RegisterDataset> say)
    {
        var agent = _agents[_luck.Next(_agents.Count)];
        agent.Depot.Content.Add(root);
        say(new(dataset, new(new(root), DataSize.FromMebibytes(5 + _luck.Next(80)), 1), "", agent.Node));
    }

    private void PlanExchange(int number)
    {
        var tenant = new ProjectId(Tenants[_luck.Next(Tenants.Length)]);
        var isExport = _luck.Chance(0.5);
        var dataset = DatasetId.Of(tenant, isExport ? $"data{_luck.Next(2)}" : "data" + (_luck.Chance(0.3) ? "0" : $"in{number}"));
        var key = new SecretHash("exchange-" + number.ToString(CultureInfo.InvariantCulture));
        var request = new ExchangeRequest(
            isExport ? ExchangeDirection.Export : ExchangeDirection.Import, tenant, "ann", dataset, isExport ? 1 : 0,
            new("file:///outside/" + number.ToString(CultureInfo.InvariantCulture), "", ""), "", "", key);
        var (luck, cancel) = (_luck.Next(_agents.Count), _luck.Chance(0.3) ? Between(0.5, 20) : default(TimeSpan?));
        At(Between(1, Options.Rough.TotalSeconds * 0.8), () =>
        {
            var holders = isExport ? Plane.State.Data.Find(dataset, 1)?.Parts.SelectMany(p => Plane.State.Data.HoldersOf(p.Root)).ToList() : null;
            var node = holders is { Count: > 0 } ? holders[luck % holders.Count] : _agents[luck].Node;
            AskUntilKnown(new OrderExchange(request, node), decision =>
            {
                if (decision.Fault is not null)
                    return;
                Checks.Ordered(key, decision.Value);
                if (cancel is { } wait)
                    After(wait, () => AskUntilKnown(new CancelExchange(decision.Value), _ => { }));
            });
        });
    }

    /// <summary>A dataset's name is taken away, again and again until nothing of it moves, and pushed anew some time later.</summary>
    private void PlanRemoval(int number)
    {
        var dataset = DatasetId.Of(new(Tenants[_luck.Next(Tenants.Length)]), $"data{_luck.Next(2)}");
        var again = _luck.Chance(0.7) ? Between(1, 60) : default(TimeSpan?);
        var root = _luck.Chance(0.5) ? $"root-{dataset.Project}-{dataset.Name[^1]}" : $"root-again-{number}";
        At(Between(10, Options.Rough.TotalSeconds * 0.9), () => Remove(dataset, attempts: 8, () =>
        {
            if (again is { } wait)
                After(wait, () => Push(dataset, root, command => AskUntilKnown(command, _ => { })));
        }));
    }

    private void Remove(DatasetId dataset, int attempts, Action known) => AskUntilKnown(new RemoveDataset(dataset), decision =>
    {
        if (decision.Fault is null)
            known();
        else if (attempts > 0)
            After(Between(1, 10), () => Remove(dataset, attempts - 1, known));
    });
}
