using System.Collections.Immutable;
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

    /// <summary>
    /// The price of an accelerator of the model for an hour. One that the pool's list does not name costs as much as the
    /// dearest that it does name; where the list is empty, accelerators cost nothing.
    /// </summary>
    public static decimal AcceleratorHour(Pool pool, string model)
    {
        var listed = pool.AcceleratorHour.FirstOrDefault(a => string.Equals(a.Model, model, StringComparison.OrdinalIgnoreCase));
        return listed?.PerHour ?? pool.AcceleratorHour.Select(a => a.PerHour).DefaultIfEmpty(0).Max();
    }

    /// <summary>The price of the shares of the node's accelerators for an hour, by the model of each.</summary>
    public static decimal AcceleratorsHour(Pool pool, Node node, ImmutableArray<AcceleratorShare> shares) =>
        shares.Sum(share => AcceleratorHour(pool, node.Accelerators[share.Index].Model) * share.Milli / 1000m);

    /// <summary>
    /// The most that the accelerators of the demand can cost for an hour on one of the pool's nodes: what a task is quoted
    /// before it is known which it gets.
    /// </summary>
    public static decimal AcceleratorsHourMax(Pool pool, IEnumerable<Node> nodes, ResourceDemand demand)
    {
        if (demand.Accelerators is not { } wanted)
            return 0;
        var each = (wanted.Model.Length > 0 && wanted.OtherModels.IsEmpty) || pool.AcceleratorHour.Length <= 1
            ? AcceleratorHour(pool, wanted.Model)
            : nodes.SelectMany(node => node.Accelerators).Where(one => one.Suits(wanted)).Select(one => one.Model)
                .Distinct(StringComparer.OrdinalIgnoreCase).Select(model => AcceleratorHour(pool, model)).DefaultIfEmpty(0).Max();
        return each * wanted.Count * wanted.FractionMilli / 1000m;
    }

    /// <summary>
    /// The price of one second of the task, energy included, in the hour of the time. What its accelerators cost for an hour
    /// depends on which they are: see <see cref="AcceleratorsHour"/> and <see cref="AcceleratorsHourMax"/>.
    /// </summary>
    public static Money PerSecond(Site site, Pool pool, ResourceDemand demand, decimal acceleratorsHour, DateTimeOffset at)
    {
        var cores = demand.CpuMillicores / 1000m;
        var compute = (cores * pool.CpuCoreHour) + (demand.Memory.Gibibytes * pool.MemoryGibHour) + acceleratorsHour;
        var energy = (decimal)KilowattsOf(site, pool, demand) * site.PowerPriceByHour[at.UtcDateTime.Hour];
        return Money.Cny((compute + energy) / 3600m);
    }

    /// <summary>The price of one hour of so much of the pool, held whether used or not: without energy.</summary>
    public static Money HeldPerHour(Pool pool, Capacity amount, decimal acceleratorsHour) => Money.Cny(
        (amount.CpuMillicores / 1000m * pool.CpuCoreHour) + (amount.Memory.Gibibytes * pool.MemoryGibHour) + acceleratorsHour);

    /// <summary>The price of the energy of one second of the task, in the hour of the time: what it costs inside a reservation.</summary>
    public static Money EnergyPerSecond(Site site, Pool pool, ResourceDemand demand, DateTimeOffset at) =>
        Money.Cny((decimal)KilowattsOf(site, pool, demand) * site.PowerPriceByHour[at.UtcDateTime.Hour] / 3600m);

    /// <summary>Grams of CO2 that the task emits when it runs from the time on for the duration.</summary>
    public static double CarbonGrams(Site site, Pool pool, ResourceDemand demand, DateTimeOffset at, TimeSpan duration) =>
        KilowattsOf(site, pool, demand) * duration.TotalHours * site.CarbonByHour[at.UtcDateTime.Hour];

    /// <summary>How long the task runs on the pool, by a share of the tenant's estimate for the reference machine.</summary>
    public static TimeSpan RunTime(Pool pool, JobSpec spec, double share) =>
        TimeSpan.FromSeconds(Math.Min(spec.Duration.TotalSeconds * share / pool.Speed, spec.Timeout.TotalSeconds));

    private static double KilowattsOf(Site site, Pool pool, ResourceDemand demand) =>
        demand.CpuMillicores / 1000d * pool.WattsPerCore * site.Pue / 1000d;
}
