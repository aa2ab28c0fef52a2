using System.Runtime.InteropServices;

namespace Meridian.Depot;

/// <summary>What a name in a folder stands for.</summary>
internal enum NameKind
{
    /// <summary>A file, or something that only its status tells.</summary>
    File,

    /// <summary>A folder, not a link to one.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,
}

/// <summary>
/// The names in a folder with their kinds, as the folder itself lists them on Linux: the library's way asks twice more for each name.
/// </summary>
internal static partial class FolderNames
{
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const byte FolderType = 4;
    private const byte FileType = 8;
    private const byte LinkType = 10;

    /// <summary>The names, in the order of the system.</summary>
    public static IEnumerable<(string Name, NameKind Kind)> Of(string folder)
    {
        var list = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? OpenList(folder) : 0;

        // What goes wrong when a folder is opened is left to the library, which knows the words for it.
        return list == 0 ? new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(item => (item.Name, KindOf(item))) : Read(list, folder);
    }

    private static List<(string Name, NameKind Kind)> Read(nint list, string folder)
    {
        var names = new List<(string, NameKind)>();
        try
        {
            nint entry;
            while ((entry = ReadList(list)) != 0)
            {
                var name = Marshal.PtrToStringUTF8(entry + NameOffset)!;
                if (name is not ("." or ".."))
                    names.Add((name, KindOf(Marshal.ReadByte(entry, TypeOffset), folder, name)));
            }

            var error = Marshal.GetLastPInvokeError();
            return error == 0 ? names : throw new IOException("The folder '" + folder + "' could not be read.", error);
        }
        finally
        {
            _ = CloseList(list);
        }
    }

    // Some file systems do not say what a name stands for, and have to be asked for each.
    private static NameKind KindOf(byte type, string folder, string name) => type switch
    {
        FileType => NameKind.File,
        FolderType => NameKind.Folder,
        LinkType => NameKind.Link,
        _ when new FileInfo(Path.Join(folder, name)).LinkTarget is not null => NameKind.Link,
        _ => Directory.Exists(Path.Join(folder, name)) ? NameKind.Folder : NameKind.File,
    };

    private static NameKind KindOf(FileSystemInfo item) =>
        (item.Attributes & FileAttributes.ReparsePoint) != 0 && item.LinkTarget is not null ? NameKind.Link
        : item is DirectoryInfo ? NameKind.Folder : NameKind.File;

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint OpenList(string folder);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadList(nint list);

    [LibraryImport("libc", EntryPoint = "closedir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseList(nint list);
}
