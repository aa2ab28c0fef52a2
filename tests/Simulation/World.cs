using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Primitives;
using Meridian.Simulation.Agents;
using Meridian.Simulation.Checks;
using Meridian.Simulation.Control;
using Meridian.Simulation.Disks;
using Meridian.Simulation.Network;

namespace Meridian.Simulation;

/// <summary>
/// A whole domain grown from one seed: the real rules of writer, scheduler and agents on simulated clocks, disks, machines
/// and lines. One queue of happenings, no threads: the same seed gives the same world.
/// </summary>
public sealed partial class World
{
    private static readonly DateTimeOffset Dawn = new(2026, 7, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _happenings = new();
    private readonly List<Violation> _violations = [];
    private readonly List<Line> _lines = [];
    private readonly List<SimulatedAgent> _agents = [];
    private readonly HashSet<SiteId> _cutOff = [];
    private readonly ulong _seed;
    private Seed _luck;
    private long _order;
    private bool _isRough;
    private ControlPlane _plane;
    private ControlPlane? _stale;
    private TimeSpan _wallSkew;

    private World(ulong seed, WorldOptions options)
    {
        (_seed, Options) = (seed, options);
        _luck = new(seed * 0x9E3779B97F4A7C15 + 1);
        Journal = new(this);
        Checks = new(this);
        _plane = new(this);
    }

    /// <summary>What happened so far.</summary>
    public long Steps { get; private set; }

    /// <summary>What went wrong on purpose.</summary>
    public long Faults { get; private set; }

    /// <summary>The same for the same seed and options.</summary>
    public ulong TraceHash { get; private set; }

    /// <summary>The rules that were broken; the world ends at the first.</summary>
    public ImmutableArray<Violation> Violations => [.. _violations];

    /// <summary>How often each kind of event was decided, and each kind of end came to an attempt.</summary>
    internal SortedDictionary<string, long> Happened { get; } = new(StringComparer.Ordinal);

    internal WorldOptions Options { get; }

    internal SimulatedJournal Journal { get; }

    internal WorldChecks Checks { get; }

    /// <summary>True time since the world began; it never jumps.</summary>
    internal TimeSpan Now { get; private set; }

    internal ControlPlane Plane => _plane;

    internal IReadOnlyList<SimulatedAgent> Agents => _agents;

    /// <summary>The nodes that once offered less than before.</summary>
    internal SortedSet<NodeId> Shrunk { get; } = [];

    /// <summary>Makes the world of the seed: sites, nodes, links, tenants, data, and the plans of its clients.</summary>
    public static World Grow(ulong seed, WorldOptions options)
    {
        var world = new World(seed, options);
        world.Populate();
        return world;
    }

    /// <summary>Lets everything happen until the world is at rest, or a rule is broken.</summary>
    public void Run()
    {
        _isRough = true;
        After(TimeSpan.FromSeconds(2), Misfortune);
        At(Options.Rough, Calm);
        while (_violations.Count == 0 && _happenings.TryDequeue(out var happening, out var at))
        {
            Now = at.At;
            if (Now > Options.Rough + Options.Quiet)
                break;
            Happen(happening);
            Steps++;
            TraceHash = Trace.Mix(TraceHash, (ulong)at.At.Ticks);
            if (Steps % Options.CheckEvery == 0)
                Checks.Everything();
            if (!_isRough && Steps % 64 == 0 && Checks.IsAtRest())
                break;
        }

        if (_violations.Count == 0)
            Checks.AtTheEnd();
    }

    internal void Violate(string rule) => _violations.Add(new(_seed, Steps, rule));

    internal void Count(string what) => Happened[what] = Happened.GetValueOrDefault(what) + 1;

    internal void At(TimeSpan at, Action happening) => _happenings.Enqueue(happening, (at > Now ? at : Now, _order++));

    internal void After(TimeSpan delay, Action happening) => At(Now + delay, happening);

    internal TimeSpan Between(double seconds, double otherSeconds) =>
        TimeSpan.FromTicks((long)((seconds + ((otherSeconds - seconds) * _luck.NextUnit())) * TimeSpan.TicksPerSecond));

    internal double Unit() => _luck.NextUnit();

    internal void Note(ReadOnlySpan<byte> bytes) => TraceHash = Trace.Mix(TraceHash, bytes);

    /// <summary>Whether something goes wrong here, in a rough world.</summary>
    internal bool FaultStrikes(double probability)
    {
        if (!_isRough || !_luck.Chance(probability * Options.Roughness))
            return false;
        Faults++;
        return true;
    }

    internal TimeSpan RunTimeOf(AttemptId id) => TimeSpan.FromSeconds(2 + (LuckOf(id, 1) * 40));

    internal bool FailsByItself(AttemptId id) => LuckOf(id, 2) < 0.15;

    /// <summary>The clock of a new process: the wall's time may have jumped, and it runs at a rate of its own.</summary>
    internal TimeProvider ClockOfPlane() => new SimulatedTime(this, _wallSkew, 1 + ((Unit() - 0.5) * 0.004));

    internal IEnumerable<Line> LinesOf(ControlPlane plane) => _lines.Where(l => ReferenceEquals(l.Plane, plane)).ToList();

    internal ControlPlane? PlaneFor(NodeId node)
    {
        if (_cutOff.Contains(node.Site))
            return null;
        return _stale is { IsAlive: true } stale && _luck.Chance(0.2) ? stale : _plane;
    }

    internal SimulatedAgent AgentOf(NodeId node) => _agents.Single(a => a.Node == node);

    internal Line Connect(SimulatedAgent agent, ControlPlane plane)
    {
        _lines.RemoveAll(l => l.IsBroken);
        var line = new Line(this, agent, plane);
        _lines.Add(line);
        return line;
    }

    /// <summary>A control plane ended; another one begins, if it was the one that counts.</summary>
    internal void Died(ControlPlane plane)
    {
        if (ReferenceEquals(plane, _plane))
            After(Between(0.5, 4), () => Replace(plane));
    }

    internal string About(Domain.Jobs.Attempt attempt) => _agents.Single(a => a.Node == attempt.Node).About(attempt.Id);

    private void Happen(Action happening)
    {
        try
        {
            happening();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Violate($"{failure.GetType().Name}: {failure.Message} {failure.StackTrace}");
        }
    }

    private void Replace(ControlPlane old)
    {
        if (!ReferenceEquals(old, _plane))
            return;
        _plane = new(this);
        _plane.Begin();
    }

    private double LuckOf(AttemptId id, ulong what) =>
        new Seed(Trace.Mix(Trace.Mix(_seed, (ulong)((id.Job * 1_000_003) + (id.Task * 1009) + id.Number)), what)).NextUnit();

    private sealed class SimulatedTime(World world, TimeSpan skew, double rate) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (world.Now * rate).Ticks;

        public override DateTimeOffset GetUtcNow() => Dawn + (world.Now * rate) + skew;
    }
}
