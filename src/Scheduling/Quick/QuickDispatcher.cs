namespace Meridian.Scheduling.Quick;

/// <summary>Hears what was decided.</summary>
public interface IQuickListener
{
    /// <summary>The job was placed.</summary>
    void Placed(in QuickJob job, in QuickPlacement placement);

    /// <summary>The job can be placed nowhere, now or later, under its own terms.</summary>
    void Refused(in QuickJob job);
}

/// <summary>
/// Decides as things happen. A job for which there is no room waits in the line of its shape, and lines are looked at when
/// something ends where one of their shape may fit. A job that still finds no room goes to the end of its line, so that it
/// does not keep those behind it from the room that they could take.
/// </summary>
/// <param name="path">The index.</param>
/// <param name="listener">Told of every decision.</param>
public sealed class QuickDispatcher(QuickPath path, IQuickListener listener)
{
    private const int LookMax = 16;

    private readonly List<Queue<QuickJob>> _lines = [];

    /// <summary>How many jobs wait.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>Places the job, lets it wait, or refuses it.</summary>
    public void Submit(in QuickJob job, long now)
    {
        var placement = path.Decide(job, now);
        if (placement.IsPlaced)
        {
            listener.Placed(job, placement);
        }
        else if (path.IsPossible(job, now))
        {
            while (_lines.Count <= job.Shape)
                _lines.Add(new());
            _lines[job.Shape].Enqueue(job);
            WaitingCount++;
        }
        else
        {
            listener.Refused(job);
        }
    }

    /// <summary>Gives back what a placement holds, and places what waited for it.</summary>
    public void End(int holding, long now)
    {
        var (pool, _) = path.OwnerOf(holding);
        path.Release(holding);
        if (WaitingCount == 0)
            return;
        foreach (var shape in path.Reopened)
        {
            if (shape < _lines.Count)
                Advance(_lines[shape], pool, now);
        }
    }

    /// <summary>
    /// Looks at all that wait once: links may have become free, which nothing tells of, and deadlines may have passed.
    /// </summary>
    public void Sweep(long now)
    {
        foreach (var line in _lines)
        {
            for (var left = line.Count; left > 0; left--)
                TryNext(line, pool: -1, now);
        }
    }

    /// <summary>
    /// Places jobs of the line until one that may go to the pool finds no room. Those that may not were tried when there was
    /// last room elsewhere, so they are passed over.
    /// </summary>
    private void Advance(Queue<QuickJob> line, int pool, long now)
    {
        for (var looks = LookMax; looks > 0 && line.Count > 0;)
        {
            var before = WaitingCount;
            if (TryNext(line, pool, now))
                return;
            looks -= before == WaitingCount ? 1 : 0;
        }
    }

    /// <summary>Takes the next job of the line out, or puts it at its end; says whether it was tried and found no room.</summary>
    private bool TryNext(Queue<QuickJob> line, int pool, long now)
    {
        var job = line.Dequeue();
        var mayGo = pool < 0 || path.Allows(job, pool);
        var placement = mayGo ? path.Decide(job, now) : QuickPlacement.None;
        if (!placement.IsPlaced && path.IsTimely(job, now))
        {
            line.Enqueue(job);
            return mayGo;
        }

        WaitingCount--;
        if (placement.IsPlaced)
            listener.Placed(job, placement);
        else
            listener.Refused(job);
        return false;
    }
}
