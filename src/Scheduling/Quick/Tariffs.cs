using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Quick;

/// <summary>What power costs and emits at a site in this hour, as floating point, for scores.</summary>
/// <param name="PowerPrice">The price of a kilowatt-hour.</param>
/// <param name="Carbon">Grams for a kilowatt-hour.</param>
/// <param name="CarbonMin">The least of them in any hour in which an input that is ordered now can arrive.</param>
internal readonly record struct Tariff(double PowerPrice, double Carbon, double CarbonMin);

/// <summary>What each pool asks and each site emits, side by side, for all shapes.</summary>
internal sealed class Tariffs
{
    private const int HourCount = 24;

    private readonly Terrain _terrain;
    private readonly PoolTariff[] _pools;
    private readonly Tariff[] _sites;
    private readonly double[] _carbon;

    internal Tariffs(Terrain terrain)
    {
        _terrain = terrain;
        _sites = new Tariff[terrain.Sites.Length];
        _pools = [.. terrain.Pools.Select((pool, index) => new PoolTariff(pool, terrain.Sites[terrain.SiteOfPool[index]].Pue))];
        _carbon = [.. terrain.Sites.SelectMany(site => site.CarbonByHour)];
    }

    /// <summary>The run time at the pool of a second on the reference machine.</summary>
    internal double Slowness(int pool) => _pools[pool].Slowness;

    internal ref readonly Tariff At(int site) => ref _sites[site];

    internal double CarbonAt(int site, int hour) => _carbon[(site * HourCount) + hour];

    /// <summary>Sets the hour of the day.</summary>
    internal void Turn(int hour)
    {
        for (var site = 0; site < _sites.Length; site++)
        {
            var least = CarbonAt(site, hour);
            for (var ahead = 1; ahead <= SlotCalendar.HourCount; ahead++)
                least = Math.Min(least, CarbonAt(site, (hour + ahead) % HourCount));
            _sites[site] = new((double)_terrain.Sites[site].PowerPriceByHour[hour], CarbonAt(site, hour), least);
        }
    }

    /// <summary>
    /// The price of a second of a task without energy, and the kilowatt-hours that it draws in it; <see cref="Pricing"/> has the formulas.
    /// </summary>
    internal (double Compute, double KilowattHours) Of(int pool, Shape shape)
    {
        ref readonly var of = ref _pools[pool];
        var perHour = (shape.Cores * of.CoreHour) + (shape.Gibibytes * of.GibibyteHour);
        if (shape.Count > 0)
            perHour += of.AcceleratorHour * shape.Count * shape.Milli / 1000d;
        return (perHour / 3600, shape.Cores * of.WattsPerCore * of.Pue / 1000d / 3600);
    }

    private readonly struct PoolTariff(QuickPool of, double pue)
    {
        internal readonly double CoreHour = (double)of.Pool.CpuCoreHour;
        internal readonly double GibibyteHour = (double)of.Pool.MemoryGibHour;
        internal readonly double AcceleratorHour = of.Accelerators is { } ones ? (double)Pricing.AcceleratorHour(of.Pool, ones.Model) : 0;
        internal readonly double WattsPerCore = of.Pool.WattsPerCore;
        internal readonly double Pue = pue;
        internal readonly double Slowness = 1 / of.Pool.Speed;
    }
}
