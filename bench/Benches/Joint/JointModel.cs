using System.Collections.Immutable;
using Meridian.Optimisation.Batches;

namespace Meridian.Benches.Joint;

/// <summary>One way to run a job: the site, the links of its input and the rate, and what that comes to without waiting.</summary>
internal sealed record JointMode(int Site, ImmutableArray<int> Links, long Mbps, double HoldSeconds, double RunSeconds, double Price, double Grams)
{
    internal double Seconds => HoldSeconds + RunSeconds;
}

/// <summary>
/// The formulas of docs/scheduling.md for one instance, written here a second time and not by the scheduler's code: every site with
/// every simple way of at most seven links at a quarter, half and three quarters of what it carries. The objective is
/// <c>balanced</c>: price, time and carbon, each over its mean over the sites at their cheapest way, in thirds.
/// </summary>
internal sealed class JointModel
{
    private const int LinkCountMax = 7;

    private readonly JointInstance _instance;
    private readonly Dictionary<(int From, int To), List<ImmutableArray<int>>> _ways = [];
    private readonly List<(double Price, double Seconds, double Grams)> _means = [];

    internal JointModel(JointInstance instance)
    {
        _instance = instance;
        foreach (var job in instance.Jobs)
        {
            var modes = ModesOf(job).OrderBy(m => m.Site).ThenBy(m => m.Price).ThenByDescending(m => m.Mbps).ToList();
            var bySite = modes.GroupBy(m => m.Site).Select(g => g.First()).ToList();
            Modes.Add(modes);
            _means.Add((bySite.Average(m => m.Price), bySite.Average(m => m.Seconds), bySite.Average(m => m.Grams)));
        }
    }

    /// <summary>The ways of each job; those of a site lie together, the cheapest at the highest rate first.</summary>
    internal List<List<JointMode>> Modes { get; } = [];

    internal double CostOf(int job, JointMode mode, double finishSeconds) =>
        ((mode.Price / _means[job].Price) + (finishSeconds / _means[job].Seconds) + (mode.Grams / _means[job].Grams)) / 3;

    /// <summary>
    /// The batch in whole seconds. Rounded down, each plan of real times has one here that costs no more, so its optimum is a
    /// bound on all; rounded up, each plan here can be carried out.
    /// </summary>
    internal BatchProblem Problem(bool roundUp)
    {
        var capacities = _instance.Sites.SelectMany(s => new long[] { s.Cores, s.Accelerators })
            .Concat(_instance.Links.Select(l => (long)(l.Mbps - (l.Mbps / 4))));
        return new([.. capacities], [], [.. Modes.Select((modes, job) => ActivityOf(job, modes, roundUp))]);
    }

    private Activity ActivityOf(int job, List<JointMode> modes, bool roundUp)
    {
        var perSecond = 1 / _means[job].Seconds / 3;
        return new(
            [.. modes.Select(m => ModeOf(_instance.Jobs[job], m, CostOf(job, m, finishSeconds: 0), roundUp))], perSecond, int.MaxValue, CostLeftOut: 1_000);
    }

    private Mode ModeOf(JointJob job, JointMode mode, double cost, bool roundUp)
    {
        long Whole(double seconds) => (long)(roundUp ? Math.Ceiling(seconds) : Math.Floor(seconds));
        var (hold, run) = (Whole(mode.HoldSeconds), Whole(mode.RunSeconds));
        var draws = ImmutableArray.CreateBuilder<Draw>();
        draws.Add(new(2 * mode.Site, 0, hold + run, job.Cores));
        if (job.Accelerators > 0)
            draws.Add(new((2 * mode.Site) + 1, 0, hold + run, job.Accelerators));
        foreach (var link in mode.Links)
            draws.Add(new((2 * _instance.Sites.Count) + link, 0, hold, mode.Mbps));
        return new(hold + run, cost, draws.ToImmutable());
    }

    private IEnumerable<JointMode> ModesOf(JointJob job)
    {
        for (var site = 0; site < _instance.Sites.Count; site++)
        {
            if (!_instance.Suits(job, site))
                continue;
            if (job.InputGigabytes == 0 || job.Home == site)
            {
                yield return ModeOf(job, site, [], mbps: 0);
                continue;
            }

            foreach (var way in WaysBetween(job.Home, site))
            {
                var least = way.Min(l => _instance.Links[l].Mbps);
                for (var quarters = 3; quarters > 0; quarters--)
                    yield return ModeOf(job, site, way, least / 4 * quarters);
            }
        }
    }

    private JointMode ModeOf(JointJob job, int index, ImmutableArray<int> links, long mbps)
    {
        var site = _instance.Sites[index];
        var hours = job.Minutes / 60d / site.Speed;
        var kilowatts = job.Cores * JointInstance.WattsPerCore * site.Pue / 1000;
        var perHour = (job.Cores * (double)site.CoreHour) + (job.Accelerators * (double)site.AcceleratorHour) + (kilowatts * (double)site.PerKilowattHour);
        var transport = Math.Ceiling(links.Sum(l => (double)_instance.Links[l].PerGigabyte) * job.InputGigabytes * 1e6) / 1e6;
        var hold = mbps == 0 ? 0 : (job.InputGigabytes * 8_000d / mbps * 1.05) + 0.25;
        return new(
            index, links, mbps, hold, hours * 3600, (perHour * hours) + transport, kilowatts * hours * site.GramsPerKilowattHour);
    }

    private List<ImmutableArray<int>> WaysBetween(int from, int to)
    {
        if (!_ways.TryGetValue((from, to), out var ways))
            _ways.Add((from, to), ways = [.. Ways(from, to, [])]);
        return ways;
    }

    private IEnumerable<ImmutableArray<int>> Ways(int from, int to, ImmutableArray<int> before)
    {
        if (from == to)
            return [before];
        return before.Length == LinkCountMax
            ? []
            : Enumerable.Range(0, _instance.Links.Count)
                .Where(l => _instance.Links[l].From == from && before.All(b => _instance.Links[b].From != _instance.Links[l].To))
                .SelectMany(l => Ways(_instance.Links[l].To, to, before.Add(l)));
    }
}
