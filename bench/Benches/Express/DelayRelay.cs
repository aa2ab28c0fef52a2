using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Meridian.Benches.Express;

/// <summary>
/// A wire between two network namespaces that holds every packet for a while: a TUN device at each end and this process
/// in between, because the kernel of the test machine has no netem. What it costs is not the tools' processor time.
/// </summary>
internal sealed partial class DelayRelay : IDisposable
{
    private const int PacketBytesMax = 9216;
    private const int PollIn = 1;

    private readonly int[] _ends;
    private readonly long _delayTicks;
    private readonly Thread[] _threads;
    private volatile bool _isOver;

    private DelayRelay(int[] ends, TimeSpan delay)
    {
        _ends = ends;
        _delayTicks = (long)(delay.TotalSeconds * Stopwatch.Frequency);
        _threads =
        [
            new(() => Carry(_ends[0], _ends[1])) { IsBackground = true, Priority = ThreadPriority.Highest },
            new(() => Carry(_ends[1], _ends[0])) { IsBackground = true, Priority = ThreadPriority.Highest },
        ];
    }

    /// <summary>Makes the devices; they carry packets at once.</summary>
    /// <param name="first">The namespace and the device's name at one end.</param>
    /// <param name="second">The other end.</param>
    /// <param name="delay">The delay in one direction.</param>
    internal static DelayRelay Start((string Space, string Device) first, (string Space, string Device) second, TimeSpan delay)
    {
        var relay = new DelayRelay([OpenIn(first), OpenIn(second)], delay);
        foreach (var thread in relay._threads)
            thread.Start();
        return relay;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        foreach (var thread in _threads)
            thread.Join();
        foreach (var end in _ends)
            _ = CloseFile(end);
    }

    private void Carry(int from, int to)
    {
        var held = new Queue<(long DueAt, byte[] Packet, int Length)>();
        var spare = new Stack<byte[]>();
        var poll = new PollEntry[1];
        while (!_isOver)
        {
            var wait = held.TryPeek(out var head)
                ? (int)Math.Clamp((head.DueAt - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency, 0, 20)
                : 20;
            poll[0] = new() { File = from, Events = PollIn };
            _ = Poll(poll, 1, wait);
            for (var count = 0; count < 64; count++)
            {
                var packet = spare.TryPop(out var free) ? free : new byte[PacketBytesMax];
                var length = ReadFile(from, packet, packet.Length);
                if (length <= 0)
                {
                    spare.Push(packet);
                    break;
                }

                held.Enqueue((Stopwatch.GetTimestamp() + _delayTicks, packet, (int)length));
            }

            var now = Stopwatch.GetTimestamp();
            while (held.TryPeek(out var due) && due.DueAt <= now)
            {
                _ = WriteFile(to, due.Packet, due.Length);
                spare.Push(held.Dequeue().Packet);
            }
        }
    }

    /// <summary>A namespace belongs to a thread, so a thread of its own goes there and ends.</summary>
    private static int OpenIn((string Space, string Device) end)
    {
        var opened = -1;
        var thread = new Thread(() => opened = Open(end.Space, end.Device));
        thread.Start();
        thread.Join();
        return opened >= 0 ? opened : throw new InvalidOperationException($"The TUN device {end.Device} could not be made.");
    }

    private static int Open(string space, string device)
    {
        const int readWrite = 2;
        const int nonBlocking = 0x800;
        const nuint setInterface = 0x400454ca;
        const short tunWithoutHeader = 0x1001;
        var entry = OpenFile("/var/run/netns/" + space, 0);
        if (entry < 0 || EnterSpace(entry, 0) != 0)
            return -1;
        _ = CloseFile(entry);
        var file = OpenFile("/dev/net/tun", readWrite | nonBlocking);
        var request = new byte[40];
        Encoding.ASCII.GetBytes(device).CopyTo(request, 0);
        BitConverter.TryWriteBytes(request.AsSpan(16), tunWithoutHeader);
        return file >= 0 && Control(file, setInterface, request) == 0 ? file : -1;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseFile(int file);

    [LibraryImport("libc", EntryPoint = "setns")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EnterSpace(int file, int kind);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int file, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadFile(int file, [Out] byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteFile(int file, byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll([In, Out] PollEntry[] entries, nuint count, int timeoutMilliseconds);
}
