using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>What came of the jobs.</summary>
internal sealed class Counts
{
    internal long PlacedCount { get; private set; }

    internal long RefusedCount { get; private set; }

    internal long WaitedCount { get; set; }

    internal long CircuitCount { get; private set; }

    internal double CostSum { get; private set; }

    internal double SecondSum { get; private set; }

    internal double CarbonSum { get; private set; }

    internal long DeadlineCount { get; private set; }

    internal long InTimeCount { get; private set; }

    internal void Add(in QuickJob job, in QuickPlacement placement, long submitted, long end)
    {
        PlacedCount++;
        CostSum += placement.PriceMicros / 1e6;
        CarbonSum += placement.CarbonGrams;
        SecondSum += (end - submitted) / 1000d;
        CircuitCount += placement.Circuit.Mbps > 0 ? 1 : 0;
        DeadlineCount += job.Deadline > 0 ? 1 : 0;
        InTimeCount += job.Deadline > 0 && end <= job.Deadline ? 1 : 0;
    }

    internal void Refuse(in QuickJob job)
    {
        RefusedCount++;
        DeadlineCount += job.Deadline > 0 ? 1 : 0;
    }
}

/// <summary>
/// How much is held, on average over time: cores of the pools without accelerators, and accelerators of the others.
/// </summary>
internal sealed class Occupancy
{
    private readonly QuickPath _path;
    private readonly double _cores;
    private readonly double _accelerators;
    private readonly List<(double Cores, double Accelerators)> _ofShape = [];
    private readonly bool[] _isPlain;
    private long _from;
    private double _busyCores;
    private double _busyAccelerators;
    private double _coreTime;
    private double _acceleratorTime;
    private long _time;
    private bool _isOver;

    internal Occupancy(QuickPath path)
    {
        _path = path;
        _isPlain = [.. path.Pools.Select(p => p.Accelerators is null)];
        _cores = path.Pools.Where(p => p.Accelerators is null).Sum(p => p.NodeCount * p.Node.CpuMillicores / 1000d);
        _accelerators = path.Pools.Sum(p => (double)p.NodeCount * (p.Accelerators?.Count ?? 0));
    }

    internal double CorePercent => 100 * _coreTime / _time / _cores;

    internal double AcceleratorPercent => 100 * _acceleratorTime / _time / _accelerators;

    internal void Change(long now, int pool, int shape, int sign)
    {
        Weigh(now);
        while (_ofShape.Count <= shape)
        {
            var (demand, tasks) = _path.DemandOf(_ofShape.Count);
            var milli = demand.Accelerators is { } a ? a.Count * a.FractionMilli : 0;
            _ofShape.Add((demand.CpuMillicores / 1000d * tasks, milli / 1000d * tasks));
        }

        if (_isPlain[pool])
            _busyCores += sign * _ofShape[shape].Cores;
        else
            _busyAccelerators += sign * _ofShape[shape].Accelerators;
    }

    internal void Restart(long now) => (_from, _time, _coreTime, _acceleratorTime) = (now, 0, 0, 0);

    internal void Stop(long now)
    {
        Weigh(now);
        _isOver = true;
    }

    private void Weigh(long now)
    {
        if (_isOver || now <= _from)
            return;
        _coreTime += _busyCores * (now - _from);
        _acceleratorTime += _busyAccelerators * (now - _from);
        _time += now - _from;
        _from = now;
    }
}

/// <summary>How long decisions took, by tenths of a microsecond.</summary>
internal sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[200_000];

    internal void Add(long ticks) => _counts[Math.Min(ticks, _counts.Length - 1)]++;

    internal void Clear() => Array.Clear(_counts);

    internal double Microseconds(double share)
    {
        var left = (long)(share * _counts.Sum());
        var at = 0;
        while (at < _counts.Length - 1 && (left -= _counts[at]) >= 0)
            at++;
        return at / 10d;
    }
}
