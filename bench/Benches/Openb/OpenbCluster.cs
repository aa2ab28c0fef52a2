using Meridian.Domain.Sites;
using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>What is free of a node while pods arrive.</summary>
internal sealed class OpenbRoom(OpenbNode node)
{
    private readonly int[] _milli = [.. Enumerable.Repeat(NodeView.AcceleratorWhole, node.AcceleratorCount)];
    private readonly int[] _kinds = [.. Enumerable.Repeat(node.Kind, node.AcceleratorCount)];

    internal OpenbNode Node { get; } = node;

    internal Capacity Free { get; private set; } = node.Total;

    /// <summary>Grows with every change.</summary>
    internal int Version { get; private set; }

    internal Room Room => new(Free, _milli, _kinds);

    /// <summary>Equal for rooms that no policy tells apart.</summary>
    internal (OpenbNode Like, Capacity Free, UInt128 Milli) State
    {
        get
        {
            UInt128 packed = 0;
            foreach (var one in _milli)
                packed = (packed << 10) | (uint)one;
            return (Node, Free, packed);
        }
    }

    /// <summary>Takes the room of a pod: a single accelerator as told, or whole ones that nobody uses.</summary>
    internal void Take(Ask ask, int accelerator)
    {
        Free -= ask.Amount;
        if (ask.Count == 1)
        {
            _milli[accelerator] -= ask.Milli;
        }
        else
        {
            foreach (var index in AcceleratorChoice.Roomiest(Room, ask).ToList())
                _milli[index] -= ask.Milli;
        }

        Version++;
        if (!Free.FitsIn(Node.Total) || Free.CpuMillicores < 0 || Free.Memory.Bytes < 0 || _milli.Any(m => m < 0))
            throw new InvalidOperationException("A pod was placed where it does not fit.");
    }
}

/// <summary>
/// Pods arrive one by one and go where the policy likes it best; one that fits nowhere is dropped. What a policy thinks of
/// a node is kept until the node changes or the policy learns.
/// </summary>
internal sealed class OpenbCluster
{
    private readonly OpenbTrace _trace;
    private readonly OpenbPolicy _policy;
    private readonly OpenbRoom[] _rooms;
    private readonly Dictionary<int, Verdict[]> _verdicts = [];
    private readonly Dictionary<(OpenbNode, Capacity, UInt128), Verdict> _alike = [];
    private readonly double[] _scores;

    internal OpenbCluster(OpenbTrace trace, OpenbPolicy policy)
    {
        (_trace, _policy) = (trace, policy);
        _rooms = [.. trace.Nodes.Select(node => new OpenbRoom(node))];
        _scores = new double[_rooms.Length];
    }

    /// <summary>
    /// The accelerators allocated, in hundredths of what there is, when as much has arrived as there is: the mean over
    /// the arrivals at which the part that has arrived rounds to the whole.
    /// </summary>
    internal double AllocatedPercent(ulong seed)
    {
        var (arrived, allocated, sum, count) = (0L, 0L, 0d, 0);
        foreach (var pod in _trace.Arrivals(seed))
        {
            var ask = _trace.Classes[pod];
            arrived += OpenbTrace.MilliOf(ask);
            allocated += Place(pod, ask) ? OpenbTrace.MilliOf(ask) : 0;
            var percent = _trace.ArrivedPercent(arrived);
            if (percent > 100)
                break;
            if (percent == 100)
                (sum, count) = (sum + (100d * allocated / _trace.CapacityMilli), count + 1);
        }

        return sum / count;
    }

    private bool Place(int pod, Ask ask)
    {
        _policy.Learn(pod);
        if (!_verdicts.TryGetValue(pod, out var verdicts))
            _verdicts.Add(pod, verdicts = [.. Enumerable.Repeat(Verdict.None, _rooms.Length)]);
        _alike.Clear();
        for (var i = 0; i < _rooms.Length; i++)
        {
            var stamp = (_rooms[i].Version, _policy.Version);
            if (verdicts[i].Stamp != stamp)
                verdicts[i] = Judge(_rooms[i], ask) with { Stamp = stamp };
            _scores[i] = verdicts[i].Score;
        }

        var chosen = _policy.Pick(_scores);
        if (chosen < 0)
            return false;
        _rooms[chosen].Take(ask, verdicts[chosen].Accelerator);
        return true;
    }

    private Verdict Judge(OpenbRoom room, Ask ask)
    {
        var state = room.State;
        if (_alike.TryGetValue(state, out var verdict))
            return verdict;
        verdict = Verdict.None;
        if (room.Room.Holds(ask))
        {
            var (score, accelerator) = _policy.Score(room, ask);
            verdict = verdict with { Score = score, Accelerator = accelerator };
        }

        _alike.Add(state, verdict);
        return verdict;
    }

    private readonly record struct Verdict((int, int) Stamp, double Score, int Accelerator)
    {
        internal static readonly Verdict None = new((-1, -1), double.NegativeInfinity, 0);
    }
}
