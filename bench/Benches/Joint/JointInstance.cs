using Meridian.Primitives;

namespace Meridian.Benches.Joint;

/// <summary>A site with one pool of one node. Prices are CNY, power is in watts a core.</summary>
internal sealed record JointSite(
    int Cores, int Accelerators, decimal CoreHour, decimal AcceleratorHour, double Speed, double Pue, double GramsPerKilowattHour,
    decimal PerKilowattHour);

/// <summary>A link in one direction.</summary>
internal sealed record JointLink(int From, int To, int Mbps, decimal PerGigabyte);

/// <summary>A job of one task; its input, if it has one, lies at its home.</summary>
internal sealed record JointJob(int Cores, int Accelerators, int Minutes, int InputGigabytes, int Home);

/// <summary>
/// A batch of jobs that are there at once, on sites that are too few for all of them. Drawn from a seed, uniformly unless said
/// otherwise: nodes of 16, 24 or 32 cores, every third with 4 or 8 accelerators; a core-hour at 0.5 to 2, an accelerator-hour at
/// 4 to 12, speeds of 0.7 to 1.6, none of them correlated; a ring of links and as many chords as half the sites, of 1, 2.5, 5 or
/// 10 Gbps at 0 to 0.04 a gigabyte. A job takes 4, 8, 12 or 16 cores for 20 to 180 minutes; a quarter of those take 1 to 4 accelerators as
/// well. Seven in ten have an input of 100 GB to 2 TB (log-uniform), half of them at one of two sites.
/// </summary>
internal sealed class JointInstance
{
    internal const double WattsPerCore = 10;

    private static readonly int[] Megabits = [1_000, 2_500, 5_000, 10_000];

    internal JointInstance(ulong seed, int siteCount, int jobCount)
    {
        (Number, var draw) = (seed, new Seed(seed));
        for (var i = 0; i < siteCount; i++)
            Sites.Add(Site(i, ref draw));
        for (var i = 0; i < siteCount; i++)
            Join(i, (i + 1) % siteCount, ref draw);
        for (var i = 0; i < siteCount / 2; i++)
            Join(draw.Next(siteCount), draw.Next(siteCount), ref draw);
        for (var i = 0; i < jobCount; i++)
            Jobs.Add(Job(siteCount, ref draw));
    }

    internal ulong Number { get; }

    internal List<JointSite> Sites { get; } = [];

    internal List<JointLink> Links { get; } = [];

    internal List<JointJob> Jobs { get; } = [];

    internal bool Suits(JointJob job, int site) => Sites[site].Cores >= job.Cores && Sites[site].Accelerators >= job.Accelerators;

    private static JointSite Site(int index, ref Seed draw) => new(
        16 + (8 * draw.Next(3)), index % 3 == 0 ? 4 + (4 * draw.Next(2)) : 0, Between(0.5, 2, ref draw), Between(4, 12, ref draw),
        Math.Round(0.7 + (0.9 * draw.NextUnit()), 3), 1.1 + (draw.Next(5) / 10d), 100 + draw.Next(600), Between(0.3, 0.9, ref draw));

    private static JointJob Job(int siteCount, ref Seed draw) => new(
        4 * (1 + draw.Next(4)), draw.Chance(0.25) ? 1 + draw.Next(4) : 0, 20 + draw.Next(161),
        draw.Chance(0.7) ? (int)(100 * Math.Pow(20, draw.NextUnit())) : 0, draw.Chance(0.5) ? draw.Next(2) : draw.Next(siteCount));

    private void Join(int one, int other, ref Seed draw)
    {
        var (mbps, price) = (Megabits[draw.Next(Megabits.Length)], Between(0, 0.04, ref draw));
        if (one == other || Links.Exists(l => l.From == one && l.To == other))
            return;
        Links.Add(new(one, other, mbps, price));
        Links.Add(new(other, one, mbps, price));
    }

    private static decimal Between(double low, double high, ref Seed draw) => Math.Round((decimal)(low + ((high - low) * draw.NextUnit())), 4);
}
