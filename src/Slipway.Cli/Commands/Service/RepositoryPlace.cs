using System.Text.RegularExpressions;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Hosting;
using Slipway.Cli.Init;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Service;

/// <summary>What <c>service add</c> and <c>service source set</c> make of a repository: the service's name, where its commits come from, and what is to be said about it.</summary>
internal sealed partial record RepositoryPlace(string Name, SetSource Source, string? Remark)
{
    private const string DefinitionFile = "slipway.yaml";

    /// <summary>Is it a folder or an address, and not a name?</summary>
    public static bool Is(string text) => text.Contains('/') || text.Contains(':') || text.StartsWith('.');

    public static bool IsAddress(string text) => text.Contains("://", StringComparison.Ordinal) || ScpLike().IsMatch(text);

    /// <param name="name">Null: the one that slipway.yaml gives, or the repository has.</param>
    /// <exception cref="CliException">It is no repository, or nothing says what the service is called.</exception>
    public static async Task<RepositoryPlace> Of(Shell shell, string place, string? name, string? branch, string? path, CancellationToken cancel)
    {
        if (IsAddress(place))
        {
            var called = name ?? ServiceName.From(path) ?? ServiceName.From(place.EndsWith(".git", StringComparison.Ordinal) ? place[..^4].Replace(':', '/') : place.Replace(':', '/'))
                ?? throw CliException.Usage($"Nothing of {place} can be a service's name.", "Give one with --name.");
            return new(called, new SetSource { Repository = place, Branch = branch, Path = path }, null);
        }

        var folder = shell.FullPath(place);
        if (!Directory.Exists(folder))
        {
            throw CliException.Usage($"There is no folder {place}.", "Give a repository's folder or address; a service without one is added by a name alone: slipway service add NAME");
        }

        var root = await Root(folder, place, cancel);
        var below = Path.GetRelativePath(root, path is null ? folder : Path.Combine(folder, path)).Replace('\\', '/');
        path = below == "." ? null : below;
        if (branch is not null && !await Has(root, branch, cancel))
        {
            var all = await Tool.Run("git", ["for-each-ref", "--format=%(refname:short)", "refs/heads/"], root, cancel);
            throw CliException.Usage($"{root} has no branch '{branch}'.", all.Length == 0 ? "Nothing is committed there yet." : $"There are: {all.ReplaceLineEndings(", ")}.");
        }

        branch ??= await Branch(root, cancel);
        var own = path is null ? root : Path.Combine(root, path);
        return new(
            name ?? NameIn(Path.Combine(own, DefinitionFile)) ?? throw new CliException(ExitCodes.Usage, $"There is no {DefinitionFile} in {own} that names the service.", $"Write one: slipway init {place}"),
            new SetSource { Repository = root, Branch = branch, Path = path }, await WhyNoRun(root, path, branch, cancel));
    }

    private static async Task<string> Root(string folder, string place, CancellationToken cancel)
    {
        try
        {
            return await Tool.Run("git", ["rev-parse", "--show-toplevel"], folder, cancel);
        }
        catch (CliException none) when (none.ExitCode == ExitCodes.Failed)
        {
            throw new CliException(ExitCodes.Usage, $"{place} is in no Git repository: {none.Message.Split('\n')[^1].Trim()}", "Make it one, and commit what there is: git init && git add -A && git commit -m \"Begin\"");
        }
    }

    /// <returns>Null: it is on none, and the server says so.</returns>
    private static async Task<string?> Branch(string root, CancellationToken cancel) =>
        await Tool.Run("git", ["branch", "--show-current"], root, cancel) is { Length: > 0 } current ? current : null;

    private static async Task<bool> Has(string root, string branch, CancellationToken cancel) =>
        (await Tool.Run("git", ["for-each-ref", "--format=%(refname)", $"refs/heads/{branch}"], root, cancel)).Split('\n').Contains($"refs/heads/{branch}");

    /// <summary>What would keep the newest commit from making a run.</summary>
    private static async Task<string?> WhyNoRun(string root, string? path, string? branch, CancellationToken cancel)
    {
        var file = path is null ? DefinitionFile : $"{path}/{DefinitionFile}";
        var listed = branch is null || !await Has(root, branch, cancel) ? "" : await Tool.Run("git", ["ls-tree", "--name-only", $"refs/heads/{branch}", "--", file], root, cancel);
        return listed.Length > 0 ? null : $"{file} is not committed on {branch} yet: commit it, and its run begins by itself.";
    }

    private static string? NameIn(string file) =>
        File.Exists(file) && ServiceKey().Match(File.ReadAllText(file)) is { Success: true } match ? match.Groups["name"].Value : null;

    /// <summary>Enough to find the name; the server reads the file for what it is.</summary>
    [GeneratedRegex(@"^service:[ \t]*[""']?(?<name>[a-z0-9-]+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ServiceKey();

    [GeneratedRegex(@"^[^/\s]+@[^/\s]+:", RegexOptions.NonBacktracking)]
    private static partial Regex ScpLike();
}
