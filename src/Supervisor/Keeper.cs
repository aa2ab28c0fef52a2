using System.Globalization;

namespace Meridian.Supervisor;

/// <summary>
/// Keeps the tasks: starts each attempt once, as its parent learns how it ended, and ends all that it left. Orders come from
/// one thread, which is the only one that starts programs: a machine starts them faster one after another than at once.
/// </summary>
internal sealed class Keeper : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Starter _starter;
    private readonly ControlGroups? _groups;
    private readonly Ledger _ledger;
    private readonly Action<Standing> _tell;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Entry> _running = [];
    private readonly HashSet<string> _groupsLeft = new(StringComparer.Ordinal);
    private readonly AutoResetEvent _hasChild = new(initialState: false);
    private long _leaseSeconds = long.MaxValue;
    private int _busyCount; // What runs, and what has ended and is being cleared up.

    /// <summary>Takes up what the ledger holds. What ran under an earlier supervisor is ended, and nobody will know how it would have.</summary>
    internal Keeper(string ledger, ControlGroups? groups, Starter starter, Action<Standing> tell)
    {
        (_groups, _starter, _tell) = (groups, starter, tell);
        var (entries, isOfThisBoot) = Ledger.Read(ledger);
        foreach (var entry in entries)
        {
            _entries.Add(entry.Id, entry);
            if (entry.Standing.State == StandingState.Runs)
                Lose(entry, isOfThisBoot);
        }

        _ledger = Ledger.Begin(ledger, _entries.Values);
        new Thread(Reap) { IsBackground = true, Name = "reaper" }.Start();
    }

    /// <summary>Whether a task runs.</summary>
    internal bool IsBusy
    {
        get
        {
            lock (_lock)
                return _busyCount > 0;
        }
    }

    /// <summary>Does what the agent asks, and tells where the attempt stands.</summary>
    internal void Do(Order order)
    {
        switch (order.Kind)
        {
            case OrderKind.Ask:
                _tell(StandingOf(order.Id));
                break;
            case OrderKind.Start:
                Start(order);
                break;
            case OrderKind.Stop:
                Stop(order.Id);
                break;
            case OrderKind.Forget:
                Forget(order.Id);
                break;
            case OrderKind.Sweep:
                Sweep(order.Words.ToHashSet(StringComparer.Ordinal));
                break;
            case OrderKind.Lease:
                Volatile.Write(ref _leaseSeconds, order.LeaseSeconds);
                break;
            default:
                break;
        }
    }

    /// <summary>To be called every second: ends everything when the lease is over, and removes groups that could not be at once.</summary>
    internal void Look()
    {
        List<string> left;
        lock (_lock)
            left = [.. _groupsLeft];
        foreach (var id in left)
            RemoveGroups(id);
        if (Native.SinceBoot().TotalSeconds < Volatile.Read(ref _leaseSeconds))
            return;
        foreach (var id in RunningIds())
            Kill(id);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _groups?.TryRemoveScope();
        _ledger.Dispose();
    }

    private void Start(Order order)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(order.Id, out entry))
            {
                _ledger.Starting(order.Id);
                _entries.Add(order.Id, entry = new(order.Id));
                Begin(entry, order);
            }
        }

        _tell(entry.Standing);
    }

    /// <summary>Under the lock: the reaper must not meet the process before it is known.</summary>
    private void Begin(Entry entry, Order order)
    {
        var from = Milliseconds();
        var started = _starter.Start(order);
        entry.Started = (from, Milliseconds());
        if (started.Process <= 0)
        {
            RemoveGroups(order.Id);
            End(entry, new(order.Id, StandingState.Over) { StartedMilliseconds = from, ExitCode = started.ExitCode, Detail = started.Fault });
            return;
        }

        entry.Process = started.Process;
        entry.Standing = new(order.Id, StandingState.Runs) { StartedMilliseconds = from };
        _ledger.Started(entry);
        _running.Add(entry.Process, entry);
        _busyCount++;
        if (_running.Count == 1)
            _hasChild.Set();
    }

    private void Stop(string id)
    {
        lock (_lock)
        {
            if (!_entries.ContainsKey(id))
            {
                // The start may still be on its way: it will find the attempt over.
                _ledger.Starting(id);
                _entries.Add(id, new(id));
                End(_entries[id], new(id, StandingState.Over) { ExitCode = 137 });
            }
        }

        Kill(id);
        if (StandingOf(id) is { State: not StandingState.Runs } over)
            _tell(over);
    }

    private void Kill(string id)
    {
        lock (_lock)
        {
            // Under the lock the process is not reaped, so its number is its own.
            if (_entries.TryGetValue(id, out var entry) && _running.ContainsKey(entry.Process))
                Native.KillGroup(entry.Process);
            else
                return;
        }

        _groups?.Kill(id);
    }

    private void Forget(string id)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out var entry) || entry.Standing.State == StandingState.Runs)
                return;
            _entries.Remove(id);
            _ledger.Forgotten(id);
            if (_ledger.IsLong)
                _ledger.Shorten(_entries.Values);
        }
    }

    private void Sweep(HashSet<string> known)
    {
        List<string> unknown;
        lock (_lock)
            unknown = [.. _entries.Keys.Where(id => !known.Contains(id))];
        foreach (var id in unknown)
        {
            Kill(id);
            Forget(id); // What still ends is forgotten by the next sweep.
        }

        foreach (var id in (_groups?.Tasks ?? []).Where(id => !known.Contains(id)))
        {
            _groups!.Kill(id);
            RemoveGroups(id);
        }
    }

    private void Reap()
    {
        while (true)
        {
            if (Native.WaitForAny() is not { } process)
            {
                _hasChild.WaitOne();
                continue;
            }

            Entry? entry;
            int code;
            long cpu;
            lock (_lock)
            {
                // The group before its leader is reaped: after that the number may be another's.
                Native.KillGroup(process);
                (code, cpu) = Native.Reap(process);
                if (!_running.Remove(process, out entry))
                    continue;
            }

            Over(entry, code, cpu);
        }
    }

    private void Over(Entry entry, int code, long cpu)
    {
        // Whatever the task left behind ends with it.
        _groups?.Kill(entry.Id);
        var usage = _groups?.Usage(entry.Id) ?? (cpu, 0, false);
        RemoveGroups(entry.Id);
        var standing = new Standing(entry.Id, StandingState.Over)
        {
            StartedMilliseconds = entry.Started.From,
            ExitCode = code,
            RunMilliseconds = Milliseconds() - entry.Started.From,
            CpuMicroseconds = usage.CpuMicroseconds,
            MemoryPeakBytes = usage.MemoryPeak,
            IsOutOfMemory = usage.IsOutOfMemory,
        };
        lock (_lock)
        {
            End(entry, standing);
        }

        _tell(standing);
        lock (_lock)
            _busyCount--;
    }

    private void End(Entry entry, Standing standing)
    {
        entry.Standing = standing;
        _ledger.Ended(standing);
    }

    private void Lose(Entry entry, bool isOfThisBoot)
    {
        if (isOfThisBoot && IsStill(entry))
            Native.KillGroup(entry.Process);
        _groups?.Kill(entry.Id);
        RemoveGroups(entry.Id);
        entry.Standing = new(entry.Id, StandingState.Gone)
        {
            StartedMilliseconds = isOfThisBoot ? entry.Started.From : 0,
            Detail = isOfThisBoot
                ? "The supervisor of the node's tasks ended while the task ran: something outside Meridian killed it."
                : "The machine was restarted while the task ran.",
        };
    }

    /// <summary>
    /// Whether the number is still that of the process that was started: it leads its session and began when we started it.
    /// Fields 6 (session) and 22 (start, in hundredths of a second since the boot) of stat, after the command's last bracket.
    /// </summary>
    private static bool IsStill(Entry entry)
    {
        var stat = Native.ReadSmall($"/proc/{entry.Process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return entry.Process > 1 && fields.Length > 19
            && fields[3] == entry.Process.ToString(CultureInfo.InvariantCulture)
            && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks * 10 >= entry.Started.From - 10 && ticks * 10 <= entry.Started.To + 10;
    }

    private void RemoveGroups(string id)
    {
        var isGone = _groups?.TryRemove(id) != false;
        lock (_lock)
        {
            if (isGone)
                _groupsLeft.Remove(id);
            else
                _groupsLeft.Add(id);
        }
    }

    private List<string> RunningIds()
    {
        lock (_lock)
            return [.. _running.Values.Select(e => e.Id)];
    }

    private Standing StandingOf(string id)
    {
        lock (_lock)
            return _entries.TryGetValue(id, out var entry) ? entry.Standing : new(id, StandingState.Unknown);
    }

    private static long Milliseconds() => (long)Native.SinceBoot().TotalMilliseconds;
}
