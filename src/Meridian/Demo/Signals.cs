using System.Runtime.InteropServices;

namespace Meridian.Host.Demo;

/// <summary>Signals to processes.</summary>
internal static partial class Signals
{
    /// <summary>Asks the process to end.</summary>
    internal static void Terminate(int process) => _ = Kill(process, 15);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
