using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>Jobs that are handed in together and ask for the same.</summary>
internal readonly record struct Submission(QuickJob Job, int Count);

/// <summary>
/// What tenants hand in. Of the jobs 45 % are members of batch arrays (40 each on average), 15 % frames of renderings (100),
/// 12 % analyses of a dataset at a home site (log-normal, median 2 GB, at most 10 TB), 18.5 % services with users within 2 to
/// 20 ms, 8 % tunings on one to eight accelerators, and 1.5 % gangs of 2 to 16 nodes of eight accelerators.
/// </summary>
internal sealed class JobMix
{
    private static readonly (double JobShare, int MeanCount)[] Kinds = [(0.45, 40), (0.15, 100), (0.12, 1), (0.185, 2), (0.08, 2), (0.015, 1)];

    private readonly QuickPath _path;
    private readonly (ulong Mainland, ulong Government, ulong Finance, ulong HongKong) _laws;
    private readonly SortedDictionary<int, double> _hourPrice = [];
    private readonly double _weight = Kinds.Sum(k => k.JobShare / k.MeanCount);
    private Seed _seed;

    internal JobMix(QuickPath path, ulong seed)
    {
        (_path, _seed) = (path, new(seed));
        _laws = (Law("cn") | Law("cn-gov") | Law("cn-fin"), Law("cn-gov"), Law("cn-fin"), Law("hk") | Law("cn"));
        DeclareShapes();
    }

    /// <summary>By how much accelerators are used longer than drawn, so that they are as busy as cores.</summary>
    internal double AcceleratorDuration { get; init; } = 1;

    internal Submission Next()
    {
        var at = _seed.NextUnit() * _weight;
        var kind = 0;
        while (kind < Kinds.Length - 1 && (at -= Kinds[kind].JobShare / Kinds[kind].MeanCount) >= 0)
            kind++;
        var mean = Kinds[kind].MeanCount;
        var count = mean == 1 ? 1 : 1 + _seed.Next((2 * mean) - 1);
        var job = Constrained(kind switch
        {
            0 => Batch(),
            1 => Rendering(),
            2 => Analysis(),
            3 => Service(),
            4 => Tuning(),
            _ => Gang(),
        });
        return new(_path.DemandOf(job.Shape).Demand.Accelerators is null ? job : Longer(job), count);
    }

    /// <summary>The same job with a run time of its own.</summary>
    internal QuickJob Member(in QuickJob job, long id) => job with { Id = id, DurationSeconds = job.DurationSeconds * (0.9 + (_seed.NextUnit() * 0.2)) };

    private QuickJob Longer(in QuickJob job) => job with
    {
        DurationSeconds = job.DurationSeconds * AcceleratorDuration,
        TimeoutSeconds = job.TimeoutSeconds * AcceleratorDuration,
        BudgetMicros = (long)(job.BudgetMicros * AcceleratorDuration),
    };

    private QuickJob Batch() => Job(
        Plain(1 << _seed.Next(4), 2 << _seed.Next(2)), hours: LogNormal(0.8, 0.8),
        _seed.NextUnit() switch { < 0.5 => Objective.Cheapest, < 0.8 => Objective.Balanced, _ => Objective.Greenest },
        deadlineHours: _seed.Chance(0.2) ? 24 : 0);

    private QuickJob Rendering() => Job(
        Plain(8 << _seed.Next(2), 2), LogNormal(0.6, 0.5), _seed.Chance(0.7) ? Objective.Cheapest : Objective.Fastest,
        deadlineHours: 6 + _seed.Next(18)) with
    {
        InputBytes = _seed.Chance(0.3) ? 100_000_000 + _seed.Next(2_000_000_000) : 0,
        InputSite = AnySite(),
    };

    private QuickJob Analysis() => Job(
        Plain(4 << _seed.Next(4), 8), LogNormal(1, 0.8), (Objective)_seed.Next(4), deadlineHours: _seed.Chance(0.5) ? 8 + _seed.Next(16) : 0) with
    {
        InputBytes = _seed.Chance(0.1) ? 0 : (long)Math.Min(1e13, LogNormal(2e9, 2.1)),
        InputSite = AnySite(),
    };

    private QuickJob Service()
    {
        var shape = _seed.NextUnit() switch
        {
            < 0.4 => Plain(2 << _seed.Next(2), 2),
            < 0.8 => Shared(_seed.Chance(0.5) ? "gpu" : "npu", 250 << _seed.Next(2)),
            _ => Accelerated(1, 1, _seed.Chance(0.5) ? "gpu" : "npu", model: ""),
        };
        return Job(shape, Math.Clamp(LogNormal(2, 0.7), 0.2, 24), _seed.Chance(0.5) ? Objective.Cheapest : Objective.Balanced, deadlineHours: 0) with
        {
            IsService = true,
            UserSite = AnySite(),
            LatencyMicrosecondsMax = _seed.NextUnit() switch { < 0.5 => 20_000, < 0.8 => 10_000, < 0.95 => 5_000, _ => 2_000 },
        };
    }

