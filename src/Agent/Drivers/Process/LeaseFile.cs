using System.Globalization;
using Meridian.Supervisor;

namespace Meridian.Agent.Drivers.Process;

/// <summary>The lease as a later life of the agent finds it, with the boot in which it was held.</summary>
internal sealed class LeaseFile(string folder)
{
    private readonly string _path = Path.Combine(folder, ".lease");

    /// <summary>The lease lasts until then, in whole seconds since the boot.</summary>
    internal void Hold(long seconds)
    {
        File.WriteAllText(_path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Ledger.Boot} {seconds}\n"));
        File.Move(_path + ".new", _path, overwrite: true);
    }

    /// <summary>The lease in force by the file; nothing where there is none of this boot.</summary>
    internal TimeSpan? Held()
    {
        var parts = File.Exists(_path) ? File.ReadAllText(_path).Split((char[])[' ', '\n']) : [];
        return parts.Length > 1 && string.Equals(parts[0], Ledger.Boot, StringComparison.Ordinal)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}
