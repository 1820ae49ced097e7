namespace Slipway.Agent.Jobs;

/// <summary>Puts an unpacked tree over another, as if it had been there from the start.</summary>
internal static class JobInputs
{
    private const UnixFileMode Writable = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Moves what is in <paramref name="from"/> to the same places below <paramref name="to"/>. Whatever stands in the way of a file or a folder (a link above all, which is never
    /// followed) gives way to it. Unpacked files are read-only; here they are a step's own.
    /// </summary>
    public static void MoveOver(DirectoryInfo from, string to)
    {
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            var there = new DirectoryInfo(target);
            var meetsDirectory = there.Exists && there.LinkTarget is null;
            if (entry is DirectoryInfo directory && entry.LinkTarget is null && meetsDirectory)
            {
                MoveOver(directory, target);
                continue;
            }
            if (meetsDirectory)
            {
                there.Delete(recursive: true);
            }
            else
            {
                // A file or a link; nothing is no error.
                File.Delete(target);
            }
            if (entry.LinkTarget is { } leadsTo)
            {
                File.CreateSymbolicLink(target, leadsTo);
                continue;
            }
            MakeWritable(entry);
            if (entry is DirectoryInfo)
            {
                Directory.Move(entry.FullName, target);
            }
            else
            {
                File.Move(entry.FullName, target);
            }
        }
    }

    /// <summary>Gives what was unpacked to the steps.</summary>
    public static void MakeWritable(FileSystemInfo entry)
    {
        if (entry.LinkTarget is not null)
        {
            return;
        }
        if (entry is DirectoryInfo directory)
        {
            foreach (var below in directory.EnumerateFileSystemInfos())
            {
                MakeWritable(below);
            }
        }
        entry.UnixFileMode |= Writable;
    }
}
