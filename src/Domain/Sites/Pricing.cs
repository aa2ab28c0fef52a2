using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Domain.Sites;

/// <summary>What a task costs and emits on a pool. The writer charges by the same functions that the scheduler quotes by.</summary>
public static class Pricing
{
    /// <summary>The highest price of a unit of anything: what a job costs then stays far below the largest decimal.</summary>
    public const decimal PriceMax = 1_000_000m;

    /// <summary>Whether the price of a unit is from nothing to <see cref="PriceMax"/>.</summary>
    public static bool IsPrice(decimal price) => price is >= 0 and <= PriceMax;

    /// <summary>The price of one second of the task, energy included, in the hour of the time.</summary>
    public static Money PerSecond(Site site, Pool pool, ResourceDemand demand, DateTimeOffset at)
    {
        var cores = demand.CpuMillicores / 1000m;
        var compute = (cores * pool.CpuCoreHour) + (demand.Memory.Gibibytes * pool.MemoryGibHour);
        if (demand.Accelerators is { } accelerators)
        {
            var model = pool.AcceleratorHour.FirstOrDefault(
                a => string.Equals(a.Model, accelerators.Model, StringComparison.OrdinalIgnoreCase))
                ?? pool.AcceleratorHour.FirstOrDefault();
            compute += (model?.PerHour ?? 0) * accelerators.Count * accelerators.FractionMilli / 1000m;
        }

        var energy = (decimal)KilowattsOf(site, pool, demand) * site.PowerPriceByHour[at.UtcDateTime.Hour];
        return Money.Cny((compute + energy) / 3600m);
    }

    /// <summary>Grams of CO2 that the task emits when it runs from the time on for the duration.</summary>
    public static double CarbonGrams(Site site, Pool pool, ResourceDemand demand, DateTimeOffset at, TimeSpan duration) =>
        KilowattsOf(site, pool, demand) * duration.TotalHours * site.CarbonByHour[at.UtcDateTime.Hour];

    /// <summary>How long the task runs on the pool, by the tenant's estimate on the reference machine.</summary>
    public static TimeSpan RunTime(Pool pool, JobSpec spec) =>
        TimeSpan.FromSeconds(Math.Min(spec.Duration.TotalSeconds / pool.Speed, spec.Timeout.TotalSeconds));

    private static double KilowattsOf(Site site, Pool pool, ResourceDemand demand) =>
        demand.CpuMillicores / 1000d * pool.WattsPerCore * site.Pue / 1000d;
}
