
namespace Slipway.Bench.Pipelines;

/// <summary>A repository of a service, whose one file is its definition.</summary>
internal sealed class BenchRepository
{
    private BenchRepository(string folder) => Folder = folder;

    public string Folder { get; }

    public static async Task<BenchRepository> CreateAsync(string folder, string definition, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var repository = new BenchRepository(folder);
        GitCommand.Run(folder, "init", "--quiet", "--initial-branch=main", "--template=");
        await repository.CommitAsync(definition, cancel);
        return repository;
    }

    /// <returns>The commit.</returns>
    public async Task<string> CommitAsync(string definition, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "slipway.yaml"), definition, cancel);
        GitCommand.Run(Folder, "add", "--all");
        return Commit();
    }

    /// <summary>A commit that changes nothing.</summary>
    public string Commit()
    {
        GitCommand.Run(Folder, "-c", "gc.auto=0", "commit", "--quiet", "--allow-empty", "--message=A commit");
        return GitCommand.Run(Folder, "rev-parse", "HEAD");
    }

    /// <summary>As it is, in another place: much sooner than to make it again.</summary>
    public BenchRepository CopyTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return new BenchRepository(folder);
    }
}
