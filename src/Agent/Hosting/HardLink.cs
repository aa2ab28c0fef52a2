using System.Runtime.InteropServices;

namespace Meridian.Agent.Hosting;

/// <summary>A second name for a file, which .NET has no word for.</summary>
internal static partial class HardLink
{
    /// <summary>Makes it. Throws where the file system refuses.</summary>
    internal static void Make(string file, string name)
    {
        if (link(file, name) != 0)
            throw new IOException($"'{file}' cannot be linked as '{name}' (error {Marshal.GetLastPInvokeError()}).");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string file, string name);
}
