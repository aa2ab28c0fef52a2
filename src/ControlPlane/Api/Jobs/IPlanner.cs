using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.ControlPlane.Api;

/// <summary>A text in both languages.</summary>
internal sealed record Wording(string English, string Chinese)
{
    public string In(bool isChinese) => isChinese ? Chinese : English;
}

/// <summary>Where a job would run or runs, and why it waits.</summary>
internal sealed record Plan(
    Explanation? Explanation, ImmutableArray<PlannedTransfer> Transfers, Wording? PendingReason, ImmutableArray<Wording> Changes);

/// <summary>A plan with its price, before submission.</summary>
internal sealed record PricedPlan(Plan Plan, Money Expected, Money HoldAtMost);

/// <summary>The scheduler, as the interface asks it.</summary>
internal interface IPlanner
{
    PricedPlan Quote(DomainState state, ProjectId project, JobSpec spec, DateTimeOffset now);

    Plan Explain(DomainState state, long job, DateTimeOffset now);

    /// <summary>What a reason's code says.</summary>
    Wording Say(string code, ImmutableArray<string> particulars);
}
