using Meridian.Agent.Attempts;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.Journal.Writing;
using Meridian.Primitives;
using Meridian.Protocol.Agents;
using Meridian.Scheduling;
using Meridian.Simulation.Agents;
using Meridian.Simulation.Control;

namespace Meridian.Simulation.Checks;

/// <summary>What must hold in every world.</summary>
internal sealed class WorldChecks(World world)
{
    private readonly SortedDictionary<SecretHash, long> _submitted = [];
    private readonly SortedDictionary<SecretHash, long> _exchanges = [];
    private readonly HashSet<AttemptId> _started = [];
    private readonly Dictionary<(long Job, int Task), AttemptId> _live = [];

    /// <summary>A client was told that its job is taken in.</summary>
    internal void Submitted(SecretHash key, long job)
    {
        if (_submitted.TryGetValue(key, out var known) && known != job)
            world.Violate($"a submit was acknowledged as job {known} and as job {job}");
        _submitted[key] = job;
        Kept(key, job);
    }

    internal void Started(AttemptId attempt)
    {
        if (!_started.Add(attempt))
            world.Violate($"attempt {attempt} was started twice");
        if (_live.TryGetValue((attempt.Job, attempt.Task), out var other))
            world.Violate($"attempts {other} and {attempt} of one task run at once");
        _live[(attempt.Job, attempt.Task)] = attempt;
    }

    /// <summary>An attempt begins: what it reads is on the machine, all of it.</summary>
    internal void HasInputs(SimulatedAgent agent, StartAttempt order)
    {
        var id = Orders.Id(order.Key);
        var wanted = world.Journal.Truth.Jobs.Jobs[id.Job].Spec.Inputs;
        if (wanted.FirstOrDefault(w => !order.Inputs.Any(i => i.Dataset == w.Dataset)) is { } missing)
            world.Violate($"attempt {id} is started without its input {missing.Dataset}");
        if (order.Inputs.FirstOrDefault(i => !agent.Depot.Content.Contains(i.Root)) is { } absent)
            world.Violate($"attempt {id} is started and {absent.Root} is not at {agent.Node}");
    }

    /// <summary>A depot is told to drop content. What runs and is not wanted any more is about to be stopped.</summary>
    internal void Dropped(SimulatedAgent agent, string root)
    {
        foreach (var reader in agent.Readers(root).Where(r => world.Journal.Truth.Jobs.Current(r)?.Live?.Node == agent.Node))
            world.Violate($"{root} is dropped at {agent.Node} while attempt {reader} reads it");
    }

    /// <summary>A client was told that its exchange is taken in.</summary>
    internal void Ordered(SecretHash key, long exchange)
    {
        _exchanges[key] = exchange;
        KeptExchange(key, exchange);
    }

    internal void Ended(AttemptId attempt)
    {
        if (_live.TryGetValue((attempt.Job, attempt.Task), out var known) && known == attempt)
            _live.Remove((attempt.Job, attempt.Task));
    }

    /// <summary>An agent is told that the end of its attempt is known for good.</summary>
    internal void Acknowledged(NodeId node, AgentMachine machine, ulong sequence)
    {
        var owed = machine.Remembered().OfType<Owed>().FirstOrDefault(o => o.Message.Sequence == sequence);
        if (owed?.Message.Attempt is { } report
            && world.Journal.Truth.Jobs.Current(Orders.Id(report.Key)) is { } task && task.Live!.Node == node)
            world.Violate($"the end of attempt {Orders.Id(report.Key)} was acknowledged and is not in the journal");
    }

    /// <summary>A writer has read the journal.</summary>
    internal void Opened(ControlPlane plane)
    {
        SameAsJournal(plane.State);
        foreach (var (key, job) in _submitted)
            Kept(key, job);
    }

    /// <summary>Looks at what a batch touched.</summary>
    internal void Touched(Published published, DateTimeOffset now)
    {
        foreach (var happened in published.Events)
        {
            world.Count(happened.GetType().Name);
            if (Broken(published.State, happened, now) is { } rule)
                world.Violate(rule);
        }
    }

    internal void Everything()
    {
        var state = world.Plane.State;
        if (world.Plane.IsOpen && world.Journal.IsFlushed)
            SameAsJournal(state);
        foreach (var rule in StateRules.Broken(world.Journal.Truth, world.Plane.Time, world.Shrunk))
            world.Violate(rule);
        foreach (var (key, job) in _submitted)
            Kept(key, job);
        foreach (var (key, exchange) in _exchanges)
            KeptExchange(key, exchange);
    }

    internal bool IsAtRest() => world.Plane.IsOpen && world.Plane.State.Jobs.Active.IsEmpty && world.Plane.State.Data.Open.IsEmpty
        && world.Plane.State.Exchanges.Open.IsEmpty && _live.Count == 0 && world.Now > world.Options.Rough + TimeSpan.FromSeconds(30);

