using System.Collections.Concurrent;
using Meridian.Primitives;
using Meridian.Scheduling.Quick;

namespace Meridian.Benches.National;

/// <summary>A job as it is handed in, and what nobody knows then: which share of its expected run time it will take.</summary>
internal readonly record struct Arrival(QuickJob Job, long At, float RunShare);

/// <summary>
/// The jobs in the order of their arrival, drawn on a thread of its own a few batches ahead. First come those that have been
/// running when the day begins, without input and with what is left of their run time; then as many as end.
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
        FillCount = (long)(_perMillisecond * load.RunMilliseconds) / BatchSize * BatchSize;
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
        var (submission, left, at) = (default(Submission), 0, (double)_start);
        for (var id = 0L; id < FillCount + _jobCount;)
        {
            var batch = _used.TryTake(out var used) && used.Length <= FillCount + _jobCount - id
                ? used
                : new Arrival[Math.Min(BatchSize, FillCount + _jobCount - id)];
            for (var i = 0; i < batch.Length; i++, left--)
            {
                if (left == 0)
                {
                    (submission, left) = (_mix.Next(), 0);
                    left = submission.Count;
                    at += -Math.Log(1 - _seed.NextUnit()) * left / (id < FillCount ? FillCount / FillMilliseconds : _perMillisecond);
                }

                batch[i] = Arrive(_mix.Member(submission.Job, ++id), (long)at);
            }

            _ready.Add(batch);
        }

        _ready.CompleteAdding();
    }

    private Arrival Arrive(in QuickJob job, long at)
    {
        var share = RunShareMin + ((1 - RunShareMin) * (float)_seed.NextUnit());
        return job.Id <= FillCount
            ? new(job with { InputBytes = 0, Deadline = 0 }, at, share * (float)_seed.NextUnit())
            : new(job with { Deadline = job.Deadline == 0 ? 0 : at + job.Deadline }, at, share);
    }

    /// <summary>What a job of the mix takes on average.</summary>
    private readonly record struct Load(double CoreMilliseconds, double AcceleratorMilliseconds, double RunMilliseconds)
    {
        internal static Load Of(QuickPath path, JobMix mix)
        {
            var (core, accelerator, run, count) = (0d, 0d, 0d, 0L);
            for (var i = 0; i < SampleCount; i++)
            {
                var (job, copies) = mix.Next();
                var (demand, tasks) = path.DemandOf(job.Shape);
                var milliseconds = 1000d * RunShareMean * copies * (job.IsService ? job.TimeoutSeconds : job.DurationSeconds / MeanSpeed);
                count += copies;
                run += milliseconds;
                if (demand.Accelerators is { } wanted)
                    accelerator += milliseconds * tasks * wanted.Count * wanted.FractionMilli / 1000;
                else
                    core += milliseconds * demand.CpuMillicores / 1000;
            }

            return new(core / count, accelerator / count, run / count);
        }
    }
}
