using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Scheduling.Candidates;
using Meridian.Scheduling.Fleets;

namespace Meridian.Scheduling.Rounds;

/// <summary>A job's placements in the making.</summary>
internal sealed class Placing(Job job, JobClass jobs, JobTerms terms, bool isOverdueTurn)
{
    internal Job Job => job;

    internal JobClass Jobs => jobs;

    internal JobTerms Terms => terms;

    internal bool IsOverdueTurn => isOverdueTurn;

    /// <summary>The pool that the first task of the round went to, or nothing yet.</summary>
    internal PoolId? Chosen { get; set; }

    internal Explanation? Explanation { get; set; }

    internal List<TaskPlacement> Placements { get; } = [];

    internal List<PlannedTransfer> Transfers { get; } = [];

    internal List<NodeId> Nodes { get; } = [];

    internal List<PoolView> Views { get; } = [];

    internal void Deconstruct(out Job ofJob, out JobClass ofClass, out JobTerms ofTerms) =>
        (ofJob, ofClass, ofTerms) = (job, jobs, terms);

    internal void Add(TaskPlacement placement, Option option, DateTimeOffset now)
    {
        Placements.Add(placement);
        if (Nodes.Count == 0 || Nodes[^1] != placement.Node)
            Nodes.Add(placement.Node);
        if (!Views.Contains(option.Candidate.View))
            Views.Add(option.Candidate.View);
        option.Candidate.View.Proposed.Add(new(
            new(job.Id, placement.Task, Number: 0), placement.Node, NodeView.AmountOf(jobs.Spec.Resources), placement.Shares,
            option.CostMax, option.CostMax, now, placement.ExpectedFinish));
    }

    internal PlaceTasks ToCommand() =>
        new(job.Id, [.. Placements], [.. Transfers.DistinctBy(t => (t.Root, t.To))], Explanation, isOverdueTurn, []);

    internal void Clear()
    {
        Placements.Clear();
        Transfers.Clear();
        Nodes.Clear();
        Views.Clear();
        Explanation = null;
    }
}
