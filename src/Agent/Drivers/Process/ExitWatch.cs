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
    private const int Readable = 1;
    private const int BatchMax = 64;
    private const int WaitMilliseconds = 1000;

    // The kernel packs the event on x86-64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _poll = epoll_create1(CloseOnExec);
    private readonly ConcurrentDictionary<int, Action> _watched = new();
    private readonly Thread _thread;
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
        _watched[handle] = ended;
        var bytes = stackalloc byte[16];
        var added = new Span<byte>(bytes, 16);
        added.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(added, Readable);
        BinaryPrimitives.WriteInt32LittleEndian(added[(EventBytes - 8)..], handle);
        if (epoll_ctl(_poll, Add, handle, bytes) == 0)
            return true;
        _watched.TryRemove(handle, out _);
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
                var handle = BinaryPrimitives.ReadInt32LittleEndian(at[(EventBytes - 8)..]);
                // Taken out before it is closed: the number may be given out again at once.
                if (!_watched.TryRemove(handle, out var ended))
                    continue;
                _ = close(handle);
                ThreadPool.UnsafeQueueUserWorkItem(static run => run(), ended, preferLocal: false);
            }
        }

        foreach (var handle in _watched.Keys)
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
