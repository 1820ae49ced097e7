namespace Slipway.Cli.Hosting;

/// <summary>Files that are made for their owner alone to read and write, whatever the user's umask. What is there already keeps the permissions that somebody gave it.</summary>
internal static class OwnFiles
{
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share) => new(
        path, new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });

    /// <summary>Makes the file if it is not there.</summary>
    public static void Touch(string path)
    {
        using (Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
        }
    }
}
