using System.Globalization;
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

namespace Meridian.Benches.Rounds;

/// <summary>A domain of like sites, each dearer and faster than the one before, all linked to the first.</summary>
internal sealed class BenchDomain
{
    internal static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProjectId Project = new("bench");

    internal BenchDomain(int siteCount, int nodeCount, int coreCount)
    {
        Do(new DeclareTenant(new("bench"), "Bench", Quota.Default, [Project]));
        Do(new GrantCredit(new("bench"), Money.Cny(1_000_000_000), "bench"));
        for (var site = 0; site < siteCount; site++)
            AddSite(site, nodeCount, coreCount);
    }

    internal DomainState State { get; private set; } = DomainState.Empty;

    internal BenchDomain WithJobs(int count, Func<int, JobSpec> job)
    {
        for (var i = 0; i < count; i++)
            Do(new SubmitJob(Project, "bench", job(i), Money.Zero(), new("")));
        return this;
    }

    /// <summary>So many datasets of 10 MB at the first site.</summary>
    internal BenchDomain WithData(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = "data" + Text(i);
            Do(new RegisterDataset(
                DatasetId.Of(Project, name), new(new(name), new(10_000_000), 1), Sovereignty: "", State.Sites.Nodes.Keys.First()));
        }

        return this;
    }

    internal BenchDomain Scheduled()
    {
        foreach (var command in Scheduler.Plan(State, Now, new()).Commands)
            Do(command);
        return this;
    }

    private void AddSite(int number, int nodeCount, int coreCount)
    {
        var site = new SiteId("s" + Text(number));
        Do(new DeclareSite(new(
            site, site.Value, site.Value, "core", site.Value, "cn", 0, 0, Pue: 1.2,
            [.. Enumerable.Repeat(400d, 24)], [.. Enumerable.Repeat(0.5m, 24)])));
        Do(new DeclarePool(new(
            new(site + "/main"), "process", 1 + (number * 0.1m), MemoryGibHour: 0, [], 1 + (number * 0.1), WattsPerCore: 10,
            IsDraining: false)));
        for (var i = 0; i < nodeCount; i++)
        {
            var (node, secret) = (new NodeId($"{site}/main/n{i:00}"), new SecretHash($"{site} {i}"));
            Do(new IssueJoinToken(secret, site, TimeSpan.FromMinutes(10)));
            Do(new EnrolNode(secret, site, "main", "process", $"n{i:00}", "key"));
            Do(new ReportNode(
                node, new(coreCount * 1000L, DataSize.FromGibibytes(4_096), DataSize.FromGibibytes(4_096)), [], "",
                CanSandbox: true, "", "linux", TimeSpan.FromDays(1)));
        }

        if (number == 0)
            return;
        Do(new DeclareLink(new(new($"out{number}"), new("s0"), site, Bandwidth.FromMbps(10_000), 10_000, 0.01m)));
        Do(new DeclareLink(new(new($"in{number}"), site, new("s0"), Bandwidth.FromMbps(10_000), 10_000, 0.01m)));
    }

    private void Do(DomainCommand command)
    {
        var decision = DomainMachine.Decide(State, command, Now);
        Invariant.Holds(decision.Fault is null, $"a bench asks only for what is allowed: {decision.Fault}");
        State = State.Evolve(decision.Events);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
