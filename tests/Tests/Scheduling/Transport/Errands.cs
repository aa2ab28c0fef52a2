using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Scheduling.Transport;

/// <summary>Transfers in a test's domain, from the plan to the depot's report.</summary>
internal static class Errands
{
    internal static TransferRequest Wish(
        string dataset, TransferMode mode, ImmutableArray<string> to, double mbps = 0, DateTimeOffset? deadline = null) => new(
            TransferPurpose.Send, TestDomain.Project, "ann", DatasetId.Of(TestDomain.Project, dataset), Version: 1,
            [.. to.Select(site => new SiteId(site))], mode, Priority: 0, Bandwidth.FromMbps(mbps), deadline, Job: 0, new(""));

    /// <summary>Plans and orders; the transfer's number.</summary>
    internal static long Order(this TestDomain domain, TransferRequest request)
    {
        var plan = TransferPlanner.Plan(domain.State, request, domain.Now);
        Assert.True(plan.Fault is null, plan.Fault?.Say(Language.English));
        return domain.Do(new OrderTransfer(request, plan.Hops)).Value;
    }

    /// <summary>Lets every depot seal what it was asked to.</summary>
    internal static void Seal(this TestDomain domain)
    {
        foreach (var transfer in domain.State.Data.Open.Select(id => domain.State.Data.Transfers[id]).ToList())
        {
            foreach (var seal in transfer.Seals.Where(s => transfer.Awaits(s)))
                domain.Do(new ReportSeal(transfer.Id, Made(transfer, seal), ""));
        }
    }

    /// <summary>What the seal's depot says of it.</summary>
    internal static TransferSeal Made(Transfer transfer, TransferSeal seal) => seal with
    {
        Name = new($"{seal.Root} by {seal.By}"),
        Keys = [.. transfer.Hops.Where(transfer.IsTarget).Select(h => h.To).Distinct().Select(to => new SealedKey(to, "key for " + to))],
    };

    /// <summary>Lets time pass, a minute at a time, and every fetch arrive whose window is over.</summary>
    internal static void Flow(this TestDomain domain, TimeSpan time)
    {
        for (var until = domain.Now + time; domain.Now < until; domain.Now += TimeSpan.FromMinutes(1))
        {
            domain.Do(new Meridian.Domain.Jobs.Tick());
            domain.Seal();
            foreach (var (fetch, key) in domain.State.Data.Fetches.ToList())
            {
                var hop = domain.State.Data.Transfers[key.Transfer].Hops[key.Hop];
                if (domain.Now >= hop.Finish - TimeSpan.FromMinutes(1))
                    domain.Do(new ReportFetch(fetch, hop.To, Succeeded: true, hop.Size.Bytes, ""));
            }
        }
    }
}
