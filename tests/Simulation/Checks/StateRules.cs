using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Simulation.Checks;

/// <summary>What holds in every state of a domain.</summary>
public static class StateRules
{
    /// <summary>Everything that does not hold, in words.</summary>
    public static IEnumerable<string> Broken(DomainState state, DateTimeOffset now) => Broken(state, now, ImmutableSortedSet<NodeId>.Empty);

    /// <summary>Everything that does not hold, in words. What ran on a node before it shrank may be more than it has now.</summary>
    public static IEnumerable<string> Broken(DomainState state, DateTimeOffset now, IReadOnlySet<NodeId> shrunk)
    {
        var attempts = state.Jobs.Jobs.Values.SelectMany(j => j.Tasks.Values).Select(t => t.Live).OfType<Attempt>().ToList();
        return state.Sites.Nodes.Values.SelectMany(node => Broken(node, shrunk.Contains(node.Id), attempts.Where(a => a.Node == node.Id).ToList()))
            .Concat(state.Accounts.Tenants.Values.SelectMany(t => Broken(state, t, attempts)))
            .Concat(state.Accounts.Tenants.Values.SelectMany(t => BandwidthChecks.Broken(state, t, now)))
            .Concat(state.Network.Links.Values.SelectMany(l => Broken(state, l, now)))
            .Concat(state.Jobs.Jobs.Values.SelectMany(j => Broken(state, j)))
            .Concat(state.Data.Transfers.Values.SelectMany(t => Broken(state, t)))
            .Concat(Ledger(state))
            .Concat(Claims(state, shrunk))
            .Concat(ReservationChecks.Broken(state, now))
            .Concat(Indexes(state, attempts))
            .Concat(Missing(state.Data, state.Network.LinkChanges, now));
    }

    private static IEnumerable<string> Broken(Node node, bool isShrunk, List<Attempt> attempts)
    {
        if (!isShrunk && !node.Used.FitsIn(node.Total))
            yield return $"{node.Id} is overcommitted: {node.Used} of {node.Total}";
        var sum = attempts.Aggregate(default(Capacity), (all, a) => all + a.Amount);
        if (sum != node.Used)
            yield return $"{node.Id} says that {node.Used} is used; its attempts hold {sum}";
        for (var i = 0; i < node.Accelerators.Length; i++)
        {
            var held = attempts.SelectMany(a => a.Shares).Where(s => s.Index == i).Sum(s => s.Milli);
            if (node.Accelerators[i].UsedMilli != held || held > 1000)
                yield return $"{node.Id} accelerator {i}: {node.Accelerators[i].UsedMilli} used, {held} held";
        }
    }

    private static IEnumerable<string> Broken(DomainState state, Tenant tenant, List<Attempt> attempts)
    {
        bool IsOfTenant(ProjectId project) => state.Accounts.Projects[project].Tenant == tenant.Id;
        return state.Accounts.Projects.Values.Where(p => p.Tenant == tenant.Id)
            .SelectMany(p => Broken(p.Id.Value, p.Shares, Of(project => project == p.Id)))
            .Concat(Broken(tenant.Id.Value, tenant.Shares, Of(IsOfTenant)));
        IEnumerable<Attempt> Of(Func<ProjectId, bool> isOf) => attempts.Where(a => isOf(state.Jobs.Jobs[a.Id.Job].Project));
    }

    private static IEnumerable<string> Broken(string holder, Shares shares, IEnumerable<Attempt> attempts)
    {
        var used = attempts.Aggregate(default(Usage), (sum, a) => sum + new Usage(
            a.Amount.CpuMillicores, a.Amount.Memory.Bytes, a.Shares.Sum(s => (long)s.Milli), Tasks: 1));
        if (used != shares.Used)
            yield return $"{holder} says that {shares.Used} is used; its attempts hold {used}";
        if (AccountRules.QuotaBroken(shares.Quota, shares.Used, default) is { } bound)
            yield return $"{holder} is over its quota of {bound}";
    }

    private static IEnumerable<string> Broken(DomainState state, Link link, DateTimeOffset now)
    {
        // What is past may have been held under a larger capacity.
        var held = state.Network.HeldOn(link.Id).PruneBefore(now);
        foreach (var (from, amount) in held.Steps)
        {
            if (amount < 0 || amount > link.Capacity.BitsPerSecond)
                yield return $"{link.Id} holds {amount} bps from {from:u} on; its capacity is {link.Capacity}";
        }

        foreach (var (transfer, hop) in state.Data.OpenHops.Where(o => o.Hop.HoldsCircuits))
        {
            foreach (var window in hop.Windows.Where(w => w.Finish > now))
            {
                var rate = window.Sources.Where(s => s.Links.Contains(link.Id)).Sum(s => s.Rate.BitsPerSecond);
                if (held.At(window.Finish - TimeSpan.FromTicks(1)) < rate)
                    yield return $"{link.Id} does not hold the circuit of transfer {transfer.Id}";
            }
        }
    }

