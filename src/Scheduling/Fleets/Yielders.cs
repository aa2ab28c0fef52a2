using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;

namespace Meridian.Scheduling.Fleets;

/// <summary>Best-effort attempts that stop together: one task's, or those of a whole gang.</summary>
/// <param name="Attempts">What stops.</param>
/// <param name="LostWork">What has run in vain then: seconds of a whole node.</param>
internal sealed record Yielder(ImmutableArray<Attempt> Attempts, double LostWork)
{
    internal AttemptId First => Attempts[0].Id;
}

/// <summary>What can be stopped for others, at one moment of a round.</summary>
internal sealed class Yielders(JobsState jobs, DateTimeOffset now)
{
    private readonly Dictionary<long, Yielder?> _gangs = [];
    private bool? _isAny;

    /// <summary>Whether anything runs that can be stopped.</summary>
    internal bool IsAny => _isAny ??= jobs.ByNode.Values.Any(live => live.Any(id => jobs.Jobs[id.Job].Spec.IsBestEffort));

    /// <summary>What can be stopped on the node, in the order of the attempts.</summary>
    internal List<Yielder> On(NodeView node)
    {
        var found = new List<Yielder>();
        foreach (var id in jobs.ByNode.GetValueOrDefault(node.Node.Id, []))
        {
            var job = jobs.Jobs[id.Job];
            if (job is not { Spec.IsBestEffort: true, Reservation: 0 } || jobs.Current(id) is not { } task || task is Stopping)
                continue;
            if (!job.Spec.IsGang)
                found.Add(new([task.Live!], LostOf(task, node)));
            else if (GangOf(job, node) is { } gang && !found.Contains(gang))
                found.Add(gang);
        }

        return found;
    }

    private Yielder? GangOf(Job job, NodeView node)
    {
        if (!_gangs.TryGetValue(job.Id, out var gang))
        {
            var live = job.Tasks.Values.Where(t => t.Live is not null).ToList();
            gang = live.Exists(t => t is Stopping) ? null : new([.. live.Select(t => t.Live!)], live.Sum(t => LostOf(t, node)));
            _gangs.Add(job.Id, gang);
        }

        return gang;
    }

    private double LostOf(TaskState task, NodeView node)
    {
        if (task is not Running running || running.StartedAt >= now)
            return 0;
        var (amount, total) = (running.Attempt.Amount, node.Node.Total);
        var accelerators = node.Node.Accelerators.Length * NodeView.AcceleratorWhole;
        var part = Math.Max(
            (double)amount.CpuMillicores / Math.Max(1, total.CpuMillicores),
            Math.Max(
                (double)amount.Memory.Bytes / Math.Max(1, total.Memory.Bytes),
                (double)running.Attempt.Shares.Sum(s => s.Milli) / Math.Max(1, accelerators)));
        return (now - running.StartedAt).TotalSeconds * part;
    }
}
