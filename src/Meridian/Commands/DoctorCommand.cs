using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Commands;

/// <summary><c>meridian doctor</c>: what this machine has for Meridian, and what to mend.</summary>
internal static class DoctorCommand
{
    private sealed record Finding(string What, bool IsGood, bool IsNeeded, string Advice);

    internal static Command Make()
    {
        var command = new Command("doctor", Say("Checks this machine and says what to mend.", "检查本机并说明如何修复。"));
        command.SetAction(_ =>
        {
            var findings = Look().ToList();
            foreach (var finding in findings)
            {
                var mark = finding.IsGood ? "ok  " : finding.IsNeeded ? "FAIL" : "warn";
                Console.WriteLine(finding.IsGood ? $"{mark} {finding.What}" : $"{mark} {finding.What}: {finding.Advice}");
            }

            return findings.Exists(f => !f.IsGood && f.IsNeeded) ? 1 : 0;
        });
        return command;
    }

    private static IEnumerable<Finding> Look()
    {
        yield return new(
            Say("sandbox (bubblewrap)", "沙箱（bubblewrap）"), Has("bwrap"), IsNeeded: false,
            Say("tasks run unisolated; install the package 'bubblewrap'", "任务将不隔离运行；请安装软件包 bubblewrap"));
        yield return new(
            Say("unprivileged tasks (setpriv)", "非特权任务（setpriv）"), Has("setpriv") || !Environment.IsPrivilegedProcess, IsNeeded: true,
            Say("install the package 'util-linux'", "请安装软件包 util-linux"));
        yield return new(
            Say("limits (control groups can be written)", "限额（可写控制组）"), CanWriteGroups(), IsNeeded: false,
            Say("tasks run without limits; run the agent as root or with a delegated group", "任务将不受限额约束；请以 root 运行代理或委派控制组"));
        foreach (var port in new[] { 7400, 7401 })
        {
            yield return new(
                Say($"port {port} is free", $"端口 {port} 空闲"), IsFree(port), IsNeeded: false,
                Say("a server runs already, or choose another with --listen and --agent-listen", "可能已有服务在运行；或用 --listen 与 --agent-listen 另选端口"));
        }

        var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        yield return new(
            Say($"free disk: {free >> 30} GiB", $"可用磁盘：{free >> 30} GiB"), free > 2L << 30, IsNeeded: true,
            Say("free at least 2 GiB", "请至少腾出 2 GiB"));
        yield return new(
            Say("console is built", "控制台已构建"), Places.Console() is not null, IsNeeded: false,
            Say("run ./meridian once with Node.js installed", "安装 Node.js 后运行一次 ./meridian"));
        yield return new(
            "POV-Ray", Has("povray"), IsNeeded: false,
            Say("only the render example needs it; install the package 'povray'", "仅渲染示例需要；请安装软件包 povray"));
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool CanWriteGroups()
    {
        var parent = Directory.Exists("/sys/fs/cgroup/memory") ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
        try
        {
            var probe = Path.Combine(parent, $"meridian-doctor-{Environment.ProcessId}");
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
