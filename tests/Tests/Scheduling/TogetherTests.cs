using CsCheck;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Rounds;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>Tasks that are kept together on a node, behind a switch or at a site.</summary>
public sealed class TogetherTests
{
    [Fact]
    public void A_gang_goes_where_one_switch_has_room_for_all_of_it()
    {
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"), ("b2", "leaf-b"), ("c1", "leaf-c"));

        var gang = domain.Submit(Gang(6, Together.Switch));
        domain.Schedule();

        Assert.Equal(["b1", "b2"], NodesOf(domain, gang));
    }

    [Fact]
    public void Of_switches_with_room_the_tightest_is_taken()
    {
        var domain = Leaves(("a1", "leaf-a"), ("a2", "leaf-a"), ("b1", "leaf-b"));

        var gang = domain.Submit(Gang(4, Together.Switch));
        domain.Schedule();

        Assert.Equal(["b1"], NodesOf(domain, gang));
    }

    [Fact]
    public void A_node_of_which_nobody_told_the_switch_is_alone()
    {
        var domain = Leaves(("a1", ""), ("a2", ""));
        var (large, small) = (domain.Submit(Gang(6, Together.Switch)), domain.Submit(Gang(3, Together.Switch)));

        domain.Schedule();

        Assert.Empty(NodesOf(domain, large));
        Assert.Single(NodesOf(domain, small));
    }

    [Fact]
    public void A_gang_that_no_place_can_hold_says_so_and_where_it_could_run_apart()
    {
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"));
        var gang = domain.Submit(Gang(6, Together.Switch));
        domain.Schedule();

        var why = domain.Explain(gang);

        var refused = Assert.Single(why.Explanation!.Candidates);
        Assert.Equal((ReasonCodes.PlaceTooSmall, "refused"), (refused.Reason, refused.Verdict));
        Assert.Equal(["6", "switch", "4"], refused.Particulars);
        Assert.Equal(ReasonCodes.AllowApart, Assert.Single(why.Changes).Code);
        var apart = domain.Submit(Gang(6, Together.Anywhere));
        domain.Schedule();
        Assert.Equal(6, domain.State.Jobs.Jobs[apart].LiveCount);
    }

    [Fact]
    public void A_gang_waits_for_its_switch_while_there_is_room_enough_apart()
    {
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"));
        var holders = domain.Submit(TestDomain.Job("holders", tasks: 4) with { Resources = new() { CpuMillicores = 2000 } });
        domain.Schedule();
        var attempts = domain.State.Jobs.ByNode.SelectMany(n => n.Value.Select(a => (n.Key, Attempt: a))).ToList();
        domain.End(attempts.First(a => a.Key.Value.EndsWith("a1", StringComparison.Ordinal)).Attempt);
        domain.End(attempts.First(a => a.Key.Value.EndsWith("b1", StringComparison.Ordinal)).Attempt);
        var gang = domain.Submit(Gang(3, Together.Switch));

        domain.Schedule();
        var (live, reason) = (domain.State.Jobs.Jobs[gang].LiveCount, domain.Explain(gang).PendingReason!.Code);
        domain.End(domain.State.Jobs.ByNode.Values.SelectMany(a => a).First(a => a.Job == holders));
        domain.Schedule();

        Assert.Equal((0, ReasonCodes.WaitsForCapacity), (live, reason));
        Assert.Equal(3, domain.State.Jobs.Jobs[gang].LiveCount);
        Assert.Single(NodesOf(domain, gang));
    }

