using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Meridian.Benches.Express;

/// <summary>Programs of this machine, with the processor time that they and their children take.</summary>
internal static partial class Shell
{
    private const int ChildrenOnly = -1;
    private const int RusageLongs = 18;

    /// <summary>Processor seconds of all ended children of this process.</summary>
    internal static double ChildrenSeconds
    {
        get
        {
            var usage = new long[RusageLongs];
            _ = GetResourceUsage(ChildrenOnly, usage);
            return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
        }
    }

    /// <summary>Whether the program can be found.</summary>
    internal static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program to its end and returns what it wrote; a failure carries its words.</summary>
    internal static string Run(params string[] command)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException(
                $"'{string.Join(' ', command)}' ended with {process.ExitCode}: {errors.Result.Trim()} {output.Trim()}");
    }

    /// <summary>Starts a program with its streams redirected.</summary>
    internal static Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new InvalidOperationException($"'{command[0]}' cannot be started: {fault.Message}.", fault);
        }
    }

    /// <summary>Ends a server and waits for it, so that its processor time is counted.</summary>
    internal static void End(Process server)
    {
        _ = Signal(server.Id, 15);
        if (!server.WaitForExit(TimeSpan.FromSeconds(10)))
            server.Kill(entireProcessTree: true);
        server.WaitForExit();
        server.Dispose();
    }

    /// <summary>Ends a process at once, as a crash would.</summary>
    internal static void Crash(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetResourceUsage(int who, [Out] long[] usage);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}
