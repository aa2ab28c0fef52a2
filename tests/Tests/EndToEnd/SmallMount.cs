using System.Diagnostics;
using Xunit;

namespace Meridian.Tests.EndToEnd;

/// <summary>A folder on a small disk of its own, which a test fills; the test is skipped where none can be mounted.</summary>
internal sealed class SmallMount : IDisposable
{
    private readonly string _folder;

    internal SmallMount(string folder, string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting a small disk needs Linux and root.");
        _folder = Directory.CreateDirectory(folder).FullName;
        var isMounted = Run("mount", "-t", "tmpfs", "-o", $"size={size}", "meridian-test", _folder) == 0;
        Assert.SkipUnless(isMounted, "This machine does not allow a tmpfs to be mounted.");
    }

    private string Ballast => Path.Combine(_folder, "ballast");

    /// <summary>Takes all the room that is left.</summary>
    internal void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
                file.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives the room back that <see cref="Fill"/> took.</summary>
    internal void Free() => File.Delete(Ballast);

    public void Dispose() => Run("umount", "--lazy", _folder);

    private static int Run(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
