using System.Runtime.InteropServices;

namespace Meridian.Supervisor;

/// <summary>The few calls of the C library that .NET has no words for.</summary>
internal static unsafe partial class Native
{
    private const int SigKill = 9;
    private const short SpawnSetSession = 0x80;
    private const short SpawnDefaultSignals = 0x04;
    private const short SpawnSignalMask = 0x08;
    private const int Exited = 4;
    private const int LeaveWaitable = 0x1000000;
    private const int MayExecute = 1;
    private const int SetHandleFlags = 2;
    private const int CloseHandleOnExec = 1;
    private const int CloseRangeOnExec = 4;
    private const int NoEntry = 2;
    private const int ProcessorsMax = 1024;
    private const uint CloseMemoryOnExec = 1;
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const int NoNewPrivileges = 38;
    private const int SmallBytes = 8192;
    private const int BootClock = 7; // CLOCK_BOOTTIME goes on while the machine sleeps.

    /// <summary>A program to start.</summary>
    /// <param name="Path">The program's file.</param>
    /// <param name="Words">Its name and arguments.</param>
    /// <param name="Environment">Its variables, as <c>name=value</c>.</param>
    /// <param name="Log">The file that output and errors are appended to.</param>
    internal sealed record Start(string Path, IReadOnlyList<string> Words, IReadOnlyList<string> Environment, string Log)
    {
        /// <summary>Its working directory; the caller's where it is empty.</summary>
        internal string Directory { get; init; } = "";

        /// <summary>The handle that it reads as its input; nothing to read where it is negative.</summary>
        internal int Input { get; init; } = -1;

        /// <summary>A handle that it gets as its third; none where it is negative.</summary>
        internal int Third { get; init; } = -1;
    }

