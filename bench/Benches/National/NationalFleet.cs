using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>An accelerator model of the generated fleet; price and speed are round numbers of a plausible order.</summary>
internal sealed record NationalModel(string Name, string Class, int Gibibytes, int PerNode, double HourPrice, double Speed, double Share);

/// <summary>
/// The pools of the generated sites: 10 at a core site, 5 at a regional one, 3 at the edge, of four nodes at least.
/// </summary>
internal static class NationalFleet
{
    /// <summary>The share of pools without accelerators.</summary>
    private const double PlainShare = 0.4;

    internal static readonly ImmutableArray<NationalModel> Models =
    [
        new("H800", "gpu", 80, 8, 12, 1.6, 0.15),
        new("A800", "gpu", 80, 8, 7, 1.2, 0.15),
        new("L40S", "gpu", 48, 8, 4.5, 1.1, 0.15),
        new("Ascend 910B", "npu", 64, 8, 6, 1.15, 0.2),
        new("Ascend 310P", "npu", 24, 4, 1.2, 0.7, 0.1),
        new("MLU370", "npu", 48, 8, 3, 0.8, 0.05),
        new("MTT S5000", "gpu", 80, 8, 5, 1, 0.1),
        new("P800", "npu", 96, 8, 5.5, 1.1, 0.1),
    ];

    internal static List<QuickPool> Pools(IReadOnlyList<NationalSite> sites, int nodeCount, ulong seed)
    {
        var draw = new Seed(seed);
        var pools = new List<(NationalSite Site, int Number, double Weight)>();
        foreach (var site in sites)
        {
            var (count, weight) = site.Tier switch { Tier.Core => (10, 100d), Tier.Region => (5, 55d), _ => (3, 30d) };
            for (var i = 0; i < count; i++)
                pools.Add((site, i, weight * (0.5 + draw.NextUnit())));
        }

        var scale = nodeCount / pools.Sum(p => p.Weight);
        return [.. pools.Select(p => Pool(p.Site, p.Number, Math.Max(4, (int)Math.Round(p.Weight * scale)), ref draw))];
    }

    private static QuickPool Pool(NationalSite site, int number, int nodeCount, ref Seed draw)
    {
        // The first pool of a site has no accelerators, so that there are cores everywhere.
        var model = number == 0 || draw.Chance(PlainShare) ? null : Pick(ref draw);
        var vary = 0.8 + (draw.NextUnit() * 0.4);
        var dearness = site.Tier switch { Tier.Core => 1d, Tier.Region => 1.1, _ => 1.3 } * (site.Site.PowerPriceByHour[4] < 0.5m ? 0.85 : 1);
        var (cores, gibibytes) = model is null ? (64 << draw.Next(2), 256 << draw.Next(2)) : (16 * model.PerNode, 128 * model.PerNode);
        ImmutableArray<AcceleratorPrice> prices = model is null ? [] : [new(model.Name, Amount(model.HourPrice * vary * dearness))];
        var speed = (model?.Speed ?? (0.8 + (draw.NextUnit() * 0.7))) * (0.95 + (draw.NextUnit() * 0.1));
        return new(
            new(
                new($"{site.Site.Id}/p{number.ToString(CultureInfo.InvariantCulture)}"), "container", Amount((model is null ? 0.06 : 0.12) * vary * dearness),
                Amount(0.008 * vary * dearness), prices, speed, model is null ? 6 : 35, IsDraining: false),
            nodeCount, new(cores * 1000L, DataSize.FromGibibytes(gibibytes), DataSize.FromGibibytes(4_000)),
            model is null ? null : new(model.Name, model.Class, DataSize.FromGibibytes(model.Gibibytes), model.PerNode));
    }

    private static NationalModel Pick(ref Seed draw)
    {
        var at = draw.NextUnit();
        foreach (var model in Models)
        {
            if ((at -= model.Share) < 0)
                return model;
        }

        return Models[^1];
    }

    private static decimal Amount(double amount) => Math.Round((decimal)amount, 6);
}
