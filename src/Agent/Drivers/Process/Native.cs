using System.Runtime.InteropServices;

namespace Meridian.Agent.Drivers.Process;

/// <summary>The few calls of the C library that .NET has no words for.</summary>
internal static unsafe partial class Native
{
    private const int SigKill = 9;
    private const short SpawnSetSession = 0x80;
    private const short SpawnDefaultSignals = 0x04;
    private const short SpawnSignalMask = 0x08;
    private const int NoHang = 1;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int NoNewPrivileges = 38;
    private const int SmallBytes = 1024;
    private const int BootClock = 7; // CLOCK_BOOTTIME goes on while the machine sleeps.

    /// <summary>
    /// Starts the first word with the others in a session of its own. Input is read from the handle, or from nothing where
    /// that is negative; output and error are appended to the log. Returns the process, or the negated error.
    /// </summary>
    internal static int Spawn(IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string log, int input)
    {
        // Sizes are generous: glibc's structures are 80 and 336 bytes on 64-bit machines.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[128];
        posix_spawn_file_actions_init(actions);
        posix_spawnattr_init(attributes);
        var argv = Strings(arguments);
        var envp = Strings(environment);
        try
        {
            // .NET ignores SIGPIPE, and a child inherits that: 'yes | head' would never end.
            new Span<byte>(signals, 128).Fill(0xFF);
            posix_spawnattr_setsigdefault(attributes, signals);
            new Span<byte>(signals, 128).Clear();
            posix_spawnattr_setsigmask(attributes, signals);
            posix_spawnattr_setflags(attributes, SpawnSetSession | SpawnDefaultSignals | SpawnSignalMask);
            if (input >= 0)
                posix_spawn_file_actions_adddup2(actions, input, 0);
            else
                posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
            posix_spawn_file_actions_addopen(actions, 1, log, 0x1 | 0x40 | 0x400, 0x1A0); // Write, create, append; 0640.
            posix_spawn_file_actions_adddup2(actions, 1, 2);
            var error = posix_spawn(out var process, arguments[0], actions, attributes, argv, envp);
            return error == 0 ? process : -error;
        }
        finally
        {
            Free(argv, arguments.Count);
            Free(envp, environment.Count);
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

    internal static void Close(int handle) => _ = close(handle);

    /// <summary>
    /// Reads the start of a file that a task may have put anything in the place of; empty where it cannot be read. Follows no
    /// link and waits for nobody.
    /// </summary>
    internal static string ReadSmall(string path)
    {
        var handle = open(path, CloseOnExec | NoFollow | NonBlocking);
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

    /// <summary>Reaps the child, if it is one and has ended.</summary>
    internal static void Reap(int process) => _ = waitpid(process, out _, NoHang);

    /// <summary>Waits for the child to end. Returns 0 when it ended well.</summary>
    internal static int Wait(int process) => waitpid(process, out var status, 0) == process ? status : -1;

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

    /// <summary>A second name for the file. Throws where the file system refuses.</summary>
    internal static void HardLink(string file, string name)
    {
        if (link(file, name) != 0)
            throw new IOException($"'{file}' cannot be linked as '{name}' (error {Marshal.GetLastPInvokeError()}).");
    }

    internal static bool IsRoot => geteuid() == 0;

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

    private static int NoFollow => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0x20000 : 0x8000;

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
    private static partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc")]
    private static partial int waitpid(int process, out int status, int options);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, int user, int group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string file, string name);

    [LibraryImport("libc")]
    private static partial int geteuid();
}
