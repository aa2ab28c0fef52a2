using System.Collections.Immutable;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Networking.Topologies;
using Meridian.Primitives;
using Meridian.Scheduling.Quick;

namespace Meridian.Tests.Scheduling.Quick;

/// <summary>Sites, pools, links and jobs drawn from one seed, for the quick path to decide on.</summary>
internal sealed class QuickWorld
{
    private static readonly string[] Models = ["A100", "H800", "Ascend 910B"];

    private readonly List<int> _shapes = [];
    private Seed _seed;
    private long _jobCount;

    internal QuickWorld(ulong seed, int siteCountMax)
    {
        _seed = new(seed);
        Now = 1_767_225_600_000 + _seed.Next(86_400_000);
        var siteCount = 2 + _seed.Next(siteCountMax - 1);
        var sites = Enumerable.Range(0, siteCount).Select(NewSite).ToList();
        Topology = NewTopology(siteCount);
        Path = new(sites, sites.SelectMany(NewPools).ToList(), Topology);
        for (var i = 0; i < 9; i++)
            _shapes.Add(NewShape());
    }

    internal QuickPath Path { get; }

    internal Topology Topology { get; }

    internal List<(ResourceDemand Demand, int TaskCount)> Shapes { get; } = [];

    internal long Now { get; set; }

    internal int Next(int bound) => _seed.Next(bound);

    internal bool Chance(double probability) => _seed.Chance(probability);

    internal List<QuickSeat> SeatsOf(int holding)
    {
        var seats = new List<QuickSeat>();
        for (var at = holding; at >= 0; at = Path.NextSeat(at))
            seats.Add(Path.SeatOf(at));
        return seats;
    }

    internal QuickJob NewJob()
    {
        var duration = 60 + _seed.Next(20_000);
        var (hasInput, hasUsers) = (_seed.Chance(0.4), _seed.Chance(0.2));
        return new()
        {
            Id = ++_jobCount,
            Shape = _shapes[_seed.Next(_shapes.Count)],
            Objective = (Objective)_seed.Next(4),
            IsService = _seed.Chance(0.1),
            DurationSeconds = duration,
            TimeoutSeconds = duration * (_seed.Chance(0.3) ? 1 : 4),
            InputBytes = hasInput ? (long)Math.Exp(Math.Log(1e6) + (_seed.NextUnit() * Math.Log(1e7))) : 0,
            InputSite = hasInput ? _seed.Next(Path.Sites.Length) : 0,
            LatencyMicrosecondsMax = hasUsers ? 1 + _seed.Next(30_000) : 0,
            UserSite = hasUsers ? _seed.Next(Path.Sites.Length) : 0,
            Sovereignties = _seed.Chance(0.2) ? Path.SovereigntyMask(Any().Sovereignty) : 0,
            Regions = _seed.Chance(0.1) ? Path.RegionMask(Any().Region, Any().Region) : 0,
            Providers = _seed.Chance(0.2) ? Path.ProviderMask(Any().Provider, Any().Provider) : 0,
            Deadline = _seed.Chance(0.4) ? Now + (1000L * _seed.Next(duration * 3)) : 0,
            BudgetMicros = _seed.Chance(0.2) ? 1 + _seed.Next(100_000_000) : 0,
        };
    }

    private Site Any() => Path.Sites[_seed.Next(Path.Sites.Length)];

    private Site NewSite(int number) => new(
        new($"s{number:00}"), "", "p" + _seed.Next(3), "core", "r" + _seed.Next(3), _seed.Chance(0.8) ? "cn" : "sg", 0, 0, 1 + _seed.NextUnit(),
        [.. Enumerable.Range(0, 24).Select(_ => _seed.NextUnit() * 600)], [.. Enumerable.Range(0, 24).Select(_ => _seed.Next(100) / 100m)]);

    private IEnumerable<QuickPool> NewPools(Site site)
    {
        for (var p = 0; p <= _seed.Next(3); p++)
        {
            var model = Models[_seed.Next(Models.Length)];
            var accelerators = _seed.Chance(0.6)
                ? new QuickAccelerators(model, model.StartsWith('A') ? "gpu" : "npu", DataSize.FromGibibytes(_seed.Chance(0.5) ? 40 : 80), 1 + _seed.Next(8))
                : null;
            ImmutableArray<AcceleratorPrice> prices = accelerators is null ? [] : [new(model, 1 + (_seed.Next(200) / 10m))];
            // Few different speeds and prices, so that ties happen.
            yield return new(
                new(new($"{site.Id}/p{p}"), "process", _seed.Next(5) / 10m, _seed.Next(3) / 100m, prices, 0.5 + (_seed.Next(3) / 2d), 5 + _seed.Next(3), _seed.Chance(0.05)),
                1 + _seed.Next(20), new((_seed.Next(8) + 1) * 4_000, DataSize.FromGibibytes(16 * (_seed.Next(8) + 1)), DataSize.FromGibibytes(100)), accelerators);
        }
    }

    private Topology NewTopology(int siteCount)
    {
        var names = Enumerable.Range(0, siteCount).Select(i => $"s{i:00}").Concat(Enumerable.Range(0, _seed.Next(4)).Select(i => $"t{i:00}")).ToList();
        var links = new List<NetworkLink>();
        for (var i = 1; i < names.Count; i++)
        {
            // Some sites hang on a single line, some have several, and some cannot be reached.
            for (var times = _seed.Chance(0.05) ? 0 : 1 + _seed.Next(3); times > 0; times--)
                Join(links, names[i], names[_seed.Next(i)]);
        }

        return Topology.Create(names.Select(name => new NetworkPoint { Name = name }), links);
    }

    private void Join(List<NetworkLink> links, string one, string other)
    {
        foreach (var (from, to) in new[] { (one, other), (other, one) })
        {
            links.Add(new()
            {
                Id = new(links.Count),
                From = from,
                To = to,
                Capacity = Bandwidth.FromMbps(100 * (1 + _seed.Next(200))),
                LatencyMicroseconds = 1 + _seed.Next(10_000),
                PricePerGigabyte = HourlyPrice.Flat(Money.Cny(_seed.Next(100) / 1000m)),
            });
        }
    }

    private int NewShape()
    {
        var hasAccelerators = _seed.Chance(0.6);
        var isShare = hasAccelerators && _seed.Chance(0.3);
        var demand = new ResourceDemand
        {
            CpuMillicores = 500 * (1 + _seed.Next(8)),
            Memory = DataSize.FromGibibytes(1 + _seed.Next(16)),
            Disk = DataSize.FromGibibytes(_seed.Next(20)),
            Accelerators = !hasAccelerators ? null : new()
            {
                Count = isShare ? 1 : 1 + _seed.Next(4),
                FractionMilli = isShare ? 250 : 1000,
                Model = _seed.Chance(0.4) ? Models[_seed.Next(Models.Length)] : "",
                Class = _seed.Chance(0.3) ? "gpu" : "",
            },
        };
        Shapes.Add((demand, isShare || _seed.Chance(0.6) ? 1 : 1 + _seed.Next(12)));
        var index = Path.ShapeOf(Shapes[^1].Demand, Shapes[^1].TaskCount);
        if (index < Shapes.Count - 1)
            Shapes.RemoveAt(Shapes.Count - 1); // It was drawn before.
        return index;
    }
}
