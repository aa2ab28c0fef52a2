using System.Collections.Immutable;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Tests.Scheduling;

/// <summary>A domain with sites, links, data and jobs drawn from one seed, for plans to be made in.</summary>
internal sealed class RandomFleet
{
    private readonly List<string> _nodes = [];
    private const string Workload = "train";

    private readonly List<string> _sites = [];
    private readonly int _datasetCount;
    private Seed _seed;

    internal RandomFleet(ulong seed)
    {
        _seed = new(seed);
        var quota = Quota.Default with { Tasks = _seed.Chance(0.3) ? _seed.Next(8) + 1 : null };
        Domain = new(credit: _seed.Chance(0.2) ? 10 : 100_000, quota);
        for (var i = 0; i <= _seed.Next(4); i++)
            AddSite("s" + i);
        if (_seed.Chance(0.7))
            Domain.Do(new DeclareEquivalence(new(new(Workload, "A100", "H20"), _seed.Next(300) / 100m + 0.2m)));
        foreach (var (from, to) in _sites.SelectMany(a => _sites.Where(b => string.CompareOrdinal(a, b) < 0), (a, b) => (a, b)))
        {
            if (_seed.Chance(0.7))
                Domain.Link(from, to, _seed.Next(1_000) + 1, _seed.Next(40_000), _seed.Next(3) / 10m);
        }

        _datasetCount = _seed.Next(4);
        for (var i = 0; i < _datasetCount; i++)
            Domain.Data("d" + i, _seed.Next(3_000) + 1, Pick(_nodes), _seed.Chance(0.2) ? "cn" : "");
    }

    internal TestDomain Domain { get; }

    internal void SubmitJobs(int count)
    {
        for (var i = 0; i < count; i++)
            Domain.Submit(Job("job" + i));
    }

    /// <summary>Lets time pass and some of what was ordered end, well or not.</summary>
    internal void Live()
    {
        Domain.Now += TimeSpan.FromSeconds(_seed.Next(600));
        foreach (var (fetch, key) in Domain.State.Data.Fetches.Where(_ => _seed.Chance(0.6)).ToList())
            Domain.Do(new ReportFetch(fetch, Domain.State.Data.Transfers[key.Transfer].Hops[key.Hop].To, _seed.Chance(0.8), 1, "torn"));
        foreach (var attempt in Domain.State.Jobs.ByNode.Values.SelectMany(a => a).ToList())
        {
            if (_seed.Chance(0.5) && Domain.State.Jobs.Current(attempt) is Dispatched task)
                Domain.Do(new ReportEnded(attempt, task.Attempt.Node, _seed.Chance(0.8) ? AttemptEnd.Succeeded : AttemptEnd.Lost, Result()));
        }

        Domain.Do(new Tick());
    }

    internal JobSpec Job(string name) => new()
    {
        Name = name,
        Command = ["/bin/true"],
        TaskCount = _seed.Chance(0.5) ? 1 : _seed.Next(9) + 1,
        IsGang = _seed.Chance(0.2),
        Duration = TimeSpan.FromMinutes(_seed.Next(60) + 1),
        Timeout = TimeSpan.FromMinutes(90),
        Objective = (Objective)_seed.Next(4),
        Resources = new()
        {
            CpuMillicores = 500 * (_seed.Next(5) + 1),
            Accelerators = _seed.Chance(0.2) ? Accelerators() : null,
        },
        Inputs = _datasetCount > 0 && _seed.Chance(0.4) ? [new($"d{_seed.Next(_datasetCount)}", "in")] : [],
        Outputs = _seed.Chance(0.3) ? [new("film", "out", Pick(_sites))] : [],
        Constraints = new()
        {
            Budget = _seed.Chance(0.2) ? Money.Cny(_seed.Next(40) + 1) : null,
            DeadlineAfter = _seed.Chance(0.3) ? TimeSpan.FromMinutes(_seed.Next(120) + 1) : null,
            Regions = _seed.Chance(0.1) ? [Pick(_sites)] : [],
            Latency = _seed.Chance(0.1) ? new(Pick(_sites), _seed.Next(50_000)) : null,
            Together = _seed.Chance(0.3) ? (Together)(1 + _seed.Next(3)) : Together.Anywhere,
        },
    };

    private AcceleratorDemand Accelerators() => new()
    {
        Count = _seed.Next(2) + 1,
        FractionMilli = 250 * (_seed.Next(4) + 1),
        Model = _seed.Chance(0.5) ? "A100" : "",
        Workload = _seed.Chance(0.7) ? Workload : "",
    };

    private AttemptResult Result() => new(
        0, Reason: null, TimeSpan.FromMinutes(1), TimeSpan.Zero, DataSize.Zero,
        [new("film", new(new($"film{_seed.Next(1_000)}"), DataSize.FromMebibytes(5), 1))]);

    private void AddSite(string name)
    {
        _sites.Add(name);
        Domain.Site(name, power: _seed.Next(10) / 10m, carbon: _seed.Next(600), sovereignty: _seed.Chance(0.8) ? "cn" : "sg");
        for (var p = 0; p <= _seed.Next(2); p++)
        {
            Domain.Pool($"{name}/p{p}", _seed.Next(40) / 10m, 0.5 + _seed.NextUnit(), isDraining: _seed.Chance(0.05));
            for (var n = 0; n <= _seed.Next(3); n++)
            {
                var model = _seed.Chance(0.5) ? "A100" : "H20";
                ImmutableArray<Accelerator> accelerators = _seed.Chance(0.4)
                    ? [.. Enumerable.Repeat(new Accelerator(model, "gpu", DataSize.FromGibibytes(40), 0), _seed.Next(4) + 1)]
                    : [];
                _nodes.Add($"{name}/p{p}/n{n}");
                Domain.Node(_nodes[^1], cores: _seed.Next(8) + 1, canSandbox: _seed.Chance(0.9), accelerators: accelerators,
                    networkSwitch: _seed.Chance(0.5) ? "leaf-" + _seed.Next(2) : "");
            }
        }
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_seed.Next(list.Count)];
}
