using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Artifacts;

namespace Slipway.Cli.Artifacts;

/// <summary>An artifact as one file, ready to be sent; a directory is packed into a temporary one, which goes with this.</summary>
internal sealed class PackedArtifact : IAsyncDisposable
{
    private readonly string path;
    private readonly bool temporary;

    private PackedArtifact(string path, bool temporary)
    {
        this.path = path;
        this.temporary = temporary;
    }

    /// <param name="artifact">A directory, or a tar or tar.gz file.</param>
    /// <exception cref="CliException">There is nothing there, or it cannot be packed.</exception>
    public static PackedArtifact Of(Shell shell, string artifact, CancellationToken cancel)
    {
        var source = shell.FullPath(artifact);
        if (File.Exists(source))
        {
            return new PackedArtifact(source, temporary: false);
        }

        if (!Directory.Exists(source))
        {
            throw CliException.Usage($"--artifact: there is nothing at {artifact}.", "Name a directory to pack, or a tar or tar.gz file.");
        }

        var packed = new PackedArtifact(Path.Combine(Path.GetTempPath(), $"slipway-{Path.GetRandomFileName()}.tar.gz"), temporary: true);
        try
        {
            using var file = new FileStream(packed.path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            return ArtifactPacker.Pack(source, file, cancellation: cancel) is PackOutcome.Refused refused
                ? throw CliException.Usage($"--artifact {artifact}: {refused}.")
                : packed;
        }
        catch
        {
            File.Delete(packed.path);
            throw;
        }
    }

    public FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);

    public ValueTask DisposeAsync()
    {
        if (temporary)
        {
            File.Delete(path);
        }

        return ValueTask.CompletedTask;
    }
}
