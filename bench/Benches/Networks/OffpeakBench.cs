using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Networking.Offpeak;
using Meridian.Primitives;

namespace Meridian.Benches.Networks;

/// <summary>Least cost before a deadline: against the exact program on small instances, and the time of a large one.</summary>
internal sealed class OffpeakBench : IBench
{
    private const int InstanceCount = 50;

    /// <inheritdoc/>
    public string Name => "offpeak";

    /// <inheritdoc/>
    public string Summary => "store and forward at the least cost, against the exact program [--transfers 1000] [--points 200] [--slots 96]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var ratios = new List<double>();
        for (var seed = 1UL; ratios.Count < InstanceCount; seed++)
        {
            var problem = Draw(seed, pointCount: 8, slotCount: 12, transferCount: 10);
            if (OffpeakExact.LeastCost(problem) is { } exact)
                ratios.Add(OffpeakPlanner.Plan(problem).Cost / exact);
        }

        figures["small_instances_count"] = ratios.Count;
        figures["small_cost_of_exact_median_ratio"] = Measured.Median(ratios);
        figures["small_cost_of_exact_worst_ratio"] = ratios.Max();

        var large = Draw(
            seed: 1, arguments.Number("--points", 200), arguments.Number("--slots", 96), arguments.Number("--transfers", 1_000));
        var (plan, time) = Measured.Of(() => OffpeakPlanner.Plan(large));
        figures["large_transfers_count"] = large.Transfers.Length;
        figures["large_wall_seconds"] = time.WallSeconds;
        figures["large_processor_seconds"] = time.ProcessorSeconds;
        figures["large_proven_gap_ratio"] = (plan.Cost - plan.Bound) / plan.Cost;
        figures["large_late_gigabytes"] = plan.LateGigabytes;
        figures["large_saved_against_sending_at_once_ratio"] = 1 - (plan.Cost / AtOnce(large));
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-46} {value,12:0.#####}"));
        return arguments.Finish(output, figures);
    }

    /// <summary>
    /// What it costs when each transfer moves without waiting along its path of fewest links, as far as there is room;
    /// capacity is not counted, so this is a low estimate.
    /// </summary>
    private static double AtOnce(OffpeakProblem problem)
    {
        // A network without any waiting: the deadline is the number of links of the shortest path.
        var sum = 0d;
        foreach (var transfer in problem.Transfers)
        {
            for (var last = transfer.FirstSlot; last <= transfer.LastSlot; last++)
            {
                var alone = problem with
                {
                    Transfers = [transfer with { LastSlot = last, Gigabytes = 1e-3 }],
                };
                var plan = OffpeakPlanner.Plan(alone);
                if (plan.LateGigabytes > 0)
                    continue;
                sum += plan.Cost * transfer.Gigabytes / 1e-3;
                break;
            }
        }

        return sum;
    }

    private static OffpeakProblem Draw(ulong seed, int pointCount, int slotCount, int transferCount)
    {
        var random = new Seed(seed);
        var links = new List<(int From, int To)>();
        for (var point = 0; point < pointCount; point++)
        {
            // A ring joins all; two chords from each point make it short.
            foreach (var other in (int[])[(point + 1) % pointCount, random.Next(pointCount), random.Next(pointCount)])
            {
                if (other != point)
                    links.AddRange([(point, other), (other, point)]);
            }
        }

        var (free, prices) = (new double[links.Count * slotCount], new double[links.Count * slotCount]);
        for (var link = 0; link < links.Count; link++)
        {
            var (dear, capacity) = (2 + (4 * random.NextUnit()), 50 + random.Next(100));
            for (var slot = 0; slot < slotCount; slot++)
            {
                var night = 0.5 + (0.5 * Math.Cos(2 * Math.PI * slot / slotCount));
                prices[(link * slotCount) + slot] = dear * (1 - (0.7 * night));
                free[(link * slotCount) + slot] = capacity * (0.3 + (0.7 * random.NextUnit()));
            }
        }

        return new()
        {
            PointCount = pointCount,
            SlotCount = slotCount,
            Links = [.. links],
            FreeGigabytes = free,
            PricePerGigabyte = prices,
            StoragePricePerGigabyteSlot = [.. Enumerable.Repeat(0.002, pointCount)],
            Transfers = [.. DrawTransfers(random, pointCount, slotCount, transferCount)],
        };
    }

    private static IEnumerable<OffpeakTransfer> DrawTransfers(Seed random, int pointCount, int slotCount, int count)
    {
        for (var i = 0; i < count; i++)
            yield return DrawTransfer(ref random, pointCount, slotCount);
    }

    private static OffpeakTransfer DrawTransfer(ref Seed random, int pointCount, int slotCount)
    {
        var from = random.Next(pointCount);
        var first = random.Next(slotCount / 2);
        var last = Math.Min(slotCount - 1, first + (slotCount / 4) + random.Next(slotCount / 2));
        return new(from, (from + 1 + random.Next(pointCount - 1)) % pointCount, 10 + random.Next(90), first, last);
    }
}
