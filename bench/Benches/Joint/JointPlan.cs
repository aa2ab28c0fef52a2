using System.Collections.Immutable;

namespace Meridian.Benches.Joint;

/// <summary>What a policy did with a job. Moments are seconds after the batch came.</summary>
/// <param name="Site">Where it ran.</param>
/// <param name="Links">The links of its circuit.</param>
/// <param name="Mbps">The rate of its circuit.</param>
/// <param name="Placed">From when it held its node.</param>
/// <param name="CircuitStart">From when it held its links.</param>
/// <param name="CircuitFinish">Until when.</param>
/// <param name="Finish">When it ended.</param>
internal sealed record JointPlacement(
    int Site, ImmutableArray<int> Links, long Mbps, double Placed, double CircuitStart, double CircuitFinish, double Finish);

/// <summary>A placement for each job, weighed and checked from the instance alone.</summary>
internal sealed class JointPlan(JointInstance instance, JointModel model, IReadOnlyList<JointPlacement> placements)
{
    private const double Rounded = 1e-3;

    /// <summary>The objective: the sum over the jobs.</summary>
    internal double Objective => Enumerable.Range(0, placements.Count).Sum(i => model.CostOf(i, ModeOf(i), placements[i].Finish));

    /// <summary>The mean price of a job in CNY.</summary>
    internal double Price => Enumerable.Range(0, placements.Count).Average(i => ModeOf(i).Price);

    /// <summary>The mean time from the beginning to the end of a job, in minutes.</summary>
    internal double Minutes => placements.Average(p => p.Finish) / 60;

    /// <summary>Every way in which the plan is not one.</summary>
    internal IEnumerable<string> Broken()
    {
        if (placements.Count != instance.Jobs.Count)
            yield return $"{placements.Count} of {instance.Jobs.Count} jobs were placed";
        for (var i = 0; i < placements.Count; i++)
        {
            var (job, placement) = (instance.Jobs[i], placements[i]);
            var mode = ModeOf(i);
            if (!instance.Suits(job, placement.Site))
                yield return $"job {i} does not fit its site";
            if (placement.Placed < -Rounded || placement.CircuitStart < placement.Placed - Rounded)
                yield return $"job {i} has its circuit before its place";
            if (placement.CircuitFinish - placement.CircuitStart < mode.HoldSeconds - Rounded)
                yield return $"the circuit of job {i} is too short";
            if (placement.Finish < placement.CircuitFinish + mode.RunSeconds - Rounded)
                yield return $"job {i} ends too soon";
        }

        for (var site = 0; site < instance.Sites.Count; site++)
        {
            var at = Enumerable.Range(0, placements.Count).Where(i => placements[i].Site == site).ToList();
            if (Peak(at.Select(i => (placements[i].Placed, placements[i].Finish, (long)instance.Jobs[i].Cores))) > instance.Sites[site].Cores
                || Peak(at.Select(i => (placements[i].Placed, placements[i].Finish, (long)instance.Jobs[i].Accelerators))) > instance.Sites[site].Accelerators)
                yield return $"site {site} is overcommitted";
        }

        for (var link = 0; link < instance.Links.Count; link++)
        {
            var over = placements.Where(p => p.Links.Contains(link)).Select(p => (p.CircuitStart, p.CircuitFinish, p.Mbps));
            if (Peak(over) > instance.Links[link].Mbps)
                yield return $"link {link} is overcommitted";
        }
    }

    /// <summary>The way of the model that the placement takes; there has to be one, or the bound would not hold for it.</summary>
    private JointMode ModeOf(int job) => model.Modes[job].First(
        m => m.Site == placements[job].Site && m.Mbps == placements[job].Mbps && m.Links.AsSpan().SequenceEqual(placements[job].Links.AsSpan()));

    private static long Peak(IEnumerable<(double From, double Until, long Amount)> held)
    {
        var (level, peak) = (0L, 0L);
        var changes = held.SelectMany(h => new[] { (At: h.From + Rounded, h.Amount), (At: h.Until, Amount: -h.Amount) });
        foreach (var (_, amount) in changes.OrderBy(c => c.At).ThenBy(c => c.Amount))
            peak = Math.Max(peak, level += amount);
        return peak;
    }
}
