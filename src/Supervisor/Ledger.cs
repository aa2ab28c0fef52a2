using System.Globalization;
using System.Text;

namespace Meridian.Supervisor;

/// <summary>An attempt as the ledger knows it.</summary>
internal sealed class Entry(string id)
{
    internal string Id => id;

    /// <summary>The process that leads the attempt's session; 0 until it is known.</summary>
    internal int Process { get; set; }

    /// <summary>The time before and after it was started, in milliseconds since the boot.</summary>
    internal (long From, long To) Started { get; set; }

    internal Standing Standing { get; set; } = new(id, StandingState.Runs);
}

/// <summary>
/// What was started and how it ended, line by line in one file that outlives the supervisor. A line is written before an
/// attempt is started, so that no later supervisor starts it again. It need not outlive the machine: the agent starts
/// nothing again that it took on before a restart of the machine.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private const string Kind = "meridian-supervisor-1";
    private const long LengthMax = 4L << 20;

    private readonly string _path;
    private FileStream _file;

    private Ledger(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Whether the file is so long that writing it anew pays.</summary>
    internal bool IsLong => _file.Position > LengthMax;

    /// <summary>The boot of this machine.</summary>
    internal static string Boot { get; } = Native.ReadSmall("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Reads what is in the file, oldest first, and whether it is of this boot.</summary>
    internal static (IReadOnlyCollection<Entry> Entries, bool IsOfThisBoot) Read(string path)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        // What follows the last line's end was torn off by a crash.
        var lines = File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1] : [];
        foreach (var words in lines.Skip(1).Select(l => l.Split(' ')))
            Apply(entries, words);
        return (entries.Values, lines is [var first, ..] && first == $"{Kind} {Boot}");
    }

    /// <summary>Writes the file anew with these entries and opens it for more.</summary>
    internal static Ledger Begin(string path, IEnumerable<Entry> entries) => new(path, Open(path, entries));

    /// <summary>It is about to be started.</summary>
    internal void Starting(string id) => Append($"S {id}");

    /// <summary>It was started.</summary>
    internal void Started(Entry entry) => Append(StartedLine(entry));

    /// <summary>It is over.</summary>
    internal void Ended(Standing standing) => Append(EndedLine(standing));

    /// <summary>Nobody will ask for it again.</summary>
    internal void Forgotten(string id) => Append($"F {id}");

    /// <summary>Writes the file anew without what was forgotten.</summary>
    internal void Shorten(IEnumerable<Entry> entries)
    {
        _file.Dispose();
        _file = Open(_path, entries);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path, IEnumerable<Entry> entries)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var text = new StringBuilder($"{Kind} {Boot}\n");
        foreach (var entry in entries)
            text.Append(CultureInfo.InvariantCulture, $"S {entry.Id}\n{StartedLine(entry)}\n").Append(entry.Standing.State == StandingState.Runs ? "" : $"{EndedLine(entry.Standing)}\n");
        using (var fresh = new FileStream(path + ".new", options))
            fresh.Write(Encoding.UTF8.GetBytes(text.ToString()));
        File.Move(path + ".new", path, overwrite: true);
        return new(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });
    }

    private void Append(string line) => _file.Write(Encoding.UTF8.GetBytes(line + "\n"));

    private static string StartedLine(Entry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"R {entry.Id} {entry.Process} {entry.Started.From} {entry.Started.To}");

    private static string EndedLine(Standing s) => string.Create(
        CultureInfo.InvariantCulture,
        $"E {s.Id} {(int)s.State} {s.StartedMilliseconds} {s.ExitCode} {s.RunMilliseconds} {s.CpuMicroseconds} {s.MemoryPeakBytes} {(s.IsOutOfMemory ? 1 : 0)} {s.Detail}");

    private static void Apply(Dictionary<string, Entry> entries, string[] words)
    {
        var id = words[1];
        var number = words.Skip(2).Take(7).Select(w => long.TryParse(w, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : 0).ToArray();
        switch (words[0])
        {
            case "S":
                entries[id] = new(id);
                break;
            case "R":
                (entries[id].Process, entries[id].Started) = ((int)number[0], (number[1], number[2]));
                break;
            case "E":
                entries[id].Standing = new(id, (StandingState)number[0])
                {
                    StartedMilliseconds = number[1],
                    ExitCode = (int)number[2],
                    RunMilliseconds = number[3],
                    CpuMicroseconds = number[4],
                    MemoryPeakBytes = number[5],
                    IsOutOfMemory = number[6] == 1,
                    Detail = string.Join(' ', words.Skip(9)),
                };
                break;
            default:
                entries.Remove(id);
                break;
        }
    }
}