    private static IEnumerable<string> Broken(DomainState state, Transfer transfer)
    {
        var prices = transfer.Hops.Where(h => h.State != HopState.Done).Aggregate(Money.Zero(), (sum, h) => sum + h.Price);
        if (transfer.IsOpen ? transfer.Held != prices : transfer.Held.Amount != 0)
            yield return $"transfer {transfer.Id} holds {transfer.Held}; its hops cost {prices}";
        if (transfer.IsOpen != state.Data.Open.Contains(transfer.Id))
            yield return $"transfer {transfer.Id} is wrongly in or out of the open ones";
        if (transfer.State is TransferState.Paused && transfer.Hops.Any(h => h.HoldsCircuits))
            yield return $"transfer {transfer.Id} is paused and holds circuits";
        if (!transfer.IsOpen && transfer.Hops.Any(h => h.HoldsCircuits))
            yield return $"transfer {transfer.Id} is over and holds circuits";
        foreach (var (hop, index) in transfer.Hops.Select((hop, index) => (hop, index)))
        {
            if (!hop.IsSealed && (!transfer.IsTarget(hop) || transfer.Request.IsSealed))
                yield return $"hop {index} of transfer {transfer.Id} is not sealed on its way to {hop.To}";
            if (hop.IsSealed && (transfer.SealBy(hop.Root, hop.Sealer) is null || (hop.State == HopState.Moving && !transfer.IsSealReady(hop))))
                yield return $"hop {index} of transfer {transfer.Id} is {hop.State} without its seal";
            if ((hop.State == HopState.Moving) != (hop.Fetch != 0)
                || (hop.Fetch != 0 && (!state.Data.Fetches.TryGetValue(hop.Fetch, out var key) || key != new HopKey(transfer.Id, index))))
                yield return $"hop {index} of transfer {transfer.Id} is {hop.State} by fetch {hop.Fetch}";
            if (hop.BytesPaid > hop.BytesDone || hop.BytesDone > hop.Size.Bytes || hop.Price.Amount < 0)
                yield return $"hop {index} of transfer {transfer.Id} has {hop.BytesDone} of {hop.Size.Bytes} bytes and paid for {hop.BytesPaid}";
        }
    }

