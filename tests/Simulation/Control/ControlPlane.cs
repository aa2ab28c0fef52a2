using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Journal;
using Meridian.Journal.Writing;
using Meridian.Scheduling;
using Meridian.Simulation.Disks;

namespace Meridian.Simulation.Control;

/// <summary>One process of the control plane: the real writer, its queue, its sessions, its scheduler.</summary>
internal sealed class ControlPlane
{
    private readonly World _world;
    private readonly WriterClock _clock;
    private readonly DomainWriter _writer;
    private readonly List<(DomainCommand Command, Action<Decision?> Answer)> _queue = [];
    private bool _isOpen;
    private bool _isDraining;

    internal ControlPlane(World world)
    {
        _world = world;
        _clock = new(world.ClockOfPlane());
        _writer = new(world.Journal, _clock, snapshotEvery: 60);
    }

    internal bool IsAlive { get; private set; } = true;

    internal bool IsOpen => IsAlive && _isOpen;

    internal List<Session> Sessions { get; } = [];

    internal DomainState State => _writer.State;

    internal DateTimeOffset Time => _clock.Now();

    /// <summary>Takes the journal over.</summary>
    internal void Open()
    {
        if (!IsAlive || !Guard(() => _writer.OpenAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()))
            return;
        _world.Checks.Opened(this);
        _isOpen = true;
        Publish(new(_writer.Sequence, _writer.State, []));
        TryExecute([new TakeOver(_world.Options.Lease)]);
    }

    internal void Begin()
    {
        Open();
        _world.After(TimeSpan.FromSeconds(1), Tick);
        _world.After(TimeSpan.FromMilliseconds(700), Schedule);
    }

    /// <summary>Puts the command into the next batch; the answer is nothing when nobody knows what became of it.</summary>
    internal void Ask(DomainCommand command, Action<Decision?> answer)
    {
        if (!IsOpen)
        {
            answer(null);
            return;
        }

        _queue.Add((command, answer));
        if (_isDraining)
            return;
        _isDraining = true;
        _world.After(_world.Between(0, 0.02), Drain);
    }

    internal IReadOnlyList<Decision>? TryExecute(IReadOnlyList<DomainCommand> commands)
    {
        IReadOnlyList<Decision>? answers = null;
        Guard(() =>
        {
            var (published, decisions) = _writer.ExecuteAsync(commands, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            _world.Checks.Touched(published, Time);
            Publish(published);
            answers = decisions;
            _writer.SnapshotIfDueAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        });
        return answers;
    }

    /// <summary>The process ends; with the machine, what was not flushed is lost.</summary>
    internal void Die(bool withMachine)
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        _isOpen = false;
        if (withMachine)
            _world.Journal.LoseUnflushed();
        foreach (var line in _world.LinesOf(this))
            line.Break();
        FailQueue();
        _world.Died(this);
    }

    private void Drain()
    {
        _isDraining = false;
        if (!IsOpen || _queue.Count == 0)
            return;
        var batch = _queue.ToList();
        _queue.Clear();
        var answers = TryExecute(batch.ConvertAll(b => b.Command));
        for (var i = 0; i < batch.Count; i++)
            batch[i].Answer(answers?[i]);
    }

    private void FailQueue()
    {
        var failed = _queue.ToList();
        _queue.Clear();
        foreach (var (_, answer) in failed)
            answer(null);
    }

    private void Tick()
    {
        if (!IsAlive)
            return;
        if (IsOpen)
            Ask(new Tick(), _ => { });
        _world.After(TimeSpan.FromSeconds(1), Tick);
    }

    private void Schedule()
    {
        if (!IsAlive)
            return;
        if (IsOpen && (!State.Jobs.Queue.IsEmpty || State.Data.HasUndelivered || State.Data.NeedingPlan(State.Network.LinkChanges, Time).Any()))
        {
            foreach (var command in Scheduler.Plan(State, Time, new()).Commands)
                Ask(command, _ => { });
        }

        _world.After(TimeSpan.FromSeconds(1.5), Schedule);
    }

    private void Publish(Published published)
    {
        foreach (var session in Sessions.ToList())
            session.Follow(published);
    }

    private bool Guard(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (StaleEpochException)
        {
            Die(withMachine: false);
        }
        catch (JournalException)
        {
            _isOpen = false;
            FailQueue();
            _world.After(TimeSpan.FromSeconds(1), Open);
        }
        catch (CrashException)
        {
            Die(withMachine: true);
        }

        return false;
    }
}
