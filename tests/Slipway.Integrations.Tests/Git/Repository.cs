namespace Slipway.Integrations.Tests.Git;

/// <summary>A real repository in a folder of its own.</summary>
internal sealed class Repository : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-git-").FullName;

    public Repository()
    {
        Directory.CreateDirectory(Folder);
        Git("init", "--quiet", "--initial-branch", "main");
    }

    public string Folder => Path.Combine(_root, "origin");

    /// <summary>Where mirrors may be.</summary>
    public string Mirrors => Path.Combine(_root, "mirrors");

    public string Commit(string message, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(Folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", message);
        return Git("rev-parse", "HEAD");
    }

    public string Git(params string[] arguments) => GitCommand.Run(Folder, arguments);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
