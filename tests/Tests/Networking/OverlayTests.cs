using Meridian.Networking.Overlay;
using Meridian.Optimisation.Linear;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public sealed class OverlayTests
{
    public static TheoryData<ulong> Seeds { get; } = [.. Enumerable.Range(1, 30).Select(seed => (ulong)seed)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_plan_costs_what_the_exact_program_over_hops_costs(ulong seed)
    {
        var problem = Draw(seed);

        var plan = OverlayPlanner.Plan(problem, gapWanted: 1e-6);

        var exact = ExactCost(problem);
        Assert.Equal(exact is null, plan is null);
        if (plan is null)
            return;
        Assert.Equal(exact!.Value, plan.Cost, exact.Value * 1e-4);
        Assert.True(plan.Bound <= exact.Value * (1 + 1e-4));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_plan_keeps_to_what_its_instances_can_do(ulong seed)
    {
        var problem = Draw(seed);

        if (OverlayPlanner.Plan(problem) is not { } plan)
            return;

        Assert.Equal(problem.GoalGbps, plan.Routes.Sum(route => route.Gbps), 1e-6);
        for (var depot = 0; depot < problem.Depots.Length; depot++)
        {
            var (sent, received, sending, receiving) = Uses(problem, plan, depot);
            var count = plan.InstanceCounts[depot] + 1e-6;
            Assert.InRange(plan.InstanceCounts[depot], 0, problem.Depots[depot].InstanceCountMax);
            Assert.True(sent <= count * problem.Depots[depot].EgressGbps);
            Assert.True(received <= count * problem.Depots[depot].IngressGbps);
            Assert.True(sending <= count && receiving <= count, "connections of all instances are enough");
        }
    }

    [Fact]
    public void The_same_problem_has_the_same_plan()
    {
        var (one, other) = (OverlayPlanner.Plan(Draw(3))!, OverlayPlanner.Plan(Draw(3))!);

        Assert.Equal(one.Cost, other.Cost);
        Assert.Equal(one.Routes.Select(route => string.Join(' ', route.Depots)), other.Routes.Select(route => string.Join(' ', route.Depots)));
    }

    [Fact]
    public void There_is_no_plan_for_more_than_the_receiver_can_take()
    {
        var problem = Draw(1);

        var plan = OverlayPlanner.Plan(problem with { GoalGbps = 1_000 });

        Assert.Null(plan);
    }

    private static (double Sent, double Received, double Sending, double Receiving) Uses(
        OverlayProblem problem, OverlayPlan plan, int depot)
    {
        var (sent, received, sending, receiving) = (0d, 0d, 0d, 0d);
        foreach (var route in plan.Routes)
        {
            for (var hop = 1; hop < route.Depots.Length; hop++)
            {
                var share = route.Gbps / problem.ThroughputGbps[(route.Depots[hop - 1] * problem.Depots.Length) + route.Depots[hop]];
                if (route.Depots[hop - 1] == depot)
                    (sent, sending) = (sent + route.Gbps, sending + share);
                if (route.Depots[hop] == depot)
                    (received, receiving) = (received + route.Gbps, receiving + share);
            }
        }

        return (sent, received, sending, receiving);
    }

    private static OverlayProblem Draw(ulong seed)
    {
        var random = new Seed(seed);
        var count = 4 + random.Next(5);
        var (throughputs, prices) = (new double[count * count], new double[count * count]);
        for (var pair = 0; pair < throughputs.Length; pair++)
        {
            throughputs[pair] = pair / count == pair % count || random.Next(8) == 0 ? 0 : 1 + (9 * random.NextUnit());
            prices[pair] = 0.01 + (0.1 * random.NextUnit());
        }

        var depots = new OverlayDepot[count];
        for (var depot = 0; depot < count; depot++)
            depots[depot] = new(3 + random.Next(10), 3 + random.Next(10), 1 + random.Next(3), 0.5 + random.Next(20));
        return new()
        {
            Depots = [.. depots],
            ThroughputGbps = throughputs,
            PricePerGigabyte = prices,
            From = 0,
            To = count - 1,
            Gigabytes = 50,
            GoalGbps = 2 + (8 * random.NextUnit()),
            ProvisionSeconds = random.Next(60),
        };
    }

    /// <summary>The whole program with a variable for each hop and whole instances.</summary>
    private static double? ExactCost(OverlayProblem problem)
    {
        var (count, seconds) = (problem.Depots.Length, problem.TransferSeconds);
        var program = new LinearProgram(maximise: false);
        var rows = new int[count, 5];
        for (var depot = 0; depot < count; depot++)
        {
            var net = depot == problem.From ? problem.GoalGbps : depot == problem.To ? -problem.GoalGbps : 0;
            var (row, limits) = (program.AddRow(net, net), problem.Depots[depot]);
            var instances = program.AddVariable(
                0, limits.InstanceCountMax, (seconds + problem.ProvisionSeconds) * limits.PricePerInstanceHour / 3600, isInteger: true);
            rows[depot, 0] = row;
            foreach (var (kind, share) in ((int, double)[])[(1, 1), (2, 1), (3, limits.EgressGbps), (4, limits.IngressGbps)])
            {
                rows[depot, kind] = program.AddRow(double.NegativeInfinity, 0);
                program.SetCoefficient(rows[depot, kind], instances, -share);
            }
        }

        for (var pair = 0; pair < problem.ThroughputGbps.Length; pair++)
        {
            var (from, to, throughput) = (pair / count, pair % count, problem.ThroughputGbps[pair]);
            if (throughput == 0 || to == problem.From || from == problem.To)
                continue;
            var flow = program.AddVariable(0, double.PositiveInfinity, problem.PricePerGigabyte[pair] * problem.Gigabytes / problem.GoalGbps);
            foreach (var (row, share) in ((int, double)[])
                [
                    (rows[from, 0], 1), (rows[to, 0], -1), (rows[from, 1], 1 / throughput), (rows[to, 2], 1 / throughput),
                    (rows[from, 3], 1), (rows[to, 4], 1),
                ])
                program.SetCoefficient(row, flow, share);
        }

        return program.Solve()?.Objective;
    }
}
