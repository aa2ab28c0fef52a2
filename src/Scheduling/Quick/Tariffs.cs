using Meridian.Domain.Sites;

namespace Meridian.Scheduling.Quick;

/// <summary>What power costs and emits at every site in this hour, as floating point, for scores.</summary>
internal sealed class Tariffs
{
    private const int HourCount = 24;

    private readonly Terrain _terrain;
    private readonly double[] _slowness;
    private readonly double[] _carbon;

    internal Tariffs(Terrain terrain)
    {
        _terrain = terrain;
        var count = terrain.Sites.Length;
        (PowerPrice, Carbon, CarbonMin) = (new double[count], new double[count], new double[count]);
        _slowness = [.. terrain.Pools.Select(pool => 1 / pool.Pool.Speed)];
        _carbon = [.. terrain.Sites.SelectMany(site => site.CarbonByHour)];
    }

    /// <summary>The price of a kilowatt-hour at each site.</summary>
    internal double[] PowerPrice { get; }

    /// <summary>Grams for a kilowatt-hour at each site.</summary>
    internal double[] Carbon { get; }

    /// <summary>The least of them in any hour in which an input that is ordered now can arrive.</summary>
    internal double[] CarbonMin { get; }

    /// <summary>The run time at the pool of a second on the reference machine.</summary>
    internal double Slowness(int pool) => _slowness[pool];

    internal double CarbonAt(int site, int hour) => _carbon[(site * HourCount) + hour];

    /// <summary>Sets the hour of the day.</summary>
    internal void Turn(int hour)
    {
        for (var site = 0; site < PowerPrice.Length; site++)
        {
            PowerPrice[site] = (double)_terrain.Sites[site].PowerPriceByHour[hour];
            Carbon[site] = CarbonMin[site] = CarbonAt(site, hour);
            for (var ahead = 1; ahead <= SlotCalendar.HourCount; ahead++)
                CarbonMin[site] = Math.Min(CarbonMin[site], CarbonAt(site, (hour + ahead) % HourCount));
        }
    }

    /// <summary>
    /// The price of an hour of a task without energy, and the power that it draws; <see cref="Pricing"/> has the formulas.
    /// </summary>
    internal static (double PerHour, double Kilowatts) Of(Shape shape, QuickPool of, Site site)
    {
        var (pool, cores) = (of.Pool, shape.Demand.CpuMillicores / 1000d);
        var perHour = (cores * (double)pool.CpuCoreHour) + ((double)shape.Demand.Memory.Gibibytes * (double)pool.MemoryGibHour);
        if (shape.Demand.Accelerators is { } wanted)
            perHour += (double)Pricing.AcceleratorHour(pool, of.Accelerators!.Model) * wanted.Count * wanted.FractionMilli / 1000d;
        return (perHour, cores * pool.WattsPerCore * site.Pue / 1000d);
    }
}
