using Meridian.Domain;
using Meridian.Protocol.Agents;
using Meridian.Simulation.Control;

namespace Meridian.Simulation.Agents;

/// <summary>
/// What runs on a machine. It outlives the agent: a durable marker says what was started, and how it ended. Only a restart
/// of the machine ends what runs.
/// </summary>
internal sealed class SimulatedDriver(World world, SimulatedAgent agent)
{
    private readonly SortedDictionary<string, Execution> _markers = new(StringComparer.Ordinal);

    private sealed class Execution(StartAttempt order, TimeSpan startedAt)
    {
        internal StartAttempt Order => order;

        internal TimeSpan StartedAt => startedAt;

        internal bool IsLive { get; set; } = true;

        internal AttemptReport? Report { get; set; }
    }

    internal void Start(StartAttempt order)
    {
        var id = Orders.Id(order.Key);
        world.Checks.Started(id);
        var execution = new Execution(order, world.Now);
        _markers[id.ToString()] = execution;
        agent.HeardStarted(order);
        world.After(world.RunTimeOf(id), () => End(execution, Natural(id)));
    }

    /// <summary>Takes up what an earlier life of the agent started, or starts it where it came to nothing.</summary>
    internal void Adopt(StartAttempt order)
    {
        if (!_markers.TryGetValue(Orders.Id(order.Key).ToString(), out var execution))
            Start(order);
        else if (execution.IsLive)
            agent.HeardStarted(order);
        else
            agent.HeardEnded(execution.Report!);
    }

    internal void Stop(AttemptKey key, string reason)
    {
        if (!_markers.TryGetValue(Orders.Id(key).ToString(), out var execution))
            agent.HeardEnded(new() { Key = key, State = AttemptReport.Types.State.Stopped, Reason = reason, ExitCode = 137 });
        else
            world.After(world.Between(0, 1), () => End(execution, (AttemptReport.Types.State.Stopped, reason)));
    }

    /// <summary>The machine goes down: nobody knows what became of what ran.</summary>
    internal void Reboot()
    {
        foreach (var execution in _markers.Values.Where(e => e.IsLive))
            Close(execution, (AttemptReport.Types.State.Lost, "supervisor-gone"));
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
