using System.Runtime.InteropServices;

namespace Slipway.Client.Artifacts;

/// <summary>
/// Tells regular files from devices, sockets and pipes. The runtime has no call for it, and opening a pipe to find out waits for a writer. statx is used since its
/// structure is the same on every architecture.
/// </summary>
public static partial class FileKind
{
    private const int CurrentDirectory = -100, NoFollow = 0x100, TypeMask = 1, ModeOffset = 28, StatxSize = 256;
    private const int FormatMask = 0xF000, Regular = 0x8000;

    /// <param name="path">Not followed when it is a link: a link is not a regular file.</param>
    /// <exception cref="IOException">The path cannot be looked at.</exception>
    public static bool IsRegular(string path)
    {
        Span<byte> status = stackalloc byte[StatxSize];
        if (Statx(CurrentDirectory, path, NoFollow, TypeMask, status) != 0)
        {
            throw new IOException($"cannot read the kind of '{path}': {Marshal.GetLastPInvokeErrorMessage()}");
        }
        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & FormatMask) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);
}
