using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Explaining;
using Meridian.Scheduling.Rounds;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>A domain that tests build step by step; every step is the writer's own.</summary>
internal sealed class TestDomain
{
    internal static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    internal static readonly ProjectId Project = new("films");

    internal static readonly TenantId Tenant = new("studio");

    internal TestDomain(decimal credit = 1_000_000, Quota? quota = null)
    {
        Do(new DeclareTenant(Tenant, "Studio", quota ?? Quota.Default, [Project]));
        Do(new GrantCredit(Tenant, Money.Cny(credit), "test"));
    }

    internal DomainState State { get; set; } = DomainState.Empty;

    internal DateTimeOffset Now { get; set; } = Noon;

    internal Decision Do(DomainCommand command)
    {
        var decision = DomainMachine.Decide(State, command, Now);
        Assert.True(decision.Fault is null, $"{command}: {decision.Fault}");
        State = State.Evolve(decision.Events);
        return decision;
    }

    internal TestDomain Site(
        string name, decimal power = 0.5m, double carbon = 400, string region = "", string sovereignty = "cn",
        string provider = "", string tier = "core")
    {
        Do(new DeclareSite(new(
            new(name), name, provider.Length > 0 ? provider : name, tier, region.Length > 0 ? region : name, sovereignty,
            Latitude: 0, Longitude: 0, Pue: 1.2, [.. Enumerable.Repeat(carbon, 24)], [.. Enumerable.Repeat(power, 24)])));
        return this;
    }

    internal TestDomain Pool(
        string name, decimal coreHour = 1, double speed = 1, string driver = "process", double watts = 10,
        bool isDraining = false, decimal acceleratorHour = 0)
    {
        Do(new DeclarePool(new(
            new(name), driver, coreHour, MemoryGibHour: 0, [new("A100", acceleratorHour)], speed, watts, isDraining)));
        return this;
    }

    internal TestDomain Node(
        string name, int cores = 4, int gibibytes = 16, bool canSandbox = true, ImmutableArray<Accelerator> accelerators = default,
        string networkSwitch = "")
    {
        var id = new NodeId(name);
        var secret = new SecretHash(name);
        Do(new IssueJoinToken(secret, id.Site, TimeSpan.FromMinutes(10)));
        Do(new EnrolNode(secret, id.Site, id.Pool.Value.Split('/')[1], "process", name.Split('/')[2], name));
        Do(new ReportNode(
            id, new(cores * 1000, DataSize.FromGibibytes(gibibytes), DataSize.FromGibibytes(100)),
            accelerators.IsDefault ? [] : accelerators, "https://" + name, canSandbox, "", "linux", TimeSpan.FromDays(30),
            networkSwitch, PublicKey: "key of " + name));
        return this;
    }

    /// <summary>A site with one pool and so many nodes.</summary>
    internal TestDomain Centre(
        string name, decimal coreHour = 1, double speed = 1, int nodes = 1, int cores = 4, decimal power = 0.5m, double carbon = 400,
        string sovereignty = "cn", string region = "")
    {
        Site(name, power, carbon, region, sovereignty).Pool(name + "/main", coreHour, speed);
        for (var i = 0; i < nodes; i++)
            Node($"{name}/main/n{i:00}", cores);
        return this;
    }

    internal TestDomain Link(string from, string to, double mbps, long latencyMicroseconds = 10_000, decimal price = 0)
    {
        foreach (var (a, b) in new[] { (from, to), (to, from) })
            Do(new DeclareLink(new(new($"{a}-{b}"), new(a), new(b), Bandwidth.FromMbps(mbps), latencyMicroseconds, price)));
        return this;
    }

    internal TestDomain Data(string name, double mebibytes, string node, string sovereignty = "")
    {
        Do(new RegisterDataset(
            DatasetId.Of(Project, name), new(new("root-" + name), DataSize.FromMebibytes(mebibytes), 1), sovereignty, new(node)));
        return this;
    }

    internal long Submit(JobSpec spec) => Do(new SubmitJob(Project, "ann", spec, Money.Zero(), new(""))).Value;

    internal SchedulingRound Plan(int limit = 1_000) => Scheduler.Plan(State, Now, new() { Limit = limit });

    internal JobQuote Quote(JobSpec spec) => Scheduler.Quote(State, Project, spec, Now);

    internal JobWhy Explain(long job) => Scheduler.Explain(State, job, Now);

    /// <summary>Plans and applies; returns the round.</summary>
    internal SchedulingRound Schedule(int limit = 1_000)
    {
        var round = Plan(limit);
        foreach (var command in round.Commands)
            Do(command);
        return round;
    }

    /// <summary>Lets the first so many live attempts end well.</summary>
    internal void End(int count)
    {
        foreach (var attempt in State.Jobs.ByNode.Values.SelectMany(a => a).Take(count).ToList())
            End(attempt);
    }

    /// <summary>Lets the attempt end well.</summary>
    internal void End(AttemptId attempt) => Do(new ReportEnded(
        attempt, State.Jobs.Current(attempt)!.Live!.Node, AttemptEnd.Succeeded,
        new(0, Reason: null, TimeSpan.FromMinutes(1), TimeSpan.Zero, DataSize.Zero, [])));

    /// <summary>The site of the job's only task after a round, or nothing.</summary>
    internal string? SiteAfterRound(JobSpec spec)
    {
        var id = Submit(spec);
        Schedule();
        return State.Jobs.Jobs[id].Tasks.TryGet(0, out var task) ? task.Live?.Node.Site.Value : null;
    }

    internal static JobSpec Job(
        string name = "job", Objective objective = Objective.Balanced, int tasks = 1, double minutes = 5, int cores = 1,
        TimeSpan? deadline = null, params string[] inputs) => new()
        {
            Name = name,
            Command = ["/bin/true"],
            TaskCount = tasks,
            Objective = objective,
            Duration = TimeSpan.FromMinutes(minutes),
            Timeout = TimeSpan.FromHours(2),
            Resources = new() { CpuMillicores = cores * 1000 },
            Inputs = [.. inputs.Select(i => new JobInput(i, i))],
            Constraints = new() { DeadlineAfter = deadline },
        };
}
