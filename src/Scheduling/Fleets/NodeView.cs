using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.JobFiles;

namespace Meridian.Scheduling.Fleets;

/// <summary>What a task needs of a node.</summary>
/// <param name="Demand">How much.</param>
/// <param name="NeedsSandbox">Whether it runs only isolated.</param>
/// <param name="Longest">How long at most it holds that from its placement on; without bound where its data has to come first.</param>
internal readonly record struct TaskShape(ResourceDemand Demand, bool NeedsSandbox, TimeSpan Longest)
{
    /// <summary>Whether it is stopped when a reservation begins, so that it is in nobody's way.</summary>
    internal bool Yields { get; private init; }

    /// <summary>How long it runs at most.</summary>
    internal TimeSpan Timeout { get; private init; }

    /// <summary>Whether all of its data is at the node; nothing where it needs none.</summary>
    internal Func<NodeId, bool>? IsDataAt { get; init; }

    /// <summary>How long at most it holds the node from its placement on, its data's way included.</summary>
    internal TimeSpan LongestOn(NodeId node) =>
        IsDataAt?.Invoke(node) == false ? Timeout + NodeCalendar.StagingAllowance : Timeout;

    internal static TaskShape Of(JobSpec spec) => new(
        spec.Resources, spec.Constraints.Isolation == Isolation.Sandbox,
        spec.Inputs.IsEmpty ? spec.Timeout : TimeSpan.MaxValue)
    {
        Yields = spec.IsBestEffort,
        Timeout = spec.Timeout,
    };
}

/// <summary>What is free of a node, for one round. Changes as the round proposes.</summary>
internal sealed class NodeView
{
    private readonly int[] _acceleratorFree;
    private readonly FleetWorth _fleet;
    private Dictionary<ResourceDemand, double>? _losses;
    private int[]? _kinds;
    private double? _worth;
    private (TimeSpan In, NodeView Then)? _reserved;
    private List<(TimeSpan In, NodeView Then)>? _advance;

    internal NodeView(Node node, FleetWorth fleet, KeptRoom claimed)
    {
        (Node, _fleet) = (node, fleet);
        Free = node.Total - node.Used - claimed.Amount;
        _acceleratorFree = new int[node.Accelerators.Length];
        for (var i = 0; i < _acceleratorFree.Length; i++)
            _acceleratorFree[i] = AcceleratorWhole - node.Accelerators[i].UsedMilli - claimed.MilliOf(i);
    }

    private NodeView(NodeView other)
    {
        (Node, Free, _fleet, _kinds) = (other.Node, other.Free, other._fleet, other._kinds);
        _acceleratorFree = (int[])other._acceleratorFree.Clone();
        _advance = other._advance?.ConvertAll(one => (one.In, one.Then.Copy()));
    }

    /// <summary>The thousandths of a whole accelerator.</summary>
    internal const int AcceleratorWhole = 1000;

    internal Node Node { get; }

    internal Capacity Free { get; private set; }

    /// <summary>The free thousandths of each accelerator.</summary>
    internal ReadOnlySpan<int> AcceleratorFree => _acceleratorFree;

    internal NodeView Copy() => new(this);

    /// <summary>
    /// What a task of the demand, which fits, takes of the room's worth in accelerators; nothing where there are none.
    /// </summary>
    internal double Loss(ResourceDemand demand)
    {
        if (_acceleratorFree.Length == 0)
            return 0;
        _losses ??= new(ReferenceEqualityComparer.Instance);
        if (!_losses.TryGetValue(demand, out var loss))
            _losses.Add(demand, loss = _fleet.Worth.Loss(Room, Worth, _fleet.AskOf(demand)).Loss);
        return loss;
    }

    /// <summary>How many tasks of the demand fit at once in what is free.</summary>
    internal int SlotCount(TaskShape shape) => LeftBeside(shape) is { } left
        ? SlotCount(shape, left.Free, index => left._acceleratorFree[index])
        : SlotCount(shape, Free, index => _acceleratorFree[index]);

    /// <summary>How many tasks of the demand fit at once when the node is empty.</summary>
    internal int SlotCountWhenEmpty(TaskShape shape) => SlotCount(shape, Node.Total, _ => AcceleratorWhole);

    /// <summary>
    /// Keeps room for a later start: a task that may still run then takes only what is free both now and then, beside what
    /// starts then.
    /// </summary>
    internal void Reserve(TimeSpan fromNow, NodeView then) => _reserved = (fromNow, then);

    /// <summary>Whether room is kept for a later start.</summary>
    internal bool IsReserved => _reserved is not null;

    /// <summary>The reservations that take of what is free for all, now or later.</summary>
    internal IReadOnlyList<Reservation> Reservations { get; init; } = [];

