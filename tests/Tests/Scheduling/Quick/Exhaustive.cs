using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Scheduling.Quick;

namespace Meridian.Tests.Scheduling.Quick;

/// <summary>A placement that is possible, with the formulas of docs/scheduling.md worked out one by one.</summary>
internal sealed record Possibility(int Pool, int Way, double Price, long Ready, long Finish, double Carbon, double Score);

/// <summary>
/// Keeps what is free by the answers of the quick path alone, and tries every pool and every way for a job. Nothing here is
/// shared with the quick path but the links of its ways and the rules of prices.
/// </summary>
internal sealed class Exhaustive
{
    private const long Slot = 5_000;

    private readonly QuickWorld _world;
    private readonly NodeModel[][] _nodes;
    private readonly Dictionary<(int Link, long Slot), long> _held = [];

    internal Exhaustive(QuickWorld world)
    {
        _world = world;
        _nodes = [.. world.Path.Pools.Select(pool => Enumerable.Range(0, pool.NodeCount).Select(_ => new NodeModel(pool)).ToArray())];
    }

    internal List<Possibility> All(QuickJob job)
    {
        var (path, now) = (_world.Path, _world.Now);
        var (demand, taskCount) = _world.Shapes[job.Shape];
        var all = new List<Possibility>();
        for (var pool = 0; pool < path.Pools.Length; pool++)
        {
            if (!IsAllowed(job, pool) || !HasRoom(pool, demand, taskCount))
                continue;
            var (site, terms) = (path.Sites[path.SiteOf(pool)], path.Pools[pool].Pool);
            foreach (var (way, transport, ready) in Ways(job, path.SiteOf(pool)))
            {
                var run = Math.Min(job.DurationSeconds / terms.Speed, job.TimeoutSeconds);
                var perSecond = PerSecond(pool, demand);
                var price = ((double)perSecond * run) + (transport / taskCount);
                var finish = ready + (long)Math.Ceiling(1000 * (job.IsService ? job.TimeoutSeconds : run));
                var costMax = (Math.Ceiling((double)perSecond * job.TimeoutSeconds * 1e6) * taskCount) + Math.Ceiling(transport * 1e6);
                if ((job.Deadline > 0 && finish > job.Deadline) || (job.BudgetMicros > 0 && costMax > job.BudgetMicros))
                    continue;
                var carbon = Pricing.CarbonGrams(site, terms, demand, At(ready), TimeSpan.FromSeconds(run));
                all.Add(new(pool, way, price, ready, finish, carbon, Score(job, price, (finish - now) / 1000d, carbon)));
            }
        }

        return all;
    }

    /// <summary>Takes what the placement holds; says what it takes that is not there.</summary>
    internal IEnumerable<string> Take(QuickJob job, QuickPlacement placement)
    {
        var (demand, taskCount) = _world.Shapes[job.Shape];
        var seats = _world.SeatsOf(placement.Holding);
        if (seats.Sum(s => s.TaskCount) != taskCount)
            yield return "not every task has a seat";
        foreach (var seat in seats)
        {
            var node = _nodes[placement.Pool][seat.Node - _world.Path.FirstNodeOf(placement.Pool)];
            if (taskCount == 1 && Tightest(placement.Pool, demand) is var least && node.Leftover(demand) > least + 1e-5)
                yield return $"a node with {node.Leftover(demand)} left over and not {least}";
            if (!node.Shift(demand, seat, -1))
                yield return $"node {seat.Node} is overcommitted";
        }

        var circuit = placement.Circuit;
        var links = _world.Path.LinksOf(circuit).ToArray();
        for (var slot = circuit.Start / Slot; circuit.Mbps > 0 && slot <= (circuit.Finish - 1) / Slot; slot++)
        {
            foreach (var link in links)
            {
                _held[(link, slot)] = HeldOn(link, slot) + circuit.Mbps;
                if (HeldOn(link, slot) > CapacityOf(link))
                    yield return $"link {link} is overcommitted";
            }
        }

        if (circuit.Mbps > 0 && circuit.Mbps * 125d * (circuit.Finish - circuit.Start) < job.InputBytes)
            yield return "the circuit is too short for the bytes";
    }

    internal void Return(QuickJob job, int pool, IEnumerable<QuickSeat> seats)
    {
        foreach (var seat in seats)
            _nodes[pool][seat.Node - _world.Path.FirstNodeOf(pool)].Shift(_world.Shapes[job.Shape].Demand, seat, 1);
    }

