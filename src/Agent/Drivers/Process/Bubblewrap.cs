using System.Collections.Immutable;
using System.Text;

namespace Meridian.Agent.Drivers.Process;

/// <summary>The sandbox: own mounts, processes, host name and, unless allowed, network; no new privileges.</summary>
internal static class Bubblewrap
{
    /// <summary>Where a task finds its working directory inside the sandbox.</summary>
    internal const string Work = "/work";

    private static readonly string[] Systems = ["/bin", "/sbin", "/lib", "/lib64", "/usr"];

    /// <summary>The program, if it is installed.</summary>
    internal static string? Find() =>
        new[] { "/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap" }.FirstOrDefault(File.Exists);

    /// <summary>The words before the task's own command: the rest is read from its third handle.</summary>
    internal static ImmutableArray<string> Words(string program) => [program, "--args", "3", "--"];

    /// <summary>The sandbox's settings, as it reads them: each with a zero behind it. Its <c>/etc</c> is the folder that is named.</summary>
    internal static byte[] Settings(string workingDirectory, string etc, TaskLaunch launch)
    {
        List<string> words = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-user-try", "--new-session"];
        words.AddRange(["--hostname", "meridian", "--die-with-parent"]);
        if (!launch.AllowNetwork)
            words.Add("--unshare-net");
        foreach (var path in Systems)
            AddSystem(words, path);
        words.AddRange(["--ro-bind", etc, "/etc"]);
        foreach (var path in (launch.AllowNetwork ? SandboxEtc.Network : []).Select(n => "/etc/" + n).Where(Path.Exists))
            words.AddRange(["--ro-bind-try", path, path]);
        words.AddRange(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", workingDirectory, Work]);
        foreach (var input in launch.Inputs)
            words.AddRange(["--ro-bind", input.HostPath, $"{Work}/{input.Mount}"]);
        words.AddRange(["--chdir", Work, "--clearenv"]);
        foreach (var (name, value) in Supervision.Variables(launch, Work))
            words.AddRange(["--setenv", name, value]);
        return Encoding.UTF8.GetBytes(string.Concat(words.Select(w => w + '\0')));
    }

    private static void AddSystem(List<string> words, string path)
    {
        if (new DirectoryInfo(path) is { LinkTarget: { } target })
            words.AddRange(["--symlink", target, path]);
        else if (Directory.Exists(path))
            words.AddRange(["--ro-bind", path, path]);
    }
}
