using System.Collections.Concurrent;
using Meridian.Primitives;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>A job as it is handed in, and what nobody knows then: which share of its expected run time it will take.</summary>
internal readonly record struct Arrival(QuickJob Job, long At, float RunShare);

/// <summary>
/// The jobs in the order of their arrival, drawn on a thread of its own a few batches ahead. First come those that have been
/// running when the day begins, without input and with what is left of their run time; then as many as end. Who is seen running
/// at a moment runs long: the first are drawn by their run time, as many of each kind as arrive while one of it runs (Little's law),
/// so that the fleet begins as full as it stays.
/// </summary>
internal sealed class JobSource : IDisposable
{
    internal const int BatchSize = 8192;

    private const float RunShareMin = 0.6f;
    private const float RunShareMean = 0.8f;
    // The work of a core of a plain pool in what is placed, cores of the other pools that do such work too; known from runs.
    private const double MeanSpeed = 1.65;

    private const int SampleCount = 200_000;
    private const double FillMilliseconds = 60_000;

    private readonly BlockingCollection<Arrival[]> _ready = new(8);
    private readonly BlockingCollection<Arrival[]> _used = [];
    private readonly Thread _thread;
    private readonly JobMix _mix;
    private readonly long _jobCount;
    private readonly long _start;
    private readonly double _perMillisecond;
    private readonly double _meanRun;
    private Seed _seed;

    internal JobSource(QuickPath path, long jobCount, long start, double occupancy, ulong seed)
    {
        (_jobCount, _start, _seed) = (jobCount, start, new(seed));
        var (cores, accelerators) = (
            path.Pools.Where(p => p.Accelerators is null).Sum(p => p.NodeCount * p.Node.CpuMillicores / 1000d),
            path.Pools.Sum(p => (double)p.NodeCount * (p.Accelerators?.Count ?? 0)));
        var load = Load.Of(path, new(path, seed + 1));
        _perMillisecond = occupancy * cores / load.CoreMilliseconds;
        _mix = new(path, seed + 1) { AcceleratorDuration = occupancy * accelerators / load.AcceleratorMilliseconds / _perMillisecond };
        _meanRun = load.PlainRun + (_mix.AcceleratorDuration * load.AcceleratedRun);
        FillCount = (long)(_perMillisecond * _meanRun) / BatchSize * BatchSize;
        _thread = new(Fill) { IsBackground = true, Name = "jobs" };
        _thread.Start();
    }

    /// <summary>How many jobs come first to fill the fleet, a whole number of batches.</summary>
    internal long FillCount { get; }

    internal IEnumerable<Arrival[]> Batches()
    {
        foreach (var batch in _ready.GetConsumingEnumerable())
        {
            yield return batch;
            _used.Add(batch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ready.Dispose();
        _used.Dispose();
    }

    private void Fill()
    {
        var (submission, left, at) = (default(Submission), 0L, (double)_start);
        for (var id = 0L; id < FillCount + _jobCount;)
        {
            var batch = _used.TryTake(out var used) && used.Length <= FillCount + _jobCount - id
                ? used
                : new Arrival[Math.Min(BatchSize, FillCount + _jobCount - id)];
            for (var i = 0; i < batch.Length; i++, left--)
            {
                if (left == 0)
                {
                    (submission, left) = Draw(isRunning: id < FillCount);
                    at += -Math.Log(1 - _seed.NextUnit()) * left / (id < FillCount ? FillCount / FillMilliseconds : _perMillisecond);
                }

                batch[i] = Arrive(_mix.Member(submission.Job, ++id), (long)at);
            }

            _ready.Add(batch);
        }

        _ready.CompleteAdding();
    }

    /// <summary>A submission, and how many jobs of it come; of one that may be running, as many as would be seen.</summary>
    private (Submission Submission, long Count) Draw(bool isRunning)
    {
        while (true)
        {
            var submission = _mix.Next();
            var count = isRunning
                ? (long)((submission.Count * RunOf(submission.Job) / _meanRun) + _seed.NextUnit())
                : submission.Count;
            if (count > 0)
                return (submission, count);
        }
    }

    private static double RunOf(in QuickJob job) =>
        1000d * RunShareMean * (job.IsService ? job.TimeoutSeconds : job.DurationSeconds / MeanSpeed);

    private Arrival Arrive(in QuickJob job, long at)
    {
        var share = RunShareMin + ((1 - RunShareMin) * (float)_seed.NextUnit());
        return job.Id <= FillCount
            ? new(job with { InputBytes = 0, Deadline = 0 }, at, share * (float)_seed.NextUnit())
            : new(job with { Deadline = job.Deadline == 0 ? 0 : at + job.Deadline }, at, share);
    }

    /// <summary>What a job of the mix takes on average, and how long it runs: what takes accelerators apart.</summary>
    private readonly record struct Load(double CoreMilliseconds, double AcceleratorMilliseconds, double PlainRun, double AcceleratedRun)
    {
        internal static Load Of(QuickPath path, JobMix mix)
        {
            var (core, accelerator, plain, accelerated, count) = (0d, 0d, 0d, 0d, 0L);
            for (var i = 0; i < SampleCount; i++)
            {
                var (job, copies) = mix.Next();
                var (demand, tasks) = path.DemandOf(job.Shape);
                var milliseconds = copies * RunOf(job);
                count += copies;
                if (demand.Accelerators is { } wanted)
                {
                    accelerator += milliseconds * tasks * wanted.Count * wanted.FractionMilli / 1000;
                    accelerated += milliseconds;
                }
                else
                {
                    core += milliseconds * demand.CpuMillicores / 1000;
                    plain += milliseconds;
                }
            }

            return new(core / count, accelerator / count, plain / count, accelerated / count);
        }
    }
}
