namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// The folder <c>/etc</c> of sandboxes: copies of the few settings of this machine that programs need. One folder
/// is quicker to mount at each start than every setting by itself.
/// </summary>
internal static class SandboxEtc
{
    // Programs need these to find libraries, fonts and alternatives; none of them names a person or a secret.
    private static readonly string[] Settings =
        ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "ssl/certs", "povray", "passwd", "group", "localtime"];

    /// <summary>Settings that change while a machine runs: tasks with its network see the machine's own, in place of these empty files.</summary>
    internal static readonly string[] Network = ["resolv.conf", "hosts", "nsswitch.conf"];

    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode FolderForAll = ForAll | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Brings the folder up to date. Tasks that run see what was replaced, as they would in the machine's own.</summary>
    internal static void Refresh(string folder, string source = "/etc")
    {
        MakeFolder(folder);
        foreach (var name in Network)
            File.WriteAllBytes(Path.Combine(folder, name), []);
        foreach (var name in Settings)
        {
            var target = Path.Combine(folder, name);
            MakeFolder(Path.GetDirectoryName(target)!);
            Copy(Path.Combine(source, name), target);
        }
    }

    private static void Copy(string from, string to)
    {
        if (new FileInfo(from) is { LinkTarget: { } link })
        {
            if (new FileInfo(to).LinkTarget != link)
            {
                File.Delete(to);
                File.CreateSymbolicLink(to, link);
            }
        }
        else if (Directory.Exists(from))
        {
            MakeFolder(to);
            foreach (var entry in Directory.EnumerateFileSystemEntries(from))
                Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
        else if (File.Exists(from))
        {
            CopyFile(from, to);
        }
    }

    private static void CopyFile(string from, string to)
    {
        var (now, kept) = (new FileInfo(from), new FileInfo(to));
        if (kept.Exists && kept.Length == now.Length && kept.LastWriteTimeUtc == now.LastWriteTimeUtc)
            return;
        try
        {
            var temporary = to + ".new";
            File.Copy(from, temporary, overwrite: true);
            SetMode(temporary, ForAll | UnixFileMode.UserWrite);
            File.Move(temporary, to, overwrite: true);
        }
        catch (UnauthorizedAccessException)
        {
            // Not for everybody's eyes, and so not for a task's.
        }
    }

    private static void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        SetMode(path, FolderForAll);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
