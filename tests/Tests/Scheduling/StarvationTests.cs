using CsCheck;
using Meridian.Domain.Accounts;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Rounds;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Whatever weights, priorities and streams of jobs there are, nobody waits for ever.</summary>
public sealed class StarvationTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(20);
    private static readonly SchedulingOptions Options = new() { Patience = TimeSpan.FromMinutes(60) };

    /// <summary>The oldest job of every project gets its next task within the patience and a longest run for each project.</summary>
    [Fact]
    public void The_oldest_job_of_each_project_starts_its_next_task_within_a_bound() => Gen.ULong.Sample(
        number =>
        {
            var (seed, domain) = (new Seed(number), new TestDomain().Centre("west", nodes: 2));
            var projects = Declare(ref seed, domain);
            var bound = Options.Patience + ((TimeoutMax + (2 * Tick)) * projects.Length);
            var ends = new SortedDictionary<Meridian.Domain.AttemptId, DateTimeOffset>();
            var heads = new (long Job, int Waiting, DateTimeOffset Since)[projects.Length];
            for (var minute = 0; minute < 420; minute++, domain.Now += Tick)
            {
                foreach (var attempt in ends.Where(e => e.Value <= domain.Now).Select(e => e.Key).ToList())
                {
                    domain.End(attempt);
                    ends.Remove(attempt);
                }

                for (var i = 0; i < projects.Length && minute < 300; i++)
                {
                    if (seed.Chance(0.5 / projects.Length))
                        domain.Do(new Meridian.Domain.Jobs.SubmitJob(projects[i], "ann", Draw(ref seed), Money.Zero(), new("")));
                }

                foreach (var command in Scheduler.Plan(domain.State, domain.Now, Options).Commands)
                    domain.Do(command);
                foreach (var attempt in domain.State.Jobs.ByNode.Values.SelectMany(a => a).Where(a => !ends.ContainsKey(a)))
                    ends.Add(attempt, domain.Now + TimeSpan.FromMinutes(1 + seed.Next((int)TimeoutMax.TotalMinutes)));
                for (var i = 0; i < projects.Length; i++)
                {
                    heads[i] = HeadOf(domain, projects[i], heads[i]);
                    Assert.True(heads[i].Job == 0 || domain.Now - heads[i].Since <= bound, $"seed {number}: job {heads[i].Job} of {projects[i]} waits since {heads[i].Since}");
                }
            }
        },
        iter: 40);

    [Fact]
    public void Two_tenants_that_hold_nothing_take_turns_on_one_slot()
    {
        var domain = new TestDomain().Centre("west", nodes: 1, cores: 1);
        domain.Do(new DeclareTenant(new("rival"), "Rival", Quota.Default, [new("rival")]));
        domain.Do(new GrantCredit(new("rival"), Money.Cny(1_000), "test"));
        var mine = domain.Submit(TestDomain.Job(tasks: 10));
        var theirs = domain.Do(new Meridian.Domain.Jobs.SubmitJob(new("rival"), "eve", TestDomain.Job(tasks: 10), Money.Zero(), new(""))).Value;
        for (var i = 0; i < 8; i++, domain.Now += Tick)
        {
            domain.Schedule();
            domain.End(1);
        }

        Assert.Equal(4, domain.State.Jobs.Jobs[mine].SucceededCount);
        Assert.Equal(4, domain.State.Jobs.Jobs[theirs].SucceededCount);
    }

    private static (long Job, int Waiting, DateTimeOffset Since) HeadOf(
        TestDomain domain, Meridian.Domain.ProjectId project, (long Job, int Waiting, DateTimeOffset Since) known)
    {
        var first = domain.State.Jobs.Queue.FirstOrDefault(id => domain.State.Jobs.Jobs[id].Project == project);
        var waiting = first == 0 ? 0 : domain.State.Jobs.Jobs[first].WaitingCount;
        return (first, waiting) == (known.Job, known.Waiting) ? known : (first, waiting, domain.Now);
    }

    private static Meridian.Domain.ProjectId[] Declare(ref Seed seed, TestDomain domain)
    {
        var projects = new List<Meridian.Domain.ProjectId>();
        for (var tenant = 0; tenant <= seed.Next(3); tenant++)
        {
            Meridian.Domain.TenantId id = new($"t{tenant}");
            domain.Do(new DeclareTenant(id, id.Value, Quota.Default, [], seed.Next(1_000) + 1));
            domain.Do(new GrantCredit(id, Money.Cny(1_000_000), "test"));
            for (var i = 0; i <= seed.Next(2); i++)
            {
                projects.Add(new($"p{tenant}{i}"));
                domain.Do(new DeclareProject(projects[^1], id, Quota.None, seed.Next(1_000) + 1));
            }
        }

        return [.. projects];
    }

    private static JobSpec Draw(ref Seed seed)
    {
        var tasks = seed.Next(3) + 1;
        return TestDomain.Job(tasks: tasks, cores: seed.Next(4) + 1, minutes: 5) with
        {
            IsGang = tasks == 2 && seed.Chance(0.5),
            Priority = seed.Next(5) - 2,
            Timeout = TimeoutMax,
        };
    }
}
