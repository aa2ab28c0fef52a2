using CsCheck;
using Meridian.Domain.Accounts;
using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Scheduling;

public sealed class FairRoundTests
{
    [Fact]
    public void Two_tenants_share_a_full_domain_though_one_came_first_with_everything()
    {
        var domain = Shared(tenants: 2).Centre("west", nodes: 4);
        Submit(domain, 0, TestDomain.Job(tasks: 100));
        Submit(domain, 1, TestDomain.Job(tasks: 100));

        domain.Schedule();

        Assert.Equal([8, 8], Held(domain, 2));
    }

    [Fact]
    public void A_tenant_alone_may_use_it_all_and_the_other_comes_first_when_room_comes_free()
    {
        var domain = Shared(tenants: 2).Centre("west", nodes: 4);
        Submit(domain, 0, TestDomain.Job(tasks: 100));
        domain.Schedule();
        Assert.Equal([16, 0], Held(domain, 2));

        Submit(domain, 0, TestDomain.Job(tasks: 100));
        Submit(domain, 1, TestDomain.Job(tasks: 6));
        domain.End(4);
        domain.Schedule();

        Assert.Equal([12, 4], Held(domain, 2));
    }

    [Fact]
    public void A_job_whose_place_is_full_does_not_hold_up_the_others_of_its_tenant()
    {
        var domain = Shared(tenants: 2).Centre("west", nodes: 1).Centre("east", nodes: 1);
        Submit(domain, 0, At("west", tasks: 4));
        domain.Schedule();
        Submit(domain, 0, At("west", tasks: 4));
        Submit(domain, 0, At("east", tasks: 1));
        domain.Schedule();

        Assert.Equal([5, 0], Held(domain, 2));
    }

    [Fact]
    public void Nobody_waits_for_room_that_nobody_else_claims_and_shares_differ_by_a_turn_and_a_task() =>
        Gen.Int[1, 40].Array[2, 4].Select(Gen.Int[1, 3].Array[4], Gen.Int[1, 4]).Sample(
            (counts, cores, nodes) =>
            {
                var domain = Shared(counts.Length).Centre("west", nodes: nodes, cores: 8);
                for (var i = 0; i < counts.Length; i++)
                    Submit(domain, i, TestDomain.Job(tasks: counts[i], cores: cores[i]));
                domain.Schedule();

                var held = Held(domain, counts.Length);
                var free = domain.State.Sites.Nodes.Values.Max(n => (n.Total - n.Used).CpuMillicores);
                for (var i = 0; i < counts.Length; i++)
                {
                    var isSatisfied = held[i] == counts[i] * cores[i];
                    Assert.True(isSatisfied || free < cores[i] * 1000, $"tenant {i} waits beside free room");
                    var most = held.Where((_, other) => other != i).Max();
                    Assert.True(
                        isSatisfied || held[i] + cores[i] + cores.Max() + (0.01 * nodes * 8) >= most,
                        $"tenant {i} has {held[i]} and another {most}");
                }
            },
            iter: 100);

    [Fact]
    public void Those_who_wait_hold_room_in_proportion_to_their_weights_at_every_level_of_the_tree() =>
        Gen.Int[1, 10].Array[4].Sample(weights =>
        {
            var domain = Shared(tenants: 2, weights[0], weights[1]).Centre("west", nodes: 10, cores: 20);
            domain.Do(new DeclareProject(new("p0"), new("t0"), Quota.None, weights[2]));
            domain.Do(new DeclareProject(new("q0"), new("t0"), Quota.None, weights[3]));
            domain.Do(new Meridian.Domain.Jobs.SubmitJob(new("q0"), "ann", TestDomain.Job(tasks: 300), Money.Zero(), new("")));
            for (var i = 0; i < 2; i++)
                Submit(domain, i, TestDomain.Job(tasks: 300));
            domain.Schedule();

            InProportion(Held(domain, 2), weights[0], weights[1]);
            InProportion([.. new[] { "p0", "q0" }.Select(p => (int)(domain.State.Accounts.Projects[new(p)].Shares.Used.CpuMillicores / 1000))], weights[2], weights[3]);
            Assert.Equal(200, Held(domain, 2).Sum());
        });

    [Fact]
    public void A_project_holds_no_more_than_its_quota_and_the_rest_of_the_tenant_goes_on()
    {
        var domain = Shared(tenants: 1).Centre("west", nodes: 4);
        domain.Do(new DeclareProject(new("p0"), new("t0"), Quota.None with { CpuMillicores = 3_000 }));
        domain.Do(new DeclareProject(new("q0"), new("t0"), Quota.None));
        var bounded = domain.Do(new Meridian.Domain.Jobs.SubmitJob(new("p0"), "ann", TestDomain.Job(tasks: 20), Money.Zero(), new(""))).Value;
        var free = domain.Do(new Meridian.Domain.Jobs.SubmitJob(new("q0"), "ann", TestDomain.Job(tasks: 20), Money.Zero(), new(""))).Value;
        var round = domain.Schedule();

        Assert.Equal(3, domain.State.Jobs.Jobs[bounded].LiveCount);
        Assert.Equal(13, domain.State.Jobs.Jobs[free].LiveCount);
        Assert.Equal(["p0", "cpu"], round.Pending.Single(p => p.Job == bounded).Reason.Particulars);
    }

    [Fact]
    public void Of_one_project_the_higher_priority_comes_first_and_another_projects_share_stays()
    {
        var domain = Shared(tenants: 2).Centre("west", nodes: 2);
        Submit(domain, 0, TestDomain.Job(tasks: 20));
        Submit(domain, 0, TestDomain.Job(tasks: 20) with { Priority = 100 });
        Submit(domain, 1, TestDomain.Job(tasks: 20) with { Priority = -100 });
        domain.Schedule();

        Assert.Equal([0, 4, 4], domain.State.Jobs.Jobs.Values.Select(j => j.LiveCount));
    }

    private static void InProportion(int[] held, int left, int right)
    {
        const double TurnAndTask = 1.5;
        Assert.True(
            Math.Abs((held[0] / (double)left) - (held[1] / (double)right)) <= TurnAndTask / Math.Min(left, right),
            $"{held[0]} and {held[1]} for {left} and {right}");
    }

    private static TestDomain Shared(int tenants, params int[] weights)
    {
        var domain = new TestDomain();
        for (var i = 0; i < tenants; i++)
        {
            domain.Do(new DeclareTenant(new($"t{i}"), $"T{i}", Quota.Default, [new($"p{i}")], weights.Length > i ? weights[i] : Shares.WeightUsual));
            domain.Do(new GrantCredit(new($"t{i}"), Money.Cny(100_000), "test"));
        }

        return domain;
    }

    private static JobSpec At(string site, int tasks) =>
        TestDomain.Job(tasks: tasks) with { Constraints = new() { Sites = [site] } };

    private static void Submit(TestDomain domain, int tenant, JobSpec spec) =>
        domain.Do(new Meridian.Domain.Jobs.SubmitJob(new($"p{tenant}"), "ann", spec, Money.Zero(), new("")));

    /// <summary>The cores that each tenant holds.</summary>
    private static int[] Held(TestDomain domain, int tenants) =>
        [.. Enumerable.Range(0, tenants).Select(i => (int)(domain.State.Accounts.Tenants[new($"t{i}")].Shares.Used.CpuMillicores / 1000))];
}
