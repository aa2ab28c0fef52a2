using System.Runtime.InteropServices;
using Meridian.Agent.Drivers.Process;
using Meridian.Tests.Depot;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed partial class AttemptFoldersTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [Fact]
    public void A_folder_that_a_task_left_as_it_got_it_goes_to_the_next_with_nothing_in_it()
    {
        var folders = Folders();
        folders.Make("a");
        File.WriteAllText(folders.LogOf("a"), "what a said");
        folders.Release("a");

        folders.Make("b");

        Assert.False(Directory.Exists(folders.Of("a")));
        Assert.Equal(["b"], Directory.EnumerateDirectories(_scratch.Path).Select(d => Path.GetFileName(d)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folders.WorkOf("b")));
        Assert.Equal("", File.ReadAllText(folders.LogOf("b")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folders.LogOf("b")));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folders.WorkOf("b")));
        }
    }

    [Theory, InlineData("file"), InlineData("log open"), InlineData("log linked"), InlineData("log replaced"), InlineData("attribute")]
    public void A_folder_in_which_a_task_left_something_or_that_it_can_still_reach_is_removed(string left)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Agents run on Linux.");
        var folders = Folders();
        folders.Make("a");
        using var other = new ScratchFolder();
        using var held = Leave(left, folders, other.Path);

        folders.Release("a");

        Assert.Empty(Directory.EnumerateDirectories(_scratch.Path));
    }

    [Fact]
    public void Where_what_a_task_started_may_outlive_it_no_folder_is_used_again()
    {
        var folders = new AttemptFolders(_scratch.Path, owner: null, endsAll: false);
        folders.Make("a");

        folders.Release("a");

        Assert.Empty(Directory.EnumerateDirectories(_scratch.Path));
    }

    [Fact]
    public void An_attempt_that_has_a_folder_keeps_what_is_in_it_and_a_sweep_removes_what_waits()
    {
        var folders = Folders();
        folders.Make("a");
        folders.Make("b");
        File.WriteAllText(Path.Combine(folders.WorkOf("b"), "half"), "done");
        folders.Release("a");

        folders.Make("b");
        folders.Sweep(new HashSet<string> { "b" }, kept: "");
        folders.Make("c");

        Assert.Equal("done", File.ReadAllText(Path.Combine(folders.WorkOf("b"), "half")));
        Assert.Equal(["b", "c"], Directory.EnumerateDirectories(_scratch.Path).Select(d => Path.GetFileName(d)).Order());
    }

    public void Dispose() => _scratch.Dispose();

    private AttemptFolders Folders() => new(_scratch.Path, owner: null, endsAll: true);

    private static FileStream? Leave(string what, AttemptFolders folders, string elsewhere)
    {
        switch (what)
        {
            case "file":
                File.WriteAllText(Path.Combine(folders.WorkOf("a"), "result"), "");
                return null;
            case "log open":
                return new(folders.LogOf("a"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            case "log linked":
                Assert.Equal(0, Link(folders.LogOf("a"), Path.Combine(elsewhere, "mine")));
                return null;
            case "log replaced":
                File.Delete(folders.LogOf("a"));
                File.CreateSymbolicLink(folders.LogOf("a"), Path.Combine(elsewhere, "mine"));
                return null;
            default:
                var isSet = SetAttribute(folders.WorkOf("a"), "user.mine", "1", 1, 0) == 0;
                Assert.SkipUnless(isSet, "The file system of this machine's temporary folder keeps no attributes.");
                return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "setxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(string path, string name, string value, nint length, int flags);
}
