using Meridian.Agent.Drivers.Process;
using Meridian.Tests.Depot;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed class SandboxEtcTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void The_settings_of_a_sandbox_are_those_that_programs_need_and_follow_the_machines_own()
    {
        _folder.Write("machine/group", "before"u8);
        _folder.Write("machine/shadow", "secret"u8);
        _folder.Write("machine/ssl/certs/all.crt", "certificates"u8);
        _folder.Write("machine/ssl/private/key", "secret"u8);
        File.CreateSymbolicLink(_folder.At("machine/localtime"), "/usr/share/zoneinfo/UTC");
        Directory.CreateDirectory(_folder.At("machine/alternatives"));
        var elsewhere = Directory.CreateDirectory(_folder.At("elsewhere")).FullName;
        File.CreateSymbolicLink(_folder.At("machine/alternatives/folder"), elsewhere);
        SandboxEtc.Refresh(_folder.At("etc"), _folder.At("machine"));

        _folder.Write("machine/group", "afterwards"u8);
        SandboxEtc.Refresh(_folder.At("etc"), _folder.At("machine"));

        Assert.Equal("afterwards", File.ReadAllText(_folder.At("etc/group")));
        Assert.Equal("certificates", File.ReadAllText(_folder.At("etc/ssl/certs/all.crt")));
        Assert.Equal("/usr/share/zoneinfo/UTC", new FileInfo(_folder.At("etc/localtime")).LinkTarget);
        Assert.Equal(elsewhere, new FileInfo(_folder.At("etc/alternatives/folder")).LinkTarget);
        Assert.Equal(["certs"], Directory.EnumerateFileSystemEntries(_folder.At("etc/ssl")).Select(Path.GetFileName));
        Assert.False(File.Exists(_folder.At("etc/shadow")));
    }

    [Fact]
    public async Task A_sandbox_sees_no_other_settings_and_changes_none_and_those_of_the_network_only_with_it()
    {
        await using var world = new DriverWorld();
        var launch = world.Launch("1.0-1", "sh", "-c", "cat /etc/resolv.conf; test -e /etc/shadow && echo seen; echo x 2>/dev/null > /etc/group || id -un");

        await world.RunAsync(launch);
        await world.RunAsync(launch with { Id = "1.1-1", AllowNetwork = true });

        Assert.Equal("nobody\n", world.Log("1.0-1"));
        Assert.Equal(File.ReadAllText("/etc/resolv.conf") + "nobody\n", world.Log("1.1-1"));
    }

    public void Dispose() => _folder.Dispose();
}