    private bool IsAllowed(QuickJob job, int pool)
    {
        var (path, site) = (_world.Path, _world.Path.Sites[_world.Path.SiteOf(pool)]);
        return !path.Pools[pool].Pool.IsDraining
            && (job.Sovereignties == 0 || (job.Sovereignties & path.SovereigntyMask(site.Sovereignty)) != 0)
            && (job.Regions == 0 || (job.Regions & path.RegionMask(site.Region)) != 0)
            && (job.Providers == 0 || (job.Providers & path.ProviderMask(site.Provider)) != 0)
            && (job.LatencyMicrosecondsMax == 0 || path.LatencyMicroseconds(path.SiteOf(pool), job.UserSite) <= job.LatencyMicrosecondsMax);
    }

    private bool HasRoom(int pool, ResourceDemand demand, int taskCount) => _nodes[pool].Sum(node => (long)node.Slots(demand)) >= taskCount;

    private double Tightest(int pool, ResourceDemand demand) =>
        _nodes[pool].Where(n => n.Slots(demand) > 0).Select(n => n.Leftover(demand)).DefaultIfEmpty(double.MaxValue).Min();

    private decimal PerSecond(int pool, ResourceDemand demand)
    {
        var (path, ones) = (_world.Path, _world.Path.Pools[pool]);
        var accelerators = demand.Accelerators is { } wanted
            ? Pricing.AcceleratorHour(ones.Pool, ones.Accelerators!.Model) * wanted.Count * wanted.FractionMilli / 1000m
            : 0;
        return Pricing.PerSecond(path.Sites[path.SiteOf(pool)], ones.Pool, demand, accelerators, At(_world.Now)).Amount;
    }

    private double Score(QuickJob job, double price, double seconds, double carbon)
    {
        if (job.Objective != Objective.Balanced)
            return job.Objective switch { Objective.Cheapest => price, Objective.Fastest => seconds, _ => carbon };
        var (path, now) = (_world.Path, _world.Now);
        var (demand, taskCount) = _world.Shapes[job.Shape];
        var suited = Enumerable.Range(0, path.Pools.Length).Where(pool => !path.Pools[pool].Pool.IsDraining && SuitsIdle(pool, demand, taskCount)).ToList();
        double Mean(Func<int, double> of) => suited.Average(of);
        var meanPrice = Mean(p => (double)PerSecond(p, demand) / path.Pools[p].Pool.Speed) * job.DurationSeconds;
        var meanSeconds = Mean(p => 1 / path.Pools[p].Pool.Speed) * job.DurationSeconds;
        var meanCarbon = Mean(p => Pricing.CarbonGrams(
            path.Sites[path.SiteOf(p)], path.Pools[p].Pool, demand, At(now), TimeSpan.FromSeconds(job.DurationSeconds)) / path.Pools[p].Pool.Speed);
        if (job.InputBytes > 0)
        {
            var reachable = Enumerable.Range(0, path.Sites.Length).Where(s => s == job.InputSite || path.WayBetween(job.InputSite, s, 0).Length > 0);
            meanPrice += reachable.Average(s => PriceOf(path.WayBetween(job.InputSite, s, 0))) * job.InputBytes / 1e9 / taskCount;
            meanSeconds += Hold(job.InputBytes, 10_000) / 1000d;
        }

        return Share(price, meanPrice) + Share(seconds, meanSeconds) + Share(carbon, meanCarbon);
    }

    private bool SuitsIdle(int pool, ResourceDemand demand, int taskCount) =>
        (long)new NodeModel(_world.Path.Pools[pool]).Slots(demand) * _world.Path.Pools[pool].NodeCount >= taskCount;

    private IEnumerable<(int Way, double Price, long Ready)> Ways(QuickJob job, int site)
    {
        if (job.InputBytes == 0)
            return [(0, 0, _world.Now)];
        if (job.InputSite == site)
            return [(0, 0, _world.Now + Hold(job.InputBytes, 10_000))];
        var ways = new List<(int, double, long)>();
        for (var way = 0; way < 3; way++)
        {
            var links = _world.Path.WayBetween(job.InputSite, site, way).ToArray();
            if (links.Length > 0 && Arrival(links, job.InputBytes) is { } ready)
                ways.Add((way, PriceOf(links) * job.InputBytes / 1e9, ready));
        }

        return ways;
    }

