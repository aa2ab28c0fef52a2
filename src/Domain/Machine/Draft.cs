using System.Collections.Immutable;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>
/// A decision in the making: events so far and the state that they lead to, so that the next step of the same decision
/// sees them. Dropped whole when a later step is refused.
/// </summary>
internal sealed class Draft(DomainState state, DateTimeOffset now)
{
    private readonly ImmutableArray<DomainEvent>.Builder _events = ImmutableArray.CreateBuilder<DomainEvent>();

    internal DomainState State { get; private set; } = state;

    internal DateTimeOffset Now { get; } = now;

    internal void Add(DomainEvent happened)
    {
        _events.Add(happened);
        State = State.Evolve(happened);
    }

    internal Decision Decide(long value = 0) => new(_events.ToImmutable(), Fault: null, value);

    internal Job Job(long id) => State.Jobs.Jobs[id];

    internal TenantId TenantOf(Job job) => State.Accounts.Projects[job.Project].Tenant;

    /// <summary>
    /// Promises a part of the job's held money, and sets more aside where it does not suffice. False when the budget or
    /// the tenant's credit does not allow it.
    /// </summary>
    internal bool Reserve(long jobId, Money amount)
    {
        var job = Job(jobId);
        var (held, reserved, charged) = job.Money;
        var missing = reserved + amount - held;
        if (missing.Amount > 0)
        {
            var tenant = TenantOf(job);
            if (job.Spec.Constraints.Budget is { } budget && charged + held + missing > budget)
                return false;
            if (State.Accounts.Balance(AccountId.Available(tenant)) < missing)
                return false;
            Add(AccountRules.Move(AccountId.Available(tenant), AccountId.Held(tenant), missing, "hold", jobId, Now));
            held += missing;
        }

        Add(new JobMoneyChanged(jobId, new(held, reserved + amount, charged)));
        return true;
    }

    /// <summary>Takes the charge out of the held money, frees the rest of the promise, and writes the bill.</summary>
    internal void Settle(long jobId, Money promised, Money charge, Func<Job, Charge> line)
    {
        var job = Job(jobId);
        var money = job.Money;
        Invariant.Holds(charge <= promised, "a charge is at most what was promised for it");
        Add(new JobMoneyChanged(
            jobId, new(money.Held - charge, money.Reserved - promised, money.Charged + charge)));
        if (charge.Amount > 0)
        {
            var bill = line(job);
            Add(AccountRules.Move(AccountId.Held(bill.Tenant), bill.Payee, charge, bill.Kind, jobId, Now));
            Add(new Charged(bill));
        }

        if (job.Phase != JobPhase.Active)
            Refund(jobId);
    }

    /// <summary>Gives back what is set aside and promised to nothing.</summary>
    internal void Refund(long jobId)
    {
        var job = Job(jobId);
        var rest = job.Money.Held - job.Money.Reserved;
        if (rest.Amount <= 0)
            return;
        var tenant = TenantOf(job);
        Add(AccountRules.Move(AccountId.Held(tenant), AccountId.Available(tenant), rest, "refund", jobId, Now));
        Add(new JobMoneyChanged(jobId, job.Money with { Held = job.Money.Reserved }));
    }

    /// <summary>Gives an attempt's part of its node and of the tenant's quota back.</summary>
    internal void Release(Attempt attempt)
    {
        Add(new CapacityReturned(attempt.Node, attempt.Id, attempt.Amount, attempt.Shares));
        Add(new UsageChanged(Job(attempt.Id.Job).Project, -UsageOf(attempt), Now));
    }

    internal static Usage UsageOf(Attempt attempt) => new(
        attempt.Amount.CpuMillicores, attempt.Amount.Memory.Bytes, attempt.Shares.Sum(s => (long)s.Milli), Tasks: 1);
}
