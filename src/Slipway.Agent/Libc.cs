using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Agent;

/// <summary>The few system calls that the runtime does not offer.</summary>
internal static partial class Libc
{
    public const int Terminate = 15, KillNow = 9;
    private const int NoSuchProcess = 3, NoSpace = 28, Quota = 122, DirectoryOnly = 0x10000, CloseOnExec = 0x80000, SetPipeSize = 1031;

    /// <summary>Sends a signal to a process, or with a negative id to a process group.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="IOException">It may not be signalled.</exception>
    public static bool Signal(int pid, int signal)
    {
        // 0, 1, -1: ourselves, init, everybody. No caller means those.
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Math.Abs(pid), 1);
        if (Kill(pid, signal) == 0)
        {
            return true;
        }
        return Marshal.GetLastPInvokeError() == NoSuchProcess ? false : throw new IOException($"cannot signal process {pid}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string directory) => Sync(directory, FileSync);

    /// <summary>Makes everything on a directory's file system durable: one call for an unpacked tree of any size.</summary>
    public static void SyncFileSystem(string directory) => Sync(directory, SyncFs);

    /// <summary>Lets a pipe hold more. Where the system grants less it stays as it is, and is slower.</summary>
    public static void WidenPipe(SafePipeHandle pipe, int bytes) => _ = Control(pipe, SetPipeSize, bytes);

    /// <summary>Whether a file or folder has one of some extended attributes with the value 1.</summary>
    public static bool HasAttribute(string path, params ReadOnlySpan<string> names)
    {
        Span<byte> value = stackalloc byte[8];
        foreach (var name in names)
        {
            if (GetAttribute(path, name, value, (nuint)value.Length) == 1 && value[0] == (byte)'1')
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether a write failed for want of space.</summary>
    public static bool IsDiskFull(IOException exception) => (exception.HResult & 0xFFFF) is NoSpace or Quota or 0x70;

    private static void Sync(string directory, Func<int, int> call)
    {
        var descriptor = Open(directory, DirectoryOnly | CloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (call(descriptor) != 0)
        {
            throw new IOException($"cannot sync {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafePipeHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(string path, string name, Span<byte> value, nuint size);
}
