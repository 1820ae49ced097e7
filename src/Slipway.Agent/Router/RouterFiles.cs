using System.Runtime.InteropServices;
using System.Text.Json;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Files of the router's data directory, written whole: a reader sees the old or the new one, also after a loss of power.</summary>
internal static partial class RouterFiles
{
    public const string StateName = "router.json", LockName = "router.lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateDirectory(string directory) => Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Held until disposed: one router per data directory.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    public static FileStream Lock(string directory) =>
        new(Path.Combine(directory, LockName), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });

    /// <summary>Null when there is none.</summary>
    /// <exception cref="JsonException">It is not a router's state.</exception>
    public static RouterState? ReadState(string directory)
    {
        var path = Path.Combine(directory, StateName);
        return File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RouterJson.Default.RouterState) ?? throw new JsonException($"{path} holds null.")
            : null;
    }

    public static void WriteState(string directory, RouterState state) =>
        Write(directory, StateName, JsonSerializer.SerializeToUtf8Bytes(state, RouterJson.Default.RouterState));

    /// <summary>Puts an unreadable state out of the way, for a person to look at.</summary>
    public static string SetStateAside(string directory)
    {
        var aside = Path.Combine(directory, StateName + ".unreadable");
        File.Move(Path.Combine(directory, StateName), aside, overwrite: true);
        return aside;
    }

    public static void WriteAdmin(string directory, RouterAdmin admin) =>
        Write(directory, RouterAdmin.FileName, JsonSerializer.SerializeToUtf8Bytes(admin, RouterJson.Default.RouterAdmin));

    private static void Write(string directory, string name, byte[] content)
    {
        var path = Path.Combine(directory, name);
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncDirectory(directory);
    }

    // The new name is durable only when the directory is; .NET opens no directories.
    private static void SyncDirectory(string directory)
    {
        var descriptor = OpenDescriptor(directory, 0);
        if (descriptor < 0)
        {
            throw new IOException($"{directory} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var synced = SyncDescriptor(descriptor);
        var fault = Marshal.GetLastPInvokeErrorMessage();
        _ = CloseDescriptor(descriptor);
        if (synced != 0)
        {
            throw new IOException($"{directory} could not be synced: {fault}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);
}
