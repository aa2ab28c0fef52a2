using CsCheck;
using Meridian.Scheduling.Ordering;
using Xunit;

namespace Meridian.Tests.Scheduling.Ordering;

public sealed class FairQueueTests
{
    private static readonly Gen<(double Weight, double Cores, double Memory)[]> Tenants =
        Gen.Select(Gen.Double[0.5, 4], Gen.Double[0.0005, 0.02], Gen.Double[0.0005, 0.02]).Array[2, 6];

    [Fact]
    public void Nobody_who_waits_falls_behind_by_more_than_a_turn_and_a_task() => Tenants.Sample(tenants =>
    {
        var (queue, held) = (new FairQueue(), new double[tenants.Length]);
        for (var i = 0; i < tenants.Length; i++)
            queue.Leaf(Member(i, tenants[i].Weight)).Wait([i], [i]);
        for (var used = default(Claim); used.Dominant < 1;)
        {
            Assert.True(queue.TryTakeTurn(out var job));
            var task = new Claim(tenants[job].Cores, tenants[job].Memory, Accelerators: 0);
            Assert.True(held[job] <= held.Min() + 1e-9, $"{job} had {held[job]}");
            var count = queue.TurnCount(task);
            held[job] += task.Dominant * count / tenants[job].Weight;
            used += task * count;
            queue.EndTurn(task, count, isMore: true);

            var slack = FairQueue.TurnShare + tenants.Max(t => Math.Max(t.Cores, t.Memory) / t.Weight);
            Assert.InRange(held.Max() - held.Min(), 0, slack + 1e-9);
        }
    });

    [Fact]
    public void Shares_hold_between_tenants_whatever_the_number_of_their_projects() => Gen.Int[1, 5].Select(Gen.Int[1, 5]).Sample((left, right) =>
    {
        var (queue, placed, task) = (new FairQueue(), new int[2], new Claim(0.001, 0.001, 0));
        for (var i = 0; i < left + right; i++)
            queue.Leaf(Member(i < left ? 0 : 1, weight: 1), Member(i, weight: 1)).Wait([i < left ? 0 : 1], [i < left ? 0 : 1]);
        for (var i = 0; i < 400; i++)
        {
            Assert.True(queue.TryTakeTurn(out var owner));
            placed[owner]++;
            queue.EndTurn(task, placedCount: 1, isMore: true);
        }

        Assert.Equal(200, placed[0]);
    });

    [Fact]
    public void What_one_does_not_claim_is_lent_and_the_lender_comes_first_when_it_returns()
    {
        var (queue, task) = (new FairQueue(), new Claim(0.1, 0, 0));
        queue.Leaf(Member(0, weight: 1)).Wait([0], [0]);
        for (var i = 0; i < 8; i++)
        {
            Assert.True(queue.TryTakeTurn(out var borrower));
            Assert.Equal(0, borrower);
            queue.EndTurn(task, placedCount: 1, isMore: true);
        }

        queue.Leaf(Member(1, weight: 1)).Wait([1], [1]);
        for (var i = 0; i < 8; i++)
        {
            Assert.True(queue.TryTakeTurn(out var lender));
            Assert.Equal(1, lender);
            queue.EndTurn(task, placedCount: 1, isMore: true);
        }
    }

    [Fact]
    public void Every_job_gets_its_turn_once_and_in_the_order_of_its_line() => Gen.Int[0, 3].Array[0, 60].Sample(owners =>
    {
        var (queue, seen) = (new FairQueue(), new List<long>());
        foreach (var line in Enumerable.Range(0, owners.Length).Select(i => (long)i).ToLookup(i => owners[i]))
            queue.Leaf(Member(line.Key, weight: 1)).Wait(line, line);
        while (queue.TryTakeTurn(out var job))
        {
            seen.Add(job);
            queue.EndTurn(new(0.01 * (job % 3), 0, 0), placedCount: (int)(job % 2), isMore: false);
        }

        Assert.Equal(owners.Length, seen.Distinct().Count());
        foreach (var owner in owners.Distinct())
            Assert.Equal(seen.Where(job => owners[job] == owner).Order(), seen.Where(job => owners[job] == owner));
    });

    private static FairMember Member(int number, double weight) => new($"m{number}", weight, Held: default);
}
