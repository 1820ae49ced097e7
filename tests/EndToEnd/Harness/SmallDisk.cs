using System.Diagnostics;

namespace EndToEnd.Harness;

/// <summary>A file system of a few megabytes, mounted on a folder; needs root, or sudo that asks for nothing.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    private string Filler => Path.Combine(folder, "filler");

    public static async Task<SmallDisk> Mount(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        await AsRoot("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0777", "tmpfs", folder);
        return new SmallDisk(folder);
    }

    /// <summary>Until not a byte fits any more.</summary>
    public async Task Fill()
    {
        var block = new byte[64 * 1024];
        await using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[block.Length, 1])
        {
            try
            {
                while (true)
                {
                    file.Write(block, 0, size);
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync() => await AsRoot("umount", "--lazy", folder);

    private static async Task AsRoot(params IReadOnlyList<string> command)
    {
        string[] line = Environment.UserName == "root" ? [.. command] : ["sudo", "-n", .. command];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]))!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, string.Join(' ', line));
    }
}