    [Fact]
    public void An_array_on_one_node_takes_the_roomiest_and_the_rest_waits_for_it()
    {
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"));
        domain.Submit(TestDomain.Job("other", tasks: 3));
        domain.Schedule();
        var other = Assert.Single(NodesOf(domain, 1));

        var array = domain.Submit(TestDomain.Job("array", tasks: 6) with { Constraints = new() { Together = Together.Node } });
        domain.Schedule();
        var first = Assert.Single(NodesOf(domain, array));
        var waiting = domain.Explain(array).PendingReason!.Code;
        foreach (var attempt in domain.State.Jobs.ByNode.Values.SelectMany(a => a).Where(a => a.Job == array).Take(3).ToList())
            domain.End(attempt);
        domain.Schedule();

        Assert.NotEqual(other, first);
        Assert.Equal(ReasonCodes.WaitsForCapacity, waiting);
        Assert.Equal(3, domain.State.Jobs.Jobs[array].LiveCount);
        Assert.Equal(first, Assert.Single(NodesOf(domain, array)));
    }

    [Fact]
    public void An_array_stays_at_the_site_of_its_first_task_and_says_so_of_the_others()
    {
        var domain = new TestDomain().Centre("east").Centre("west");
        var array = domain.Submit(TestDomain.Job("array", tasks: 6) with { Constraints = new() { Together = Together.Site } });

        domain.Schedule();

        var site = Assert.Single(LiveNodes(domain, array).Select(n => n.Site).Distinct());
        Assert.Equal(4, domain.State.Jobs.Jobs[array].LiveCount);
        var elsewhere = domain.Explain(array).Explanation!.Candidates.Single(c => c.Pool.Site != site);
        Assert.Equal(ReasonCodes.TasksElsewhere, elsewhere.Reason);
        Assert.Equal([site.Value], elsewhere.Particulars);
    }

    [Fact]
    public void The_writer_refuses_tasks_that_would_be_apart()
    {
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"), ("b2", "leaf-b"));
        var array = domain.Submit(TestDomain.Job("array", tasks: 3) with { Constraints = new() { Together = Together.Switch } });
        PlaceTasks On(params (int Task, string Node)[] tasks) => new(
            array, [.. tasks.Select(t => new TaskPlacement(t.Task, new("west/main/" + t.Node), [], domain.Now))], [], explanation: null);

        var atOnce = DomainMachine.Decide(domain.State, On((0, "a1"), (1, "b1")), domain.Now);
        domain.Do(On((0, "b1")));
        var later = DomainMachine.Decide(domain.State, On((1, "a1")), domain.Now);
        domain.Do(On((1, "b2")));

        Assert.Equal("tasks-apart", atOnce.Fault?.Code);
        Assert.Equal("tasks-apart", later.Fault?.Code);
        Assert.Contains("switch", later.Fault!.Say(Language.English), StringComparison.Ordinal);
    }