    /// <summary>Every job is over or says why it waits, and what was taken is given back.</summary>
    internal void AtTheEnd()
    {
        Everything();
        if (!world.Plane.IsOpen)
        {
            world.Violate("no control plane is open at the quiet end");
            return;
        }

        var state = world.Plane.State;
        SameAs(world.Journal.Replay(), state, "the journal read from its beginning gives another state");
        var round = Scheduler.Plan(state, world.Plane.Time, new());
        var pending = round.Pending.Select(p => p.Job).ToHashSet();
        foreach (var id in state.Jobs.Active)
        {
            var job = state.Jobs.Jobs[id];
            var stuck = job.Tasks.Values.FirstOrDefault(t => t.Live is { } a && world.Plane.Time - a.PlacedAt > job.Spec.Timeout);
            if (stuck is not null && (stuck is not Running || job.Spec.Service is null))
                world.Violate($"task {stuck.Live!.Id} is stuck at {stuck.Live.Node}: {stuck.GetType().Name}, {world.About(stuck.Live)}");
            else if (job.LiveCount == 0 && !pending.Contains(id))
                world.Violate($"job {id} waits at the quiet end and nobody says why: {job.WaitingCount} wait, {round.Commands.Length} proposed");
        }

        foreach (var job in state.Jobs.Jobs.Values.Where(j => j.Phase != JobPhase.Active && j.Money.Held.Amount != 0))
            world.Violate($"job {job.Id} is over and still holds {job.Money.Held}");
        if (state.Data.Open.IsEmpty && state.Network.Links.Keys.FirstOrDefault(l => state.Network.HeldOn(l).MaxIn(world.Plane.Time, DateTimeOffset.MaxValue) > 0) is { Value: not null } held)
            world.Violate($"nothing moves and circuits hold link {held}");
        if (state.Jobs.Active.IsEmpty && state.Sites.Nodes.Values.FirstOrDefault(n => n.Used != default) is { } used)
            world.Violate($"nothing runs and {used.Id} is in use");
        if (state.Exchanges.Moving.FirstOrDefault(e => world.AgentOf(e.Node).IsUp) is { } late)
            world.Violate($"exchange {late.Id} still moves at the quiet end");
        foreach (var (root, holder) in state.Data.Datasets.Values.SelectMany(d => d.Versions).SelectMany(v => v.Parts)
            .SelectMany(p => state.Data.HoldersOf(p.Root).Select(n => (p.Root, Holder: n))).Where(h => !world.AgentOf(h.Holder).Depot.Content.Contains(h.Root.Value)))
            world.Violate($"{holder} is said to hold {root} and does not");
        foreach (var running in _live.Values.Where(a => state.Jobs.Current(a) is null))
            world.Violate($"attempt {running} still runs at the quiet end and nobody wants it");
    }

    private void Kept(SecretHash key, long job)
    {
        if (!world.Journal.Truth.Jobs.ByKey.TryGetValue(key, out var known) || known != job)
            world.Violate($"job {job} was acknowledged and is not in the journal");
    }

    private void KeptExchange(SecretHash key, long exchange)
    {
        if (!world.Journal.Truth.Exchanges.ByKey.TryGetValue(key, out var known) || known != exchange)
            world.Violate($"exchange {exchange} was acknowledged and is not in the journal");
    }

    private void SameAsJournal(DomainState state) => SameAs(world.Journal.Truth, state, "the journal gives another state than the writer has");

    private void SameAs(DomainState expected, DomainState state, string rule)
    {
        if (!expected.ToBytes().AsSpan().SequenceEqual(state.ToBytes()))
            world.Violate(rule);
    }

    private static string? Broken(DomainState state, DomainEvent happened, DateTimeOffset now) => happened switch
    {
        CapacityTaken e when !state.Sites.Nodes[e.Node].Used.FitsIn(state.Sites.Nodes[e.Node].Total) => $"{e.Node} is overcommitted",
        CapacityTaken e when state.Sites.Nodes[e.Node].Accelerators.Any(a => a.UsedMilli > 1000) => $"an accelerator of {e.Node} is overcommitted",
        CircuitBooked e when NetworkRules.FirstFull(state.Network, e.Links, Bandwidth.Zero, e.From, e.To) is { } full => $"link {full} is overcommitted",
        UsageChanged e when state.Accounts.QuotaBroken(e.Project, default) is { } broken => $"{broken.Holder} is over its quota of {broken.Bound}",
        MoneyMoved e when e.Legs.Sum(l => l.Amount.Amount) != 0 => "a movement of money does not sum to zero",
        MoneyMoved e when e.Legs.Any(l => l.Account != AccountId.Issuer && state.Accounts.Balance(l.Account).Amount < 0) =>
            $"an account is below zero after '{e.Reason}' of job {e.Job}",
        JobMoneyChanged e when state.Jobs.Jobs[e.Job].Money is var m && (m.Reserved.Amount < 0 || m.Held < m.Reserved) =>
            $"job {e.Job} holds {m.Held} and promises {m.Reserved} at {now:u}",
        _ => null,
    };
}
