using Meridian.Supervisor;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// The folder of each task's attempt: <c>work</c>, where it runs, and <c>log</c>. A folder that a task left as it got it goes
/// to a later one: file systems make and remove names slowly, and ext4 passes over every number that was given up in the last
/// minutes, so that thousands of short tasks would spend much of the node's processor time on that.
/// </summary>
/// <param name="folder">Where the folders lie.</param>
/// <param name="owner">The user whom <c>work</c> and <c>log</c> belong to; nothing for the agent's own.</param>
/// <param name="endsAll">Whether nothing that a task started can outlive it, so that what it left empty stays so.</param>
internal sealed class AttemptFolders(string folder, int? owner, bool endsAll)
{
    private const string SparePrefix = ".spare-";
    private const int SparesMax = 256;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly Stack<string> _spares = [];
    private long _spareCount;

    /// <summary>The attempt's folder.</summary>
    internal string Of(string id) => Path.Combine(folder, id);

    /// <summary>Where it runs.</summary>
    internal string WorkOf(string id) => Path.Combine(folder, id, "work");

    /// <summary>What it writes to its output.</summary>
    internal string LogOf(string id) => Path.Combine(folder, id, "log");

    /// <summary>Makes the attempt's folder with an empty working directory and an empty log, its owner's alone.</summary>
    internal void Make(string id)
    {
        var work = WorkOf(id);
        if (!TryTakeSpare(id))
            Directory.CreateDirectory(work);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(work, Owner | UnixFileMode.UserExecute);
        Own(work);
        // The task owns its log, so that it can open /dev/stdout, but not the folder that the log is in.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        using (var log = new FileStream(LogOf(id), options))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(log.SafeFileHandle, Owner);
        }

        Own(LogOf(id));
    }

    /// <summary>Gives it to the task's user, where the agent may.</summary>
    internal void Own(string path)
    {
        if (owner is { } user)
            Native.ChangeOwner(path, user, user);
    }

    /// <summary>The attempt is over and everything of it is elsewhere: its folder goes, or waits for another.</summary>
    internal void Release(string id)
    {
        if (!TryKeepSpare(id))
            DeleteTree(Of(id));
    }

    /// <summary>Removes every folder, but for those of the attempts that are known and <paramref name="kept"/>.</summary>
    internal void Sweep(IReadOnlySet<string> known, string kept)
    {
        lock (_lock)
            _spares.Clear();
        foreach (var state in Directory.EnumerateDirectories(folder).Where(d => d != kept && !known.Contains(Path.GetFileName(d))).ToList())
            DeleteTree(state);
    }

    private bool TryTakeSpare(string id)
    {
        string spare;
        lock (_lock)
        {
            if (!_spares.TryPop(out spare!))
                return false;
        }

        try
        {
            Directory.Move(spare, Of(id));
            return true;
        }
        catch (IOException)
        {
            lock (_lock)
                _spares.Push(spare); // The attempt has a folder already.
            return false;
        }
    }

    private bool TryKeepSpare(string id)
    {
        try
        {
            if (!endsAll || !IsAsItWas(id))
                return false;
            lock (_lock)
            {
                if (_spares.Count >= SparesMax)
                    return false;
                var spare = Path.Combine(folder, $"{SparePrefix}{_spareCount++}");
                Directory.Move(Of(id), spare);
                _spares.Push(spare);
                return true;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsAsItWas(string id) =>
        Directory.Exists(WorkOf(id))
        && !Directory.EnumerateFileSystemEntries(WorkOf(id)).Any()
        && !Native.HasAttributes(WorkOf(id))
        && Native.TryEmptyUnshared(LogOf(id));

    private static void DeleteTree(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A process that is still ending may hold it; the next start of the agent sweeps it away.
        }
    }
}
