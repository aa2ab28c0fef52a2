using System.Collections.Immutable;
using Meridian.Domain.Jobs;
using Meridian.Domain.Sites;

namespace Meridian.Domain.Reservations;

/// <summary>
/// What of a node is spoken for from now on: by reservations for their time, by tasks until they are certain to be gone, by
/// claims. Best-effort tasks are not in it: they are stopped when a reservation begins.
/// </summary>
public sealed class NodeCalendar
{
    /// <summary>How much longer than its timeout a task may be there: until it has started, and until it has stopped.</summary>
    public static readonly TimeSpan Allowance = TimeSpan.FromMinutes(2);

    /// <summary>How long a task may wait for data that is on its way. One that waits for longer is in the way, and stopped.</summary>
    public static readonly TimeSpan StagingAllowance = TimeSpan.FromHours(6);

    private readonly Node _node;
    private readonly List<Taken> _taken = [];

    /// <summary>The calendar of the node, which exists.</summary>
    public NodeCalendar(SitesState sites, JobsState jobs, ReservationsState reservations, NodeId node, DateTimeOffset now)
    {
        _node = sites.Nodes[node];
        foreach (var reservation in reservations.On(node))
        {
            var holding = reservation.On(node)!;
            _taken.Add(new(reservation.HeldFrom, reservation.Request.To, holding.Amount, holding.Shares));
        }

        foreach (var id in jobs.ByNode.GetValueOrDefault(node, []))
        {
            var job = jobs.Jobs[id.Job];
            if (jobs.Current(id) is { Live: { } live } task && task is not Stopping && job is { Spec.IsBestEffort: false, Reservation: 0 })
                _taken.Add(new(now, LatestEnd(task, job, now), live.Amount, live.Shares));
        }

        foreach (var claim in jobs.Claims.Values)
        {
            foreach (var placement in claim.Placements.Where(p => p.Node == node))
                _taken.Add(new(now, DateTimeOffset.MaxValue, claim.Amount, placement.Shares));
        }
    }

    /// <summary>When a task that is placed now is certain to be gone from the node.</summary>
    public static DateTimeOffset LatestEnd(TimeSpan timeout, bool isDataThere, DateTimeOffset now) =>
        now + timeout + Allowance + (isDataThere ? TimeSpan.Zero : StagingAllowance);

    /// <summary>The moments at which more becomes free, in order.</summary>
    public IEnumerable<DateTimeOffset> Ends => _taken.Select(t => t.Until).Where(t => t < DateTimeOffset.MaxValue).Distinct().Order();

    /// <summary>What is free during all of the interval; of an accelerator, in thousandths.</summary>
    public (Capacity Amount, ImmutableArray<int> Milli) Free(DateTimeOffset from, DateTimeOffset until)
    {
        var (amount, milli) = FreeAt(from);
        foreach (var at in _taken.Select(t => t.From).Where(t => from < t && t < until).Distinct())
        {
            var (then, milliThen) = FreeAt(at);
            amount = new(
                Math.Min(amount.CpuMillicores, then.CpuMillicores), amount.Memory < then.Memory ? amount.Memory : then.Memory,
                amount.Disk < then.Disk ? amount.Disk : then.Disk);
            for (var i = 0; i < milli.Length; i++)
                milli[i] = Math.Min(milli[i], milliThen[i]);
        }

        return (amount, [.. milli]);
    }

    /// <summary>Whether so much is free during all of the interval.</summary>
    public bool Fits(Capacity amount, ImmutableArray<AcceleratorShare> shares, DateTimeOffset from, DateTimeOffset until)
    {
        var (free, milli) = Free(from, until);
        return amount.FitsIn(free)
            && shares.GroupBy(s => s.Index).All(group => group.Key < milli.Length && group.Sum(s => s.Milli) <= milli[group.Key]);
    }

    private static DateTimeOffset LatestEnd(TaskState task, Job job, DateTimeOffset now)
    {
        var end = task switch
        {
            Running running => running.StartedAt + job.Spec.Timeout + Allowance,
            Dispatched dispatched => dispatched.StagedAt + job.Spec.Timeout + Allowance,
            _ => LatestEnd(job.Spec.Timeout, isDataThere: false, task.Live!.PlacedAt),
        };
        return end > now + Allowance ? end : now + Allowance;
    }

    private (Capacity Amount, int[] Milli) FreeAt(DateTimeOffset at)
    {
        var (amount, milli) = (_node.Total, new int[_node.Accelerators.Length]);
        for (var i = 0; i < milli.Length; i++)
            milli[i] = _node.Accelerators[i].IsThere ? 1000 : 0;
        foreach (var taken in _taken)
        {
            if (at < taken.From || taken.Until <= at)
                continue;
            amount -= taken.Amount;
            foreach (var share in taken.Shares)
            {
                if (share.Index < milli.Length)
                    milli[share.Index] -= share.Milli;
            }
        }

        return (amount, milli);
    }

    private readonly record struct Taken(
        DateTimeOffset From, DateTimeOffset Until, Capacity Amount, ImmutableArray<AcceleratorShare> Shares);
}
