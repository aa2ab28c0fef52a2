using Meridian.Domain;
using Meridian.Protocol.Agents;
using Meridian.Simulation.Control;

namespace Meridian.Simulation.Agents;

/// <summary>
/// What runs on a machine. It outlives the agent: a durable mark says what was started, and how it ended. A restart of the
/// machine ends what runs, and so does the warden when the lease is over, whether the agent lives or not.
/// </summary>
internal sealed class SimulatedDriver(World world, SimulatedAgent agent)
{
    private readonly SortedDictionary<AttemptId, Execution> _marks = [];
    private TimeSpan? _leaseUntil;

    private sealed class Execution(StartAttempt order, TimeSpan startedAt)
    {
        internal StartAttempt Order => order;

        internal TimeSpan StartedAt => startedAt;

        internal bool IsLive { get; set; } = true;

        internal AttemptReport? Report { get; set; }
    }

    /// <summary>The lease that an earlier life of the agent held in this boot.</summary>
    internal TimeSpan? HeldLease() => _leaseUntil;

    internal void HoldLease(TimeSpan until)
    {
        _leaseUntil = until;
        world.At(agent.WorldTimeOf(until) + world.Between(0, 1), () =>
        {
            if (_leaseUntil == until)
                EndAll("lease-over");
        });
    }

    internal void Start(StartAttempt order)
    {
        var id = Orders.Id(order.Key);
        if (_marks.ContainsKey(id))
            return;
        world.Checks.Started(id);
        world.Checks.HasInputs(agent, order);
        var execution = new Execution(order, world.Now);
        _marks[id] = execution;
        agent.HeardStarted(order);
        EndInTime(execution, id);
    }

    /// <summary>Takes up what an earlier life of the agent started, or starts it where it came to nothing.</summary>
    internal void Adopt(StartAttempt order)
    {
        if (!_marks.TryGetValue(Orders.Id(order.Key), out var execution))
            Start(order);
        else if (execution.IsLive)
            agent.HeardStarted(order);
        else
            agent.HeardEnded(execution.Report!);
    }

    /// <summary>What has not started never will.</summary>
    internal void Stop(AttemptKey key, string reason)
    {
        if (!_marks.TryGetValue(Orders.Id(key), out var execution))
        {
            execution = new(new() { Key = key }, world.Now) { IsLive = false };
            execution.Report = new() { Key = key, State = AttemptReport.Types.State.Stopped, Reason = reason, ExitCode = 137 };
            _marks[Orders.Id(key)] = execution;
            agent.HeardEnded(execution.Report);
            return;
        }

        world.After(world.Between(0, 1), () => End(execution, (AttemptReport.Types.State.Stopped, reason)));
    }

    /// <summary>What runs here and reads the content.</summary>
    internal IEnumerable<AttemptId> Readers(string root) => _marks.Where(m => m.Value.IsLive && m.Value.Order.Inputs.Any(i => i.Root == root)).Select(m => m.Key);

    internal void Forget(AttemptKey key) => _marks.Remove(Orders.Id(key));

    internal string About(AttemptId id) => _marks.TryGetValue(id, out var execution)
        ? execution.Report?.ToString() ?? "runs"
        : "never began";

    /// <summary>The agent begins, and knows only these: whatever else there is is ended and removed.</summary>
    internal void Sweep(IReadOnlySet<AttemptId> known)
    {
        foreach (var (id, execution) in _marks.Where(m => !known.Contains(m.Key)).ToList())
        {
            if (execution.IsLive)
                Close(execution, (AttemptReport.Types.State.Lost, "swept"));
            _marks.Remove(id);
        }
    }

    /// <summary>The machine goes down: nobody knows what became of what ran.</summary>
    internal void Reboot()
    {
        _leaseUntil = null;
        EndAll("supervisor-gone");
    }

    /// <summary>A service runs until it is stopped, unless it fails; and nothing runs longer than its timeout.</summary>
    private void EndInTime(Execution execution, AttemptId id)
    {
        var (timeout, natural) = (TimeSpan.FromMilliseconds(execution.Order.TimeoutMilliseconds), world.RunTimeOf(id));
        if (natural < timeout && !(execution.Order.IsService && !world.FailsByItself(id)))
            world.After(natural, () => End(execution, Natural(id)));
        else
            world.After(timeout, () => End(execution, (AttemptReport.Types.State.Failed, "timeout")));
    }

    private void EndAll(string reason)
    {
        foreach (var execution in _marks.Values.Where(e => e.IsLive).ToList())
            End(execution, (AttemptReport.Types.State.Lost, reason));
    }

    private (AttemptReport.Types.State, string) Natural(AttemptId id) => world.FailsByItself(id)
        ? (AttemptReport.Types.State.Failed, "exit-code")
        : (AttemptReport.Types.State.Succeeded, "");

    private void End(Execution execution, (AttemptReport.Types.State State, string Reason) end)
    {
        if (execution.IsLive)
            Close(execution, end);
        agent.HeardEnded(execution.Report!);
    }

    private void Close(Execution execution, (AttemptReport.Types.State State, string Reason) end)
    {
        execution.IsLive = false;
        world.Count((execution.Order.IsService ? "service " : "task ") + (end.Reason.Length == 0 ? "succeeded" : end.Reason));
        world.Checks.Ended(Orders.Id(execution.Order.Key));
        execution.Report = new()
        {
            Key = execution.Order.Key,
            State = end.State,
            Reason = end.Reason,
            ExitCode = end.State == AttemptReport.Types.State.Succeeded ? 0 : 1,
            RunMilliseconds = (long)(world.Now - execution.StartedAt).TotalMilliseconds,
        };
    }
}