    private long? Arrival(int[] links, long bytes)
    {
        var rateMax = Math.Min(10_000, links.Min(CapacityOf));
        var isLong = Hold(bytes, rateMax) >= 60_000;
        long? best = null;
        for (var quarters = isLong ? 3 : 4; quarters > 0; quarters--)
        {
            var rate = rateMax * quarters / 4;
            var starts = Enumerable.Range(1, 4095).Select(i => ((_world.Now / Slot) + i) * Slot).Prepend(_world.Now);
            foreach (var start in rate > 0 ? starts : [])
            {
                var finish = start + Hold(bytes, rate);
                if (best <= finish)
                    break;
                if ((finish - 1) / Slot >= (_world.Now / Slot) + 4096 || !IsFree(links, rate, isLong, start, finish))
                    continue;
                best = finish;
                break;
            }
        }

        return best;
    }

    private bool IsFree(int[] links, long rate, bool isLong, long start, long finish)
    {
        for (var slot = start / Slot; slot <= (finish - 1) / Slot; slot++)
        {
            foreach (var link in links)
            {
                var capacity = CapacityOf(link);
                if (HeldOn(link, slot) + rate > (isLong ? Math.Max(rate, capacity - (capacity / 4)) : capacity))
                    return false;
            }
        }

        return true;
    }

    private long HeldOn(int link, long slot) => _held.GetValueOrDefault((link, slot));

    private long CapacityOf(int link) => _world.Topology.Links[link].Capacity.BitsPerSecond / 1_000_000;

    private double PriceOf(ReadOnlySpan<int> links)
    {
        var price = 0d;
        foreach (var link in links)
            price += (double)_world.Topology.Links[link].PricePerGigabyte.Amounts[0];
        return price;
    }

    private static long Hold(long bytes, long mbps) => (long)Math.Ceiling((bytes * 8 / (mbps * 1e6) * 1.05 * 1000) + 250);

    private static double Share(double amount, double mean) => mean > 0 ? amount / mean : 0;

    private static DateTimeOffset At(long moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment);

    /// <summary>What is free of a node.</summary>
    private sealed class NodeModel(QuickPool pool)
    {
        private readonly int[] _accelerators = [.. Enumerable.Repeat(1000, pool.Accelerators?.Count ?? 0)];
        private long _millicores = pool.Node.CpuMillicores;
        private long _memory = pool.Node.Memory.Bytes;
        private long _disk = pool.Node.Disk.Bytes;

        internal int Slots(ResourceDemand demand)
        {
            var slots = Math.Min(Times(_millicores, demand.CpuMillicores), Math.Min(Times(_memory, demand.Memory.Bytes), Times(_disk, demand.Disk.Bytes)));
            if (demand.Accelerators is not { } wanted)
                return slots;
            var has = pool.Accelerators;
            if (has is null || has.Memory < wanted.Memory || (wanted.Model.Length > 0 && wanted.Model != has.Model) || (wanted.Class.Length > 0 && wanted.Class != has.Class))
                return 0;
            return Math.Min(slots, wanted.FractionMilli < 1000
                ? _accelerators.Sum(free => free / wanted.FractionMilli)
                : _accelerators.Count(free => free == 1000) / wanted.Count);
        }

        /// <summary>The scheduler's own measure of a tight fit.</summary>
        internal double Leftover(ResourceDemand demand)
        {
            var left = Share(_millicores, pool.Node.CpuMillicores) + Share(_memory, pool.Node.Memory.Bytes) + Share(_disk, pool.Node.Disk.Bytes);
            return left + ((demand.Accelerators is null ? 4 : 1) * Share(_accelerators.Sum(), _accelerators.Length * 1000));
        }

        /// <summary>Takes (-1) or gives back (1) what the seat holds; whether that was there.</summary>
        internal bool Shift(ResourceDemand demand, QuickSeat seat, int sign)
        {
            _millicores += sign * (long)seat.TaskCount * demand.CpuMillicores;
            _memory += sign * seat.TaskCount * demand.Memory.Bytes;
            _disk += sign * seat.TaskCount * demand.Disk.Bytes;
            var shares = 0;
            for (var i = 0; i < 8; i++)
            {
                if ((seat.Accelerators >> i & 1) == 0)
                    continue;
                _accelerators[i] += sign * seat.Milli;
                shares += seat.Milli;
            }

            var wanted = demand.Accelerators is { } a ? a.Count * a.FractionMilli * seat.TaskCount : 0;
            return _millicores >= 0 && _memory >= 0 && _disk >= 0 && shares == wanted && _accelerators.All(free => free is >= 0 and <= 1000);
        }

        private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;

        private static int Times(long room, long need) => need <= 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, room / need);
    }
}
