namespace Slipway.Storage;

/// <summary>Files that only their owner may read and write, whatever the user's umask.</summary>
internal static class OwnFiles
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file, empty, if it is not there; what is there is closed to others.</summary>
    public static void Touch(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = OwnerOnly });
        File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
    }
}
