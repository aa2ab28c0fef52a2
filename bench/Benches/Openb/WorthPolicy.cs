using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>
/// Meridian's own choice of nodes. It knows only what has arrived so far, as the scheduler knows the jobs that run and
/// wait; it looks at that again each time that a quarter more has arrived.
/// </summary>
internal sealed class WorthPolicy(OpenbTrace trace) : OpenbPolicy
{
    private const double Growth = 1.25;

    private readonly double[] _arrived = new double[trace.Classes.Count];
    private readonly double[] _accelerators = [.. trace.Models.Select((_, kind) =>
        (double)trace.Nodes.Where(node => node.Kind == kind).Sum(node => node.AcceleratorCount))];

    private RoomWorth? _worth;
    private int _version;
    private double _count;
    private double _nextLook = 1;

    /// <inheritdoc/>
    internal override int Version => _version;

    /// <inheritdoc/>
    internal override void Learn(int pod)
    {
        _count++;
        _arrived[pod]++;
        if (_count < _nextLook)
            return;
        _worth = new(trace.Classes.Zip(_arrived), _accelerators);
        _nextLook = Math.Max(_count + 1, _count * Growth);
        _version++;
    }

    /// <inheritdoc/>
    internal override (double Score, int Accelerator) Score(OpenbRoom room, Ask ask)
    {
        var free = room.Room;
        var (loss, accelerator) = _worth!.Loss(free, _worth.Of(free), ask);
        return (-loss - (1e-8 * Leftover(room, ask)), accelerator);
    }

    /// <summary>As in the scheduler, where several take the same: the least left over, and accelerators kept free.</summary>
    private static double Leftover(OpenbRoom room, Ask ask)
    {
        var (free, total) = (room.Free - ask.Amount, room.Node.Total);
        var milli = 0L;
        foreach (var one in room.Room.Milli)
            milli += one;
        var accelerators = (double)milli / (room.Node.AcceleratorCount * NodeView.AcceleratorWhole);
        return ((double)free.CpuMillicores / total.CpuMillicores) + ((double)free.Memory.Bytes / total.Memory.Bytes)
            + (ask.Count == 0 ? 4 * accelerators : accelerators);
    }
}