    [Fact]
    public void Room_is_made_behind_one_switch_only()
    {
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"));
        var loose = domain.Submit(TestDomain.Job("loose", tasks: 8) with { IsBestEffort = true });
        domain.Schedule();
        Assert.Equal(8, domain.State.Jobs.Jobs[loose].LiveCount);

        domain.Submit(Gang(3, Together.Switch));
        domain.Schedule();

        var stopping = domain.State.Jobs.Jobs[loose].Tasks.Values.OfType<Stopping>().ToList();
        Assert.Equal(3, stopping.Count);
        Assert.Single(stopping.Select(s => s.Attempt.Node).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gang_that_is_kept_together_starts_among_a_stream_of_small_jobs_only_because_room_is_kept(bool isKept)
    {
        var options = new SchedulingOptions { ReserveAfter = isKept ? TimeSpan.FromMinutes(10) : TimeSpan.MaxValue };
        var domain = Leaves(("a1", "leaf-a"), ("b1", "leaf-b"));
        var small = TestDomain.Job("small") with { Timeout = TimeSpan.FromMinutes(40) };
        for (var i = 0; i < 8; i++)
            domain.Submit(small);
        domain.Schedule();
        var gang = domain.Submit(Gang(4, Together.Node) with { Timeout = TimeSpan.FromMinutes(40) });
        var minute = 0;

        // Longer than the ten minutes after which room is kept, and the longest timeout of what ran then.
        for (; minute <= 60 && domain.State.Jobs.Jobs[gang].LiveCount == 0; minute++)
        {
            domain.Now += TimeSpan.FromMinutes(1);
            domain.End(domain.State.Jobs.ByNode.Values.SelectMany(a => a).MinBy(a => (domain.State.Jobs.Current(a)!.Live!.PlacedAt, a)));
            domain.Submit(small);
            domain.Submit(small);
            foreach (var command in Scheduler.Plan(domain.State, domain.Now, options).Commands)
                domain.Do(command);
        }

        Assert.Equal(isKept, minute <= 51);
        Assert.Equal(isKept ? 1 : 0, NodesOf(domain, gang).Count());
    }

    [Fact]
    public void A_gang_starts_at_once_in_an_idle_domain_wherever_one_place_holds_it_and_is_never_apart() => Gen.ULong.Sample(number =>
    {
        var (seed, domain) = (new Seed(number), new TestDomain());
        var cores = new SortedDictionary<string, int>(StringComparer.Ordinal);
        domain.Centre("west", nodes: 0);
        var together = (Together)(1 + seed.Next(3));
        for (var i = 0; i <= seed.Next(5); i++)
        {
            var (leaf, size) = (seed.Chance(0.2) ? "" : "leaf-" + seed.Next(3), seed.Next(6) + 1);
            domain.Node($"west/main/n{i}", size, networkSwitch: leaf);
            var place = together == Together.Site ? "west" : together == Together.Switch && leaf.Length > 0 ? leaf : "n" + i;
            cores[place] = cores.GetValueOrDefault(place) + size;
        }

        var gang = domain.Submit(Gang(seed.Next(10) + 1, together));
        domain.Schedule();

        var job = domain.State.Jobs.Jobs[gang];
        Assert.Equal(cores.Values.Max() >= job.Spec.TaskCount ? job.Spec.TaskCount : 0, job.LiveCount);
        AssertTogether(domain);
    }, iter: 300);

    [Fact]
    public void Tasks_stay_together_whatever_happens() => Gen.ULong.Sample(number =>
    {
        var fleet = new RandomFleet(number);
        for (var round = 0; round < 6; round++)
        {
            fleet.SubmitJobs(4);
            fleet.Domain.Schedule(limit: 9);
            AssertTogether(fleet.Domain);
            fleet.Live();
        }
    }, iter: 200);

    /// <summary>Looked up here, apart from the product's own rule.</summary>
    private static void AssertTogether(TestDomain domain)
    {
        foreach (var job in domain.State.Jobs.Jobs.Values.Where(j => j.Spec.Constraints.Together != Together.Anywhere))
        {
            var nodes = LiveNodes(domain, job.Id);
            Assert.True(nodes.Select(n => n.Site).Distinct().Count() <= 1);
            if (job.Spec.Constraints.Together == Together.Node)
                Assert.True(nodes.Count <= 1);
            var leaves = nodes.Select(n => domain.State.Sites.Nodes[n].NetworkSwitch).Distinct().ToList();
            if (job.Spec.Constraints.Together == Together.Switch)
                Assert.True(nodes.Count <= 1 || leaves is [{ Length: > 0 }]);
        }
    }

    private static List<NodeId> LiveNodes(TestDomain domain, long job) => [.. domain.State.Jobs.Jobs[job].Tasks.Values
        .Select(t => t.Live?.Node).OfType<NodeId>().Distinct().Order()];

    private static IEnumerable<string> NodesOf(TestDomain domain, long job) => LiveNodes(domain, job).Select(n => n.Value.Split('/')[2]);

    private static JobSpec Gang(int tasks, Together together) => TestDomain.Job("gang", tasks: tasks) with { IsGang = true, Constraints = new() { Together = together } };

    /// <summary>A pool of nodes of four cores, each behind a switch.</summary>
    private static TestDomain Leaves(params (string Node, string Switch)[] nodes)
    {
        var domain = new TestDomain().Centre("west", nodes: 0);
        foreach (var (node, leaf) in nodes)
            domain.Node("west/main/" + node, networkSwitch: leaf);
        return domain;
    }
}
