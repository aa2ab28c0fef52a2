using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// Tells when processes end, our own children and those of an earlier life alike: one thread waits on a handle for each
/// process (Linux 5.3). Waiting for children would miss the adopted ones, and would meet children that are not ours.
/// </summary>
internal sealed unsafe partial class ExitWatch : IDisposable
{
    private const int OpenProcess = 434;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Remove = 2;
    private const int Readable = 1;
    private const int BatchMax = 64;
    private const int WaitMilliseconds = 1000;

    // The kernel packs the event on x86-64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _poll = epoll_create1(CloseOnExec);
    private readonly ConcurrentDictionary<long, (int Handle, Action Ended)> _watched = new();
    private readonly Thread _thread;
    private long _lastNumber;
    private volatile bool _isEnding;

    internal ExitWatch()
    {
        _thread = new Thread(Wait) { IsBackground = true, Name = "exit watch" };
        _thread.Start();
    }

    /// <summary>Has the action called, once and on another thread, when the process ends. False when it is no more.</summary>
    internal bool TryWatch(int process, Action ended)
    {
        var handle = (int)syscall(OpenProcess, process, 0);
        if (handle < 0)
            return false;
        var number = Interlocked.Increment(ref _lastNumber);
        _watched[number] = (handle, ended);
        var bytes = stackalloc byte[16];
        var added = new Span<byte>(bytes, 16);
        added.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(added, Readable);
        BinaryPrimitives.WriteInt64LittleEndian(added[(EventBytes - 8)..], number);
        if (epoll_ctl(_poll, Add, handle, bytes) == 0)
            return true;
        _watched.TryRemove(number, out _);
        _ = close(handle);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _isEnding = true;

    private void Wait()
    {
        var bytes = stackalloc byte[16 * BatchMax];
        while (!_isEnding)
        {
            var count = epoll_wait(_poll, bytes, BatchMax, WaitMilliseconds);
            for (var i = 0; i < count; i++)
            {
                var at = new ReadOnlySpan<byte>(bytes + (i * EventBytes), EventBytes);
                var number = BinaryPrimitives.ReadInt64LittleEndian(at[(EventBytes - 8)..]);
                if (!_watched.TryRemove(number, out var watched))
                    continue;
                // Closing alone is not enough: a child that has not reached its program yet may hold the handle too, and
                // then the event comes again, when the handle's number is another's.
                _ = epoll_ctl(_poll, Remove, watched.Handle, bytes);
                _ = close(watched.Handle);
                ThreadPool.UnsafeQueueUserWorkItem(static run => run(), watched.Ended, preferLocal: false);
            }
        }

        foreach (var (handle, _) in _watched.Values)
            _ = close(handle);
        _ = close(_poll);
    }

    [LibraryImport("libc")]
    private static partial long syscall(long number, long first, long second);

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int poll, int operation, int handle, byte* change);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int poll, byte* events, int countMax, int milliseconds);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
