using System.Runtime.InteropServices;

namespace Slipway.Cli.Hosting;

internal static partial class Libc
{
    public const int Terminate = 15, KillNow = 9;

    /// <returns>0: sent. -1: there is no such process, or it is somebody else's.</returns>
    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Signal(int pid, int signal);
}
