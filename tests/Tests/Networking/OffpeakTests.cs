using CsCheck;
using Meridian.Networking.Offpeak;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class OffpeakTests
{
    private const int PointCount = 5;
    private const int SlotCount = 8;

    [Fact]
    public void A_plan_costs_what_the_exact_program_says_and_keeps_every_limit()
    {
        Gen.ULong.Sample(seed =>
        {
            var problem = Draw(new Seed(seed));

            var plan = OffpeakPlanner.Plan(problem);

            var best = OffpeakExact.LeastCost(problem);
            Assert.Equal(best is null, plan.LateGigabytes > 0);
            AssertKeepsLimits(problem, plan);
            if (best is not { } cost)
                return;
            Assert.InRange(plan.Cost, cost - 1e-6, (cost * 1.01) + 1e-6);
            Assert.True(plan.Bound <= cost + 1e-6);
            for (var transfer = 0; transfer < problem.Transfers.Length; transfer++)
            {
                var moved = plan.Routes.Where(route => route.Transfer == transfer).Sum(route => route.Gigabytes);
                Assert.Equal(problem.Transfers[transfer].Gigabytes, moved, 6);
            }
        }, iter: 60);
    }

    private static void AssertKeepsLimits(OffpeakProblem problem, OffpeakPlan plan)
    {
        var used = new double[problem.FreeGigabytes.Length];
        foreach (var route in plan.Routes)
        {
            var transfer = problem.Transfers[route.Transfer];
            var (point, slot) = (transfer.From, transfer.FirstSlot);
            foreach (var step in route.Steps)
            {
                Assert.Equal(point, problem.Links[step.Link].From);
                Assert.InRange(step.Slot, slot, transfer.LastSlot);
                (point, slot) = (problem.Links[step.Link].To, step.Slot + 1);
                used[(step.Link * SlotCount) + step.Slot] += route.Gigabytes;
            }

            Assert.Equal(transfer.To, point);
        }

        for (var cell = 0; cell < used.Length; cell++)
            Assert.True(used[cell] <= problem.FreeGigabytes[cell] + 1e-6);
    }

    private static OffpeakProblem Draw(Seed random)
    {
        var links = Enumerable.Range(0, PointCount).SelectMany(point => new[] { (point, (point + 1) % PointCount), ((point + 2) % PointCount, point) }).ToArray();
        return new()
        {
            PointCount = PointCount,
            SlotCount = SlotCount,
            Links = [.. links],
            FreeGigabytes = [.. Enumerable.Range(0, links.Length * SlotCount).Select(_ => (double)random.Next(8))],
            PricePerGigabyte = [.. Enumerable.Range(0, links.Length * SlotCount).Select(_ => 1d + random.Next(9))],
            StoragePricePerGigabyteSlot = [.. Enumerable.Range(0, PointCount).Select(_ => 0.1 * random.Next(5))],
            Transfers =
            [
                .. Enumerable.Range(0, 4).Select(_ =>
                {
                    var from = random.Next(PointCount);
                    var first = random.Next(3);
                    return new OffpeakTransfer(from, (from + 1 + random.Next(PointCount - 1)) % PointCount, 1 + random.Next(5), first, first + 2 + random.Next(3));
                }),
            ],
        };
    }
}
