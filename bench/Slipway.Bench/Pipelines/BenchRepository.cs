using System.Diagnostics;

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
        await repository.GitAsync(cancel, "init", "--quiet", "--initial-branch=main", "--template=");
        await repository.CommitAsync(definition, cancel);
        return repository;
    }

    /// <returns>The commit.</returns>
    public async Task<string> CommitAsync(string definition, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "slipway.yaml"), definition, cancel);
        await GitAsync(cancel, "add", "--all");
        return await CommitAsync(cancel);
    }

    /// <summary>A commit that changes nothing.</summary>
    public async Task<string> CommitAsync(CancellationToken cancel)
    {
        await GitAsync(cancel, "-c", "user.name=Bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0", "commit", "--quiet", "--allow-empty", "--message=A commit");
        return (await GitAsync(cancel, "rev-parse", "HEAD")).Trim();
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

    private async Task<string> GitAsync(CancellationToken cancel, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        var output = await git.StandardOutput.ReadToEndAsync(cancel);
        await git.WaitForExitAsync(cancel);
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with status {git.ExitCode}.");
    }
}
