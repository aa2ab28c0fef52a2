namespace Meridian.Supervisor;

/// <summary>
/// Starts programs as the tasks' user. The kernel keeps rights for each thread: the thread that starts programs puts the
/// user on for the moment, so that no program in between has to drop rights and start the next. To be used by one thread.
/// </summary>
internal sealed class Starter
{
    private const string Shell = "/bin/sh";
    private const int NotFound = 2;
    private const int NoFormat = 8;

    // Waits for the word that it is in its groups, which never comes from a supervisor that died.
    private const string Gate = "read -r _ || exit 125; exec \"$@\" < /dev/null";

    private readonly ulong[] _processors = Native.Processors();
    private readonly int _user;
    private readonly ControlGroups? _groups;

    /// <summary>Takes the calling thread for good: it gives up its groups and any way to new rights.</summary>
    internal Starter(int user, ControlGroups? groups)
    {
        (_user, _groups) = (user, groups);
        if (Native.IsRoot)
            Native.PutOffGroups(user);
    }

    /// <summary>What became of a start: a process, or the exit code of a program that could not be started, and why.</summary>
    internal readonly record struct Started(int Process, int ExitCode, string Fault);

    /// <summary>Starts the program in groups of its own.</summary>
    internal Started Start(Order order)
    {
        try
        {
            _groups?.Create(order.Id, order.CpuMillicores, order.MemoryBytes);
            return StartHere(order);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(0, 125, failure.Message);
        }
    }

    /// <summary>
    /// Starts the program on the processor that this thread is on, and then lets it go where it likes: starts on several
    /// processors at once hinder each other in the kernel, and a short task need not move at all.
    /// </summary>
    private Started StartHere(Order order)
    {
        if (_processors.Length > 0)
            Native.RunOn(process: 0, Native.CurrentProcessor());
        var started = default(Started);
        try
        {
            started = _groups switch
            {
                { IsEnteredByThread: true } => StartInside(_groups, order),
                null => Run(order, order.Words, input: -1),
                _ => StartThroughGate(_groups, order),
            };
            return started;
        }
        finally
        {
            if (_processors.Length > 0)
            {
                if (started.Process > 0)
                    Native.RunOn(started.Process, _processors);
                Native.RunOn(process: 0, _processors);
            }
        }
    }

    private Started StartInside(ControlGroups groups, Order order)
    {
        try
        {
            groups.EnterByThread(order.Id);
            return Run(order, order.Words, input: -1);
        }
        finally
        {
            groups.Leave();
        }
    }

    private Started StartThroughGate(ControlGroups groups, Order order)
    {
        var (read, write) = Native.Pipe();
        try
        {
            var started = Run(order, [Shell, "-c", Gate, "meridian-task", .. order.Words], read);
            if (started.Process > 0)
            {
                groups.Enter(order.Id, started.Process);
                Native.WriteLineEnd(write);
            }

            return started;
        }
        finally
        {
            Native.Close(read);
            Native.Close(write);
        }
    }

    private Started Run(Order order, IReadOnlyList<string> words, int input)
    {
        var settings = order.Settings.Length > 0 ? Native.MemoryFile(order.Settings) : -1;
        if (Native.IsRoot)
            Native.PutOn(_user);
        try
        {
            return Run(new(Find(words[0], order.Environment), words, order.Environment, order.Log)
            {
                Directory = order.Directory,
                Input = input,
                Third = settings,
            });
        }
        finally
        {
            if (Native.IsRoot)
                Native.PutOn(user: 0);
            if (settings >= 0)
                Native.Close(settings);
        }
    }

    private static Started Run(Native.Start start)
    {
        var process = Native.Spawn(start);
        if (process == -NoFormat) // A script that does not say by what, as a shell would take it.
            process = Native.Spawn(start with { Path = Shell, Words = [Shell, start.Path, .. start.Words.Skip(1)] });
        if (process > 0)
            return new(process, 0, "");
        var isMissing = process == -NotFound;
        var fault = isMissing ? $"{start.Words[0]}: not found" : $"{start.Words[0]}: cannot be run (error {-process})";
        File.AppendAllText(start.Log, fault + "\n"); // Where a shell would say it.
        return new(0, isMissing ? 127 : 126, "");
    }

    /// <summary>The program's file, as a shell would find it: by the variable PATH of the task, unless the name is a path.</summary>
    private static string Find(string name, IReadOnlyList<string> environment)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return name;
        var path = environment.LastOrDefault(v => v.StartsWith("PATH=", StringComparison.Ordinal)) ?? "PATH=";
        return path[5..].Split(':').Select(folder => $"{(folder.Length == 0 ? "." : folder)}/{name}").FirstOrDefault(Native.MayRun) ?? name;
    }
}
