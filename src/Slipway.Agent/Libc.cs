using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Agent;

/// <summary>The few system calls that the runtime does not offer.</summary>
internal static partial class Libc
{
    public const int Terminate = 15, KillNow = 9;
    private const int NoSuchProcess = 3, Interrupted = 4, NoSpace = 28, Quota = 122, DirectoryOnly = 0x10000, CloseOnExec = 0x80000, SetPipeSize = 1031;

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

    /// <summary>
    /// What a file of the kernel's says, which has no length until it is read. Three system calls, where the runtime's streams make a dozen: those who look for processes read hundreds of them.
    /// </summary>
    /// <returns>Null when it cannot be read, mostly since the process that it tells of has ended.</returns>
    public static T? ReadKernelFile<T>(string path, Func<ReadOnlySpan<byte>, T> parse)
    {
        var descriptor = Open(path, CloseOnExec);
        if (descriptor < 0)
        {
            return default;
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (var length = 0; ;)
            {
                var read = Read(descriptor, buffer.AsSpan(length), (nuint)(buffer.Length - length));
                if (read < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                {
                    continue;
                }
                if (read < 0)
                {
                    return default;
                }
                if (read == 0)
                {
                    return parse(buffer.AsSpan(0, length));
                }
                length += (int)read;
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

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

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, Span<byte> into, nuint size);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafePipeHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(string path, string name, Span<byte> value, nuint size);
}
