using System.Diagnostics;

namespace EndToEnd.Harness;

/// <summary>A team's Git repository, on this machine.</summary>
internal sealed class Repository
{
    private Repository(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Its first commit holds what is in the folder, and the definition.</summary>
    public static async Task<Repository> Make(string folder, string definition)
    {
        Directory.CreateDirectory(folder);
        var repository = new Repository(folder);
        await repository.Git("init", "--quiet", "--initial-branch=main");
        await repository.Commit("The first version", ("slipway.yaml", definition));
        return repository;
    }

    public async Task Commit(string message, params IReadOnlyList<(string File, string Text)> files)
    {
        foreach (var (file, text) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, file), text, TestContext.Current.CancellationToken);
        }

        await Git("add", "-A");
        await Git("-c", "user.name=Dev", "-c", "user.email=dev@example.org", "commit", "--quiet", "-m", message);
    }

    public Task Tag(string tag) => Git("tag", tag);

    private async Task Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Folder })!;
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        git.ExitCode.ShouldBe(0);
    }
}