    /// <summary>Starts the program in a session of its own. Returns the process, or the negated error.</summary>
    internal static int Spawn(Start start)
    {
        // Sizes are generous: glibc's structures are 80 and 336 bytes on 64-bit machines.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[128];
        posix_spawn_file_actions_init(actions);
        posix_spawnattr_init(attributes);
        var argv = Strings(start.Words);
        var envp = Strings(start.Environment);
        try
        {
            // .NET ignores SIGPIPE, and a child inherits that: 'yes | head' would never end.
            new Span<byte>(signals, 128).Fill(0xFF);
            posix_spawnattr_setsigdefault(attributes, signals);
            new Span<byte>(signals, 128).Clear();
            posix_spawnattr_setsigmask(attributes, signals);
            posix_spawnattr_setflags(attributes, SpawnSetSession | SpawnDefaultSignals | SpawnSignalMask);
            if (start.Directory.Length > 0)
                posix_spawn_file_actions_addchdir_np(actions, start.Directory);
            if (start.Third >= 0)
                posix_spawn_file_actions_adddup2(actions, start.Third, 3);
            if (start.Input >= 0)
                posix_spawn_file_actions_adddup2(actions, start.Input, 0);
            else
                posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
            posix_spawn_file_actions_addopen(actions, 1, start.Log, 0x1 | 0x40 | 0x400, 0x1A0); // Write, create, append; 0640.
            posix_spawn_file_actions_adddup2(actions, 1, 2);
            var error = posix_spawn(out var process, start.Path, actions, attributes, argv, envp);
            return error == 0 ? process : -error;
        }
        finally
        {
            Free(argv, start.Words.Count);
            Free(envp, start.Environment.Count);
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Gives the calling thread, and what it starts, the user's group alone and no way to new rights; for good.</summary>
    internal static void PutOffGroups(int user)
    {
        Check(syscall(Calls.SetGroups, 0, 0, 0), "setgroups");
        Check(syscall(Calls.SetGroup, user, user, user), "setresgid");
        Check(prctl(NoNewPrivileges, 1, 0, 0, 0), "prctl");
    }

    /// <summary>
    /// Has the calling thread act as the user, and go back with 0. Not through the C library, which would change every
    /// thread. The way back is the saved user, which a program that is started does not get.
    /// </summary>
    internal static void PutOn(int user) => Check(syscall(Calls.SetUser, user, user, 0), "setresuid");

    /// <summary>A pipe: what is written to the second is read from the first. Programs that are started get neither.</summary>
    internal static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec), "pipe2");
        return (ends[0], ends[1]);
    }

    /// <summary>Writes one byte, a line's end.</summary>
    internal static void WriteLineEnd(int handle)
    {
        var end = (byte)'\n';
        Check(write(handle, &end, 1) - 1, "write");
    }

    /// <summary>Programs that are started get no handle that this process was given, from the first on.</summary>
    internal static void KeepHandles(int first)
    {
        // Linux 5.11 can do it for all at once.
        if (close_range((uint)first, uint.MaxValue, CloseRangeOnExec) != 0)
            Check(fcntl(first, SetHandleFlags, CloseHandleOnExec), "fcntl");
    }

    internal static void Close(int handle) => _ = close(handle);

    /// <summary>The first bytes of the file, as text; empty where it cannot be read.</summary>
    internal static string ReadSmall(string path)
    {
        var handle = open(path, CloseOnExec);
        if (handle < 0)
            return "";
        var bytes = stackalloc byte[SmallBytes];
        var count = read(handle, bytes, SmallBytes);
        _ = close(handle);
        return count > 0 ? System.Text.Encoding.ASCII.GetString(bytes, (int)count) : "";
    }

    private static void Check(long result, string call)
    {
        if (result != 0)
            throw new IOException($"{call} failed (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>The processors that the calling thread may run on, a bit for each; nothing where that cannot be seen.</summary>
    internal static ulong[] Processors()
    {
        var mask = new ulong[ProcessorsMax / 64];
        fixed (ulong* first = mask)
            return sched_getaffinity(0, ProcessorsMax / 8, first) == 0 ? mask : [];
    }

    /// <summary>The processor that the calling thread runs on, alone.</summary>
    internal static ulong[] CurrentProcessor()
    {
        var mask = new ulong[ProcessorsMax / 64];
        if (sched_getcpu() is var processor and >= 0 and < ProcessorsMax)
            mask[processor / 64] = 1UL << (processor % 64);
        return mask;
    }

    /// <summary>Has the process, or the calling thread where it is 0, run on these processors alone. One that has ended is left alone.</summary>
    internal static void RunOn(int process, ulong[] processors)
    {
        fixed (ulong* first = processors)
            _ = sched_setaffinity(process, ProcessorsMax / 8, first);
    }

    /// <summary>Waits for a child to end and leaves it unreaped, so that its number stays its own. Nothing where there is no child.</summary>
    internal static int? WaitForAny()
    {
        var information = stackalloc int[32];
        return waitid(0, 0, information, Exited | LeaveWaitable) == 0 ? information[4] : null;
    }

    /// <summary>Reaps the child that has ended: its exit code, 128 and the signal where one ended it, and its processor time.</summary>
    internal static (int Code, long CpuMicroseconds) Reap(int process)
    {
        var usage = stackalloc long[32];
        if (wait4(process, out var status, 0, usage) != process)
            return (-1, 0);
        var code = (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
        return (code, ((usage[0] + usage[2]) * 1_000_000) + usage[1] + usage[3]);
    }

    /// <summary>Whether the calling thread's user may run the file.</summary>
    internal static bool MayRun(string path) => access(path, MayExecute) == 0;

    /// <summary>A file without a name that holds the bytes, to be read from its start. Programs that are started do not get it.</summary>
    internal static int MemoryFile(byte[] content)
    {
        var handle = memfd_create("settings", CloseMemoryOnExec);
        Check(handle < 0 ? -1 : 0, "memfd_create");
        fixed (byte* bytes = content)
            Check(write(handle, bytes, content.Length) - content.Length, "write");
        Check(lseek(handle, 0, 0), "lseek");
        return handle;
    }

    /// <summary>Opens the file or folder for reading; negative where it cannot be.</summary>
    internal static int Open(string path) => open(path, CloseOnExec);

    /// <summary>Opens the file for writing; negative where it cannot be.</summary>
    internal static int OpenToWrite(string path) => open(path, CloseOnExec | WriteOnly);

    /// <summary>Writes the text at the start of the file. False where the system refuses.</summary>
    internal static bool TryWrite(int handle, string text)
    {
        Span<byte> bytes = stackalloc byte[32];
        var count = System.Text.Encoding.ASCII.GetBytes(text, bytes);
        fixed (byte* first = bytes)
            return pwrite(handle, first, count, 0) == count;
    }

    /// <summary>Ends every process of the group that the process leads. Never our own: 0 would mean that.</summary>
    internal static void KillGroup(int process)
    {
        if (process > 1)
            _ = kill(-process, SigKill);
    }

    /// <summary>Ends the process.</summary>
    internal static void Kill(int process)
    {
        if (process > 1)
            _ = kill(process, SigKill);
    }

    /// <summary>Time since the machine booted, suspended time included.</summary>
    internal static TimeSpan SinceBoot()
    {
        var time = stackalloc long[2];
        return clock_gettime(BootClock, time) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / TimeSpan.NanosecondsPerTick)
            : TimeSpan.FromMilliseconds(Environment.TickCount64);
    }

    internal static void ChangeOwner(string path, int user, int group) => lchown(path, user, group);

    /// <summary>Whether this process was started as root.</summary>
    internal static bool IsRoot { get; } = geteuid() == 0;

    /// <summary>Removes the folder. False where it is there and cannot be.</summary>
    internal static bool TryRemoveFolder(string path) => rmdir(path) == 0 || Marshal.GetLastPInvokeError() == NoEntry;

    /// <summary>The whole file as text; empty where it cannot be read.</summary>
    internal static string ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static byte** Strings(IReadOnlyList<string> texts)
    {
        var pointers = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++)
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        pointers[texts.Count] = null;
        return pointers;
    }

    private static void Free(byte** pointers, int count)
    {
        for (var i = 0; i < count; i++)
            Marshal.FreeCoTaskMem((nint)pointers[i]);
        NativeMemory.Free(pointers);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int newFd);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    // Numbers of calls, which differ between machines.
    private static (int SetUser, int SetGroup, int SetGroups) Calls =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (117, 119, 116) : (147, 149, 159);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long first, long second, long third);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, ulong second, ulong third, ulong fourth, ulong fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int handle, byte* bytes, nint count);

    [LibraryImport("libc")]
    private static partial nint read(int handle, byte* bytes, nint count);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int handle);

    [LibraryImport("libc")]
    private static partial int close_range(uint first, uint last, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int handle, int command, int argument);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int process, int* information, int options);

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int process, nint bytes, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int process, nint bytes, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_getcpu();

    [LibraryImport("libc")]
    private static partial int wait4(int process, out int status, int options, long* usage);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint lseek(int handle, nint offset, int from);

    [LibraryImport("libc")]
    private static partial nint pwrite(int handle, byte* bytes, nint count, nint offset);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string folder);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, int user, int group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);

    [LibraryImport("libc")]
    private static partial int geteuid();
}
