using Slipway.Cli.Hosting;

namespace Slipway.Cli.Demo;

/// <summary>The storefront's Git repository, made of the samples that come with the program, one commit a version; and what is built from its commits.</summary>
internal sealed class StorefrontRepository
{
    private const string Branch = "main";
    private const string FirstMessage = "Open the storefront";
    private readonly string samples, folder, builds;

    private StorefrontRepository(string samples, string folder, string builds)
    {
        this.samples = samples;
        this.folder = folder;
        this.builds = builds;
    }

    /// <param name="home">Gets <c>storefront/</c>, the repository, and <c>builds/</c>.</param>
    public static async Task<StorefrontRepository> Make(string home, CancellationToken cancel)
    {
        var repository = new StorefrontRepository(Path.Combine(AppContext.BaseDirectory, "samples"), Path.Combine(home, "storefront"), Path.Combine(home, "builds"));
        Directory.CreateDirectory(repository.folder);
        Directory.CreateDirectory(repository.builds);
        await repository.Git(cancel, "init", "--quiet", "--initial-branch", Branch);
        return repository;
    }

    public string Folder => folder;

    /// <summary>Commits the files of a version on top of those that are there. The branch has it only when it is tagged: whoever looks at the branch finds both.</summary>
    public async Task<StorefrontCommit> Commit(string version, CancellationToken cancel)
    {
        var next = Path.Combine(samples, "storefront-commits", version);
        var isFirst = !Directory.Exists(next);
        Copy(isFirst ? Path.Combine(samples, "storefront") : Path.Combine(next, "files"), folder);
        var message = isFirst ? FirstMessage : (await File.ReadAllTextAsync(Path.Combine(next, "message.txt"), cancel)).Trim();
        if (!isFirst)
        {
            await Git(cancel, "switch", "--quiet", "--detach");
        }

        await Git(cancel, "add", "--all");
        await Git(cancel, "-c", "user.name=Storefront team", "-c", "user.email=storefront@localhost", "-c", "commit.gpgSign=false", "commit", "--quiet", "--message", message);
        await Git(cancel, "-c", "tag.gpgSign=false", "tag", $"v{version}");
        if (!isFirst)
        {
            await Git(cancel, "switch", "--quiet", "--force-create", Branch);
        }

        return new(version, await Git(cancel, "rev-parse", "HEAD"), message);
    }

    /// <summary>Publishes what the commit holds, from a checkout of its own.</summary>
    public async Task<StorefrontBuild> Publish(StorefrontCommit commit, CancellationToken cancel)
    {
        var source = Path.Combine(builds, commit.Version, "source");
        var output = Path.Combine(builds, commit.Version, "publish");
        await Git(cancel, "worktree", "add", "--quiet", "--force", "--detach", source, commit.Sha);
        await Tool.Run("dotnet", ["publish", "-c", "Release", "-o", output, "-v", "quiet", "--nologo", "--disable-build-servers"], source, cancel);
        return new(output, Path.Combine(source, "slipway.yaml"));
    }

    private Task<string> Git(CancellationToken cancel, params IReadOnlyList<string> arguments) => Tool.Run("git", arguments, folder, cancel);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}

/// <param name="Sha">In full.</param>
internal sealed record StorefrontCommit(string Version, string Sha, string Message)
{
    public string Short => Sha[..8];
}

/// <param name="Artifact">The folder to pack.</param>
/// <param name="Definition">The commit's slipway.yaml.</param>
internal sealed record StorefrontBuild(string Artifact, string Definition);
