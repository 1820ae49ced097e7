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
        GitCommand.Run(folder, "init", "--quiet", "--initial-branch=main");
        await repository.Commit("The first version", ("slipway.yaml", definition));
        return repository;
    }

    public async Task Commit(string message, params IReadOnlyList<(string File, string Text)> files)
    {
        foreach (var (file, text) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(Folder, file), text, TestContext.Current.CancellationToken);
        }

        GitCommand.Run(Folder, "add", "--all");
        GitCommand.Run(Folder, "commit", "--quiet", "--message", message);
    }

    public void Tag(string tag) => GitCommand.Run(Folder, "tag", tag);
}
