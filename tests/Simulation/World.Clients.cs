using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.Simulation;

/// <content>What is there at the beginning, and what clients ask for.</content>
public sealed partial class World
{
    private static readonly string[] Tenants = ["lab", "studio"];
    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);

    private void Populate()
    {
        _plane.Begin();
        Must(
            new DeclareTenant(new("lab"), "Lab", Quota.Default, [new("lab")]),
            new DeclareTenant(new("studio"), "Studio", new(8000, MemoryBytes: null, AcceleratorMilli: null, Tasks: 6, WaitingTasks: 200), [new("studio")]),
            new GrantCredit(new("lab"), Money.Cny(500), "start"), new GrantCredit(new("studio"), Money.Cny(20), "start"));
        for (var i = 0; i < Options.Sites; i++)
            AddSite("s" + i.ToString(CultureInfo.InvariantCulture), i);
        for (var i = 0; i < Options.Sites; i++)
        {
            var (here, next) = ($"s{i}", $"s{(i + 1) % Options.Sites}");
            if (here != next)
                Must(Link(here, next), Link(next, here));
        }

        foreach (var tenant in Tenants)
        {
            for (var i = 0; i < 2; i++)
            {
                Push(DatasetId.Of(new(tenant), $"data{i}"), $"root-{tenant}-{i}", command => Must(command));
            }
        }

        foreach (var agent in _agents)
            agent.Boot();
        for (var i = 0; i < Options.Jobs; i++)
            PlanJob(i);
        for (var i = 0; i < Options.Transfers; i++)
            PlanTransfer(i);
        for (var i = 0; i < Options.Exchanges; i++)
            PlanExchange(i);
        for (var i = 0; i < Options.Removals; i++)
            PlanRemoval(i);
        if (_luck.Chance(0.4))
            At(Between(20, Options.Rough.TotalSeconds), () => AskUntilKnown(new BanNode(_agents[^1].Node), _ => { }));
    }

    private void AddSite(string name, int number)
    {
        Must(
            new DeclareSite(new(
                new(name), name, "provider" + name, "core", name, "cn", Latitude: 0, Longitude: 0, Pue: 1.2,
                [.. Enumerable.Repeat(300d + number, 24)], [.. Enumerable.Repeat(0.5m, 24)])),
            new DeclarePool(new(
                new(name + "/main"), "process", CpuCoreHour: 1 + number, MemoryGibHour: 0.1m, [new("A100", 10)], Speed: 1,
                WattsPerCore: 10, IsDraining: false)));
        for (var i = 0; i < Options.NodesPerSite; i++)
        {
            var node = new NodeId($"{name}/main/n{i}");
            Must(
                new IssueJoinToken(new(node.Value), node.Site, TimeSpan.FromMinutes(10)),
                new EnrolNode(new(node.Value), node.Site, "main", "process", $"n{i}", node.Value));
            var inventory = new Inventory
            {
                CpuMillicores = 2000 + (1000 * _luck.Next(4)),
                MemoryBytes = 8L << 30,
                DiskBytes = 64L << 30,
                CanSandbox = true,
                DepotUrl = "https://" + node,
                NetworkSwitch = "w" + (i / 2).ToString(CultureInfo.InvariantCulture),
            };
            if (_luck.Chance(0.5))
                inventory.Accelerators.Add(new AcceleratorInfo { Model = "A100", Class = "gpu", MemoryBytes = 40L << 30, Count = 2 });
            _agents.Add(new(this, node, inventory));
        }
    }

    private DeclareLink Link(string from, string to) => new(new(
        new($"{from}-{to}"), new(from), new(to), Bandwidth.FromMbps(20 + _luck.Next(80)), LatencyMicroseconds: 5000, PricePerGigabyte: 0.2m));

    private void PlanJob(int number)
    {
        var tenant = Tenants[_luck.Next(Tenants.Length)];
        var spec = SpecOf(number, tenant);
        var submit = new SubmitJob(
            new(tenant), "ann", spec, Money.Cny(_luck.Next(3) * 0.05m), new($"key-{number}"));
        // Nobody else ends a service.
        var cancel = spec.Service is not null ? Between(20, 120) : _luck.Chance(0.2) ? Between(1, 60) : default(TimeSpan?);
        var retry = spec.Service is null && _luck.Chance(0.5);
        At(Between(1, Options.Rough.TotalSeconds * 0.8), () => AskUntilKnown(submit, decision =>
        {
            if (decision.Fault is not null)
                return;
            Checks.Submitted(submit.IdempotencyKey, decision.Value);
            if (cancel is { } wait)
                After(wait, () => AskUntilKnown(new CancelJob(decision.Value), _ => { }));
            if (retry)
                After(Between(60, 120), () => AskUntilKnown(new RetryJob(decision.Value), _ => { }));
        }));
    }

    private JobSpec SpecOf(int number, string tenant)
    {
        var (before, name) = (_named.GetValueOrDefault(tenant), "job" + number.ToString(CultureInfo.InvariantCulture));
        _named[tenant] = name;
        var tasks = _luck.Chance(0.5) ? 1 : 2 + _luck.Next(6);
        return new()
        {
            Name = name,
            After = before is not null && _luck.Chance(0.3) ? [before] : [],
            Service = tasks < 3 && _luck.Chance(0.15) ? new() : null,
            Command = ["/bin/true"],
            TaskCount = tasks,
            IsGang = tasks is > 1 and < 5 && _luck.Chance(0.4),
            Duration = TimeSpan.FromSeconds(20),
            Timeout = _luck.Chance(0.2) ? TimeSpan.FromSeconds(25) : TimeSpan.FromMinutes(2),
            Retries = _luck.Next(3),
            IsBestEffort = _luck.Chance(0.4),
            Priority = _luck.Next(3),
            Objective = (Objective)_luck.Next(4),
            Resources = new()
            {
                CpuMillicores = 250 * (1 + _luck.Next(8)),
                Accelerators = _luck.Chance(0.2) ? new() { Class = "gpu", FractionMilli = _luck.Chance(0.5) ? 500 : 1000 } : null,
            },
            Inputs = _luck.Chance(0.5) ? [new JobInput($"data{_luck.Next(2)}", "in")] : [],
            Outputs = _luck.Chance(0.3) ? [new JobOutput($"out{number}", "out", _luck.Chance(0.5) ? "s0" : "")] : [],
            Constraints = new()
            {
                Budget = _luck.Chance(0.3) ? Money.Cny(0.1m + (_luck.Next(10) * 0.05m)) : null,
                DeadlineAfter = _luck.Chance(0.3) ? Between(30, 300) : null,
                Spread = tasks > 1 && _luck.Chance(0.2) ? new((FailureDomain)_luck.Next(3), 1 + _luck.Next(2)) : null,
                Together = tasks > 1 && _luck.Chance(0.2) ? (Together)(1 + _luck.Next(3)) : Together.Anywhere,
            },
        };
    }

    /// <summary>Asks, and asks again while nobody knows what became of it: commands may be repeated.</summary>
    private void AskUntilKnown(DomainCommand command, Action<Decision> known)
    {
        var plane = _stale is { IsAlive: true } stale && _luck.Chance(0.3) ? stale : _plane;
        void Again() => After(Between(0.5, 3), () => AskUntilKnown(command, known));
        plane.Ask(command, decision =>
        {
            if (decision is null || FaultStrikes(0.2))
                Again();
            else
                After(Between(0, 0.1), () => known(decision));
        });
    }

    private void Must(params DomainCommand[] commands)
    {
        var answers = _plane.TryExecute(commands);
        Invariant.Holds(answers is not null && answers.All(a => a.Fault is null), "a world begins with what it is given");
    }
}
