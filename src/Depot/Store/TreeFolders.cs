namespace Meridian.Depot;

/// <summary>Permissions and removal of folders whose content is read-only.</summary>
internal static class TreeFolders
{
    private const UnixFileMode Everyone = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Execution =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Only the depot may look inside.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Others may enter if they know a name inside, but may not list the names.</summary>
    public const UnixFileMode EnterOnly = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What a published directory allows.</summary>
    public const UnixFileMode PublishedFolder = Everyone | Execution;

    /// <summary>What a published file allows: reading, and execution where the original had it.</summary>
    public static UnixFileMode PublishedFile(int mode) => Everyone | ((UnixFileMode)mode & Execution);

    /// <summary>Sets the permissions where the system has them.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    /// <summary>Creates a folder with the permissions.</summary>
    public static void Create(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        SetMode(path, mode);
    }

    /// <summary>Removes a folder and all inside it, read-only or not, following no link.</summary>
    public static void Delete(string path)
    {
        if (!Directory.Exists(path))
            return;

        Unlock(new(path));
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Lets the owner change what is in the folder and below.</summary>
    public static void Unlock(DirectoryInfo folder)
    {
        SetMode(folder.FullName, Private);
        foreach (var inner in folder.EnumerateDirectories())
        {
            if (inner.LinkTarget is null)
                Unlock(inner);
        }
    }
}
