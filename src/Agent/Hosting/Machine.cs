using System.Globalization;
using System.Runtime.InteropServices;
using Meridian.Agent.Drivers;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>What this machine has, and how busy it is.</summary>
internal static class Machine
{
    internal static Inventory Inventory(AgentOptions options, DriverInventory driver, Uri depot) => new()
    {
        CpuMillicores = options.CpuMillicores,
        MemoryBytes = options.Memory.Bytes,
        DiskBytes = options.Disk?.Bytes ?? FreeDisk(options.DataDirectory) / 2,
        CanSandbox = driver.CanSandbox,
        IsolationNote = driver.Note,
        DepotUrl = (options.DepotUrl ?? depot).ToString(),
        OperatingSystem = RuntimeInformation.OSDescription,
        NetworkSwitch = options.NetworkSwitch,
        BootId = ReadFirstLine("/proc/sys/kernel/random/boot_id"),
    };

    internal static Load Load(string folder)
    {
        var average = ReadFirstLine("/proc/loadavg").Split(' ')[0];
        return new()
        {
            CpuUsedShare = double.TryParse(average, CultureInfo.InvariantCulture, out var load) ? Math.Min(1, load / Environment.ProcessorCount) : 0,
            MemoryUsedBytes = MemoryUsed(),
            DiskFreeBytes = FreeDisk(folder),
        };
    }

    private static long MemoryUsed()
    {
        const string path = "/proc/meminfo";
        if (!File.Exists(path))
            return GC.GetGCMemoryInfo().MemoryLoadBytes;
        var lines = File.ReadAllLines(path);
        return Kibibytes(lines, "MemTotal:") - Kibibytes(lines, "MemAvailable:");
    }

    private static long Kibibytes(string[] lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
        && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var count)
            ? count * 1024
            : 0;

    private static long FreeDisk(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    private static string ReadFirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault("") : "";
}
