using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling.Reasons;

namespace Meridian.Scheduling.Candidates;

/// <summary>What differs between the jobs of a class: the deadline, the money, the tasks that wait.</summary>
internal sealed class JobTerms
{
    private readonly Money? _budget;
    private readonly Money? _funds;
    private readonly Money _promised;
    private readonly bool _isWhole;
    private readonly SortedSet<PoolId> _livePools = [];
    private decimal _spent;

    private JobTerms(
        int waitingCount, DateTimeOffset? deadline, Money? budget, Money? funds, Money promised, bool isWhole)
    {
        (WaitingCount, Deadline, _budget, _funds, _promised, _isWhole) =
            (waitingCount, deadline, budget, funds, promised, isWhole);
    }

    internal int WaitingCount { get; }

    internal DateTimeOffset? Deadline { get; }

    /// <summary>The terms of a job that was submitted.</summary>
    internal static JobTerms Of(DomainState state, Job job)
    {
        var (held, reserved, charged) = job.Money;
        var promised = held - reserved;
        var terms = new JobTerms(
            job.WaitingCount, job.Deadline, job.Spec.Constraints.Budget - charged - reserved,
            promised + state.Accounts.Balance(AccountId.Available(state.Accounts.Projects[job.Project].Tenant)), promised,
            isWhole: job.WaitingCount == job.Spec.TaskCount && charged.Amount + reserved.Amount == 0);
        if (job.Spec.IsGang && job.LiveCount > 0)
            terms._livePools.UnionWith(job.Tasks.Values.Select(t => t.Live?.Node.Pool).OfType<PoolId>());
        return terms;
    }

    /// <summary>The terms of a job that is only asked about: its tenant's credit is looked at when it is submitted.</summary>
    internal static JobTerms Of(JobSpec spec, DateTimeOffset now) => new(
        spec.TaskCount, spec.Constraints.DeadlineAt ?? now + spec.Constraints.DeadlineAfter, spec.Constraints.Budget,
        funds: null, Money.Zero(), isWhole: true);

    /// <summary>Notes what a placement of this round may cost.</summary>
    internal void Spend(Money amount) => _spent += amount.Amount;

    /// <summary>Which of the job's own terms the option breaks, or nothing.</summary>
    internal Refusal? Broken(Option option, bool isGang)
    {
        var pool = option.Candidate.Pool.Id;
        if (_livePools.Count > 0 && !_livePools.Contains(pool))
            return new(new(ReasonCodes.GangElsewhere, [string.Join(", ", _livePools)]), Change: null);
        var finish = option.Finish + option.Candidate.Margin;
        if (Deadline is { } deadline && finish > deadline)
        {
            var late = Duration.Format(TimeSpan.FromSeconds(Math.Ceiling((finish - deadline).TotalSeconds)));
            return new(
                new(ReasonCodes.Deadline, [Moment(finish), Moment(deadline)]),
                new(ReasonCodes.LaterDeadline, [late, pool.Value]));
        }

        if (option.Candidate.Until is { } until && option.Finish > until)
            return new(new(ReasonCodes.OutlastsReservation, [Moment(option.Finish), Moment(until)]), Change: null);

        // A job of which nothing was placed yet goes only where all of it fits its budget; one that has begun goes on
        // where its next task does.
        var all = (option.CostMax * WaitingCount) + option.TransferPrice;
        var next = isGang ? all : option.CostMax + option.TransferPrice;
        if (_isWhole && _budget is { } budget && all > budget)
            return OverBudget(all, budget, pool);
        if (_funds is not { } funds || next.Amount + _spent <= Room)
            return null;
        if (_budget is { } rest && rest <= funds)
            return OverBudget(next, rest - Money.Cny(_spent), pool);
        var left = funds - Money.Cny(_spent);
        return new(
            new(ReasonCodes.Funds, [next.ToString(), left.ToString()]),
            new(ReasonCodes.AddCredit, [(next - left).RoundedUp().ToString(), pool.Value]));
    }

    private static Refusal OverBudget(Money cost, Money left, PoolId pool) => new(
        new(ReasonCodes.Budget, [cost.ToString(), left.ToString()]),
        new(ReasonCodes.RaiseBudget, [(cost - left).RoundedUp().ToString(), pool.Value]));

    /// <summary>How many tasks of the option the money allows at once, its transport included.</summary>
    internal int AffordableCount(Option option)
    {
        var left = Room - _spent - option.TransferPrice.Amount;
        if (left < 0)
            return 0;
        return option.CostMax.Amount <= 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, left / option.CostMax.Amount);
    }

    // What is set aside may be spent whatever the budget and the credit have become since.
    private decimal Room => Math.Max(
        _promised.Amount, Math.Min(_budget?.Amount ?? decimal.MaxValue, _funds?.Amount ?? decimal.MaxValue));

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