    /// <summary>From then on only so much is free beside reservations: a task that may still run then takes no more than that.</summary>
    internal void KeepFrom(TimeSpan fromNow, (Capacity Amount, ImmutableArray<int> Milli) free) =>
        (_advance ??= []).Add((fromNow, With((free.Amount, [.. free.Milli]))));

    /// <summary>The node as it is when so much of it is free, and nothing is kept for later.</summary>
    internal NodeView With((Capacity Amount, int[] Milli) free)
    {
        var then = new NodeView(this) { _advance = null, Free = free.Amount };
        free.Milli.CopyTo(then._acceleratorFree, 0);
        return then;
    }

    /// <summary>Leaves no more free than so much.</summary>
    internal void Limit(Capacity most, ReadOnlySpan<int> milli)
    {
        Free = Least(Free, most);
        for (var i = 0; i < _acceleratorFree.Length; i++)
            _acceleratorFree[i] = Math.Min(_acceleratorFree[i], milli[i]);
    }

    /// <summary>Goes on with the reservation of an older view of the same node.</summary>
    internal void ReserveAs(NodeView older) => _reserved = older._reserved;

    /// <summary>Takes the room of one task, and says which accelerators; the caller knows that it fits.</summary>
    internal ImmutableArray<AcceleratorShare> Take(TaskShape shape)
    {
        var (from, demand) = (LeftBeside(shape) ?? this, shape.Demand);
        ImmutableArray<AcceleratorShare> shares = demand.Accelerators is null
            ? []
            : AcceleratorChoice.Choose(from.Room, from.Worth, _fleet.AskOf(demand), _fleet.Worth);
        Hold(AmountOf(demand), shares);
        foreach (var then in Thens(shape))
            then.Hold(AmountOf(demand), shares);
        return shares;
    }

    /// <summary>Gives back what an attempt holds.</summary>
    internal void Return(Attempt attempt)
    {
        Free += attempt.Amount;
        foreach (var share in attempt.Shares)
        {
            if (share.Index < _acceleratorFree.Length)
                _acceleratorFree[share.Index] += share.Milli;
        }

        Forget();
    }

    internal static Capacity AmountOf(ResourceDemand demand) => new(demand.CpuMillicores, demand.Memory, demand.Disk);

    private Room Room => new(Free, _acceleratorFree, _kinds ??= _fleet.KindsOf(Node));

    private double Worth => _worth ??= _fleet.Worth.Of(Room);

    /// <summary>What is free at each later start for which room is kept and which the task may outlast.</summary>
    private IEnumerable<NodeView> Thens(TaskShape shape)
    {
        if (_reserved is { } reserved && shape.Longest > reserved.In)
            yield return reserved.Then;
        if (_advance is null || shape.Yields)
            yield break;
        var longest = shape.LongestOn(Node.Id);
        foreach (var (fromNow, then) in _advance)
        {
            if (longest > fromNow)
                yield return then;
        }
    }

    /// <summary>What is free both now and when what is reserved starts; nothing where that does not matter to the task.</summary>
    private NodeView? LeftBeside(TaskShape shape)
    {
        if (_reserved is null && _advance is null)
            return null;
        NodeView? left = null;
        foreach (var then in Thens(shape))
        {
            left ??= Copy();
            left.Limit(then.Free, then._acceleratorFree);
        }

        return left;
    }

    private static Capacity Least(Capacity left, Capacity right) => new(
        Math.Min(left.CpuMillicores, right.CpuMillicores), left.Memory < right.Memory ? left.Memory : right.Memory,
        left.Disk < right.Disk ? left.Disk : right.Disk);

    private void Hold(Capacity amount, ImmutableArray<AcceleratorShare> shares)
    {
        Free -= amount;
        foreach (var share in shares)
            _acceleratorFree[share.Index] -= share.Milli;
        Forget();
    }

    private void Forget()
    {
        _losses?.Clear();
        _worth = null;
    }

    private int SlotCount(TaskShape shape, Capacity room, Func<int, int> free)
    {
        if (shape.NeedsSandbox && !Node.CanSandbox)
            return 0;
        var demand = shape.Demand;
        var count = Math.Min(
            Times(room.CpuMillicores, demand.CpuMillicores),
            Math.Min(Times(room.Memory.Bytes, demand.Memory.Bytes), Times(room.Disk.Bytes, demand.Disk.Bytes)));
        if (demand.Accelerators is { } wanted && count > 0)
            count = Math.Min(count, AcceleratorChoice.SlotCount(Node, free, wanted));
        return (int)Math.Min(count, int.MaxValue);
    }

    private static long Times(long room, long need) => room < 0 ? 0 : need <= 0 ? int.MaxValue : room / need;
}