    private QuickJob Tuning()
    {
        var model = AnyModel();
        var count = Math.Min(model.PerNode, 1 << _seed.Next(4));
        var shape = _seed.Chance(0.3) ? Accelerated(Math.Min(2, count), 1, model.Class, "") : Accelerated(count, 1, "", model.Name);
        return Job(shape, LogNormal(1.5, 0.7), (Objective)_seed.Next(4), deadlineHours: _seed.Chance(0.3) ? 24 : 0) with
        {
            InputBytes = _seed.Chance(0.3) ? (long)LogNormal(2e10, 1) : 0,
            InputSite = AnySite(),
        };
    }

    private QuickJob Gang()
    {
        var model = AnyModel();
        while (model.PerNode < 8)
            model = AnyModel();
        var nodes = _seed.NextUnit() switch { < 0.4 => 2, < 0.7 => 4, < 0.9 => 8, _ => 16 };
        return Job(Accelerated(8, nodes, "", model.Name), LogNormal(2, 0.6), _seed.Chance(0.5) ? Objective.Cheapest : Objective.Fastest, deadlineHours: 0) with
        {
            InputBytes = _seed.Chance(0.3) ? (long)LogNormal(1e11, 1) : 0,
            InputSite = AnySite(),
        };
    }

    private QuickJob Job(int shape, double hours, Objective objective, int deadlineHours)
    {
        var seconds = Math.Clamp(hours, 0.02, 24) * 3600;
        return new()
        {
            Id = 0,
            Shape = shape,
            Objective = objective,
            DurationSeconds = seconds,
            TimeoutSeconds = seconds * 2.5,
            Deadline = deadlineHours * 3_600_000L,
            BudgetMicros = _seed.Chance(0.1) ? (long)(hours * 2.5 * _hourPrice[shape] * (0.7 + (_seed.NextUnit() * 2)) * 1e6) : 0,
        };
    }

    /// <summary>
    /// Adds what a tenant demands of the place: most keep to the mainland, a few to certified sites; one in twenty names
    /// providers, as many name regions.
    /// </summary>
    private QuickJob Constrained(QuickJob job)
    {
        var draw = _seed.NextUnit();
        var law = draw switch { < 0.74 => _laws.Mainland, < 0.82 => _laws.Government, < 0.9 => _laws.Finance, < 0.93 => _laws.HongKong, _ => 0UL };
        return job with
        {
            Sovereignties = law,
            Providers = _seed.Chance(0.05) ? _path.ProviderMask(AnyOf().Provider, AnyOf().Provider, AnyOf().Provider) : 0,
            Regions = _seed.Chance(0.05) ? _path.RegionMask(AnyOf().Region, AnyOf().Region) : 0,
        };
    }

    /// <summary>Declares every shape before the first job, so that drawing jobs changes nothing of the quick path.</summary>
    private void DeclareShapes()
    {
        for (var i = 0; i < 4; i++)
            _ = (Plain(1 << i, 2), Plain(1 << i, 4), Plain(4 << i, 8));
        Plain(16, 2);
        foreach (var kind in new[] { "gpu", "npu" })
        {
            for (var i = 0; i < 3; i++)
                Shared(kind, 250 << i);
            _ = (Accelerated(1, 1, kind, ""), Accelerated(2, 1, kind, ""));
        }

        foreach (var model in NationalFleet.Models)
        {
            for (var count = 1; count <= model.PerNode; count *= 2)
                Accelerated(count, 1, "", model.Name);
            for (var nodes = 2; model.PerNode == 8 && nodes <= 16; nodes *= 2)
                Accelerated(8, nodes, "", model.Name);
        }
    }

    private int Plain(int cores, int gibibytesPerCore) => ShapeOf(Demand(cores, cores * gibibytesPerCore, accelerators: null), 1, cores * 0.12);

    private int Shared(string kind, int milli) => ShapeOf(Demand(2, 16, new() { Class = kind, FractionMilli = milli }), 1, 8);

    private int Accelerated(int count, int tasks, string kind, string model) => ShapeOf(
        Demand(8 * count, 64 * count, new() { Count = count, Class = kind, Model = model, Memory = DataSize.FromGibibytes(kind.Length > 0 ? 40 : 0) }),
        tasks, 9d * count * tasks);

    private int ShapeOf(ResourceDemand demand, int tasks, double hourPrice)
    {
        var shape = _path.ShapeOf(demand, tasks);
        _hourPrice.TryAdd(shape, hourPrice);
        return shape;
    }

    private static ResourceDemand Demand(int cores, int gibibytes, AcceleratorDemand? accelerators) => new()
    {
        CpuMillicores = cores * 1000,
        Memory = DataSize.FromGibibytes(gibibytes),
        Disk = DataSize.FromGibibytes(20),
        Accelerators = accelerators,
    };

    private NationalModel AnyModel()
    {
        var at = _seed.NextUnit();
        foreach (var model in NationalFleet.Models)
        {
            if ((at -= model.Share) < 0)
                return model;
        }

        return NationalFleet.Models[0];
    }

    private ulong Law(string label) => _path.Sites.Any(s => s.Sovereignty == label) ? _path.SovereigntyMask(label) : 0;

    private int AnySite() => _seed.Next(_path.Sites.Length);

    private Site AnyOf() => _path.Sites[AnySite()];

    /// <summary>A log-normal amount, by the method of Box and Muller, 1958.</summary>
    private double LogNormal(double median, double sigma) => median
        * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - _seed.NextUnit())) * Math.Cos(2 * Math.PI * _seed.NextUnit()));
}