    private static IEnumerable<string> Broken(DomainState state, Job job)
    {
        var (held, reserved, charged) = job.Money;
        var promised = job.Tasks.Values.Select(t => t.Live?.CostMax ?? Money.Zero())
            .Concat(state.Data.Transfers.Values.Where(t => t.Job == job.Id).Select(t => t.Held))
            .Aggregate(Money.Zero(), (a, b) => a + b);
        if (reserved != promised)
            yield return $"job {job.Id} promises {reserved}; its attempts and transfers may cost {promised}";
        if (reserved > held || held.Amount < 0 || charged.Amount < 0)
            yield return $"job {job.Id} holds {held}, promises {reserved} and paid {charged}";
        if (job.Spec.Constraints.Budget is { } budget && held + charged > budget)
            yield return $"job {job.Id} is over its budget of {budget}: {held} held, {charged} paid";
        if (job.LiveCount != job.Tasks.Values.Count(t => t.Live is not null))
            yield return $"job {job.Id} counts {job.LiveCount} live tasks";
        if (job.Phase != JobPhase.Active && (job.LiveCount > 0 || job.WaitingCount > 0))
            yield return $"job {job.Id} is over and has tasks";
        if (job.LiveCount > 0 && job.After.Any(a => state.Jobs.Jobs[a].Phase != JobPhase.Succeeded))
            yield return $"job {job.Id} runs before those that must succeed first";
        if (Apart(state, job) is { } apart)
            yield return apart;
        var charges = state.Accounts.Charges.Values.Where(c => c.Job == job.Id).Sum(c => c.Amount.Amount);
        if (charges != charged.Amount)
            yield return $"job {job.Id} paid {charged}; its bill says {charges.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string? Apart(DomainState state, Job job)
    {
        var constraints = job.Spec.Constraints;
        var nodes = job.Tasks.Values.Select(t => t.Live?.Node).OfType<NodeId>().ToList();
        if (constraints.Spread is { } spread
            && nodes.GroupBy(n => Spreading.DomainOf(state.Sites, spread, n), StringComparer.Ordinal).FirstOrDefault(g => g.Count() > spread.Max) is { } crowd)
            return $"job {job.Id} has {crowd.Count()} tasks in {crowd.Key}";
        return nodes.Select(n => Nearness.PlaceOf(constraints.Together, state.Sites.Nodes[n])).Distinct(StringComparer.Ordinal).Count() > 1
            ? $"job {job.Id} is to be together and is at {string.Join(", ", nodes)}"
            : null;
    }

    private static IEnumerable<string> Claims(DomainState state, IReadOnlySet<NodeId> shrunk)
    {
        foreach (var claim in state.Jobs.Claims.Values)
        {
            if (state.Jobs.Jobs[claim.Job].WaitingCount == 0)
                yield return $"job {claim.Job} claims room and waits for none";
            if (claim.Victims.IsEmpty || claim.Victims.Any(v => state.Jobs.Current(v) is not Stopping || !state.Jobs.Jobs[v.Job].Spec.IsBestEffort))
                yield return $"job {claim.Job} claims the room of attempts that do not make room";
        }

        foreach (var node in state.Sites.Nodes.Values.Where(n => !shrunk.Contains(n.Id)))
        {
            var kept = KeptRoom.OfClaims(state.Jobs, node.Id);
            if (node.Total != default && kept != KeptRoom.None && !(node.Used + kept.Amount).FitsIn(node.Total))
                yield return $"{node.Id} keeps {kept.Amount} beside {node.Used} of {node.Total}";
        }
    }

    private static IEnumerable<string> Ledger(DomainState state)
    {
        var sum = state.Accounts.Balances.Values.Sum(b => b.Amount);
        if (sum != 0)
            yield return $"the ledger sums to {sum.ToString(CultureInfo.InvariantCulture)}";
        foreach (var tenant in state.Accounts.Tenants.Keys)
        {
            if (state.Accounts.Balance(AccountId.Available(tenant)).Amount < 0)
                yield return $"{tenant} spent more than it had";
            var held = state.Jobs.Jobs.Values.Where(j => state.Accounts.Projects[j.Project].Tenant == tenant).Sum(j => j.Money.Held.Amount);
            held += state.Data.Transfers.Values.Where(t => t.Job == 0 && state.Accounts.Projects[t.Request.Project].Tenant == tenant).Sum(t => t.Held.Amount);
            held += state.Reservations.All.Values.Where(r => state.Accounts.Projects[r.Request.Project].Tenant == tenant).Sum(r => r.Held.Amount);
            if (held != state.Accounts.Balance(AccountId.Held(tenant)).Amount)
                yield return $"what is held for {tenant} is not what its jobs, transfers and reservations hold";
        }
    }

    private static IEnumerable<string> Indexes(DomainState state, List<Attempt> attempts)
    {
        foreach (var job in state.Jobs.Jobs.Values)
        {
            if (state.Jobs.Queue.Contains(job.Id) != job.WaitingCount > 0)
                yield return $"job {job.Id} is wrongly in or out of the queue";
            if (state.Jobs.Active.Contains(job.Id) != (job.Phase == JobPhase.Active))
                yield return $"job {job.Id} is wrongly among the active";
        }

        if (!attempts.Select(a => a.Id).Order().SequenceEqual(state.Jobs.ByNode.Values.SelectMany(v => v).Order()))
            yield return "the attempts by node are not the live attempts";
        foreach (var (transfer, waiters) in state.Jobs.Waiters)
        {
            if (!state.Data.Open.Contains(transfer) || waiters.IsEmpty)
                yield return $"attempts wait for transfer {transfer}, which does not move";
        }

        foreach (var staging in state.Jobs.Jobs.Values.SelectMany(j => j.Tasks.Values).OfType<Staging>())
        {
            if (staging.WaitsFor.Any(t => !state.Jobs.Waiters.TryGet(t, out var w) || !w.Contains(staging.Attempt.Id)))
                yield return $"{staging.Attempt.Id} waits for a transfer that does not know it";
        }

        if (state.Data.Fetches.Count != state.Data.OpenHops.Count(o => o.Hop.State == HopState.Moving))
            yield return "the fetches are not those of the hops that move";
        var index = state.Data.Transfers.Values.Aggregate(TransferIndex.Empty, (all, transfer) => all.With(before: null, transfer));
        if (!index.Due.SequenceEqual(state.Data.Index.Due) || !index.Cheaper.SequenceEqual(state.Data.Index.Cheaper)
            || !index.Lost.SequenceEqual(state.Data.Index.Lost) || !index.Places.SequenceEqual(state.Data.Index.Places))
            yield return "the index of the transfers is not that of the transfers";
    }

    /// <summary>Open transfers of which something is to be done and of which the index says nothing.</summary>
    private static IEnumerable<string> Missing(DataState data, long linkChanges, DateTimeOffset now)
    {
        var (due, suspects) = (data.Index.DueAt(now), data.Index.Suspects(linkChanges, now));
        foreach (var transfer in data.Open.Select(id => data.Transfers[id]))
        {
            var isAsked = transfer.State != TransferState.Paused && transfer.Hops.Any(h =>
                (h.State == HopState.Moving && h.WindowAt(now) != h.Window)
                || (h.State == HopState.Waiting && h.Windows[h.WindowAt(now)].Start <= now));
            if (isAsked && !due.Contains(transfer.Id))
                yield return $"transfer {transfer.Id} is due, and no tick would see it";
            if (TransferRules.NeedsPlan(transfer, linkChanges, now) && !suspects.Contains(transfer.Id))
                yield return $"transfer {transfer.Id} needs another plan, and nobody would see it";
        }
    }
}
