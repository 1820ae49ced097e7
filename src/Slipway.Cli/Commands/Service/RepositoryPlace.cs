using System.Text.RegularExpressions;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Init;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Core.Pipelines;

namespace Slipway.Cli.Commands.Service;

/// <summary>What <c>service add</c> and <c>service source set</c> make of a repository: the service's name, where its commits come from, and what is to be said about it.</summary>
internal sealed partial record RepositoryPlace(string Name, SetSource Source, string? Remark)
{
    private const string DefinitionFile = "slipway.yaml";
    private const int MostListed = 10;

    /// <summary>Is it a folder or an address, and not a name?</summary>
    public static bool Is(string text) => text.Contains('/') || text.Contains(':') || text.StartsWith('.');

    public static bool IsAddress(string text) => text.Contains("://", StringComparison.Ordinal) || ScpLike().IsMatch(text);

    /// <param name="name">Null: the one that slipway.yaml gives, or the repository has.</param>
    /// <param name="command">What is called again with another folder, as in <c>slipway service add</c>; the place follows.</param>
    /// <exception cref="CliException">It is no repository, or nothing says what the service is called.</exception>
    public static async Task<RepositoryPlace> Of(Shell shell, string command, string place, string? name, string? branch, string? path, CancellationToken cancel)
    {
        place = RepositoryAddress.Plain(place);
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

        var repository = await LocalRepository.Of(folder, place, cancel);
        if (branch is not null && !await repository.Has(branch, cancel))
        {
            var all = await repository.Branches(cancel);
            throw CliException.Usage($"{repository.Root} has no branch '{branch}'.", all.Length == 0 ? "Nothing is committed there yet." : $"There are: {all.ReplaceLineEndings(", ")}.");
        }

        var below = repository.Below(path);
        branch ??= await repository.Branch(cancel);
        var file = below is null ? DefinitionFile : $"{below}/{DefinitionFile}";
        var committed = await repository.Committed(branch, file, cancel);
        if ((repository.Uncommitted(file) ?? committed) is { } definition)
        {
            var written = ServiceKey().Match(definition) is { Success: true } match ? match.Groups["name"].Value : null;
            return new(
                name ?? written ?? throw CliException.Usage($"{file} in {repository.Root} does not name the service.", "Begin it with its name, as in `service: shop`, or give one with --name."),
                new SetSource { Repository = repository.Root, Branch = branch, Path = below },
                name is not null && written is not null && written != name ? $"{file} is the definition of '{written}', not of '{name}', so no commit makes a run yet: change its `service:`, and commit it."
                : committed is null ? $"{file} is not committed on {branch} yet: commit it, and its run begins by itself."
                : null);
        }

        var others = await repository.Folders(DefinitionFile, branch, cancel);
        if (path is not null && !await repository.HasFolder(below, branch, cancel))
        {
            throw CliException.Usage($"--path: there is no folder {below} in {repository.Root}.", others.Count == 0 ? $"No {DefinitionFile} is there either. Write one: slipway init {Draft.Quote(place)}" : Listed(others));
        }

        if (others.Count > 0)
        {
            throw CliException.Usage($"There is no {file} in {repository.Root}: {Listed(others)}", $"Name it: {command} {Draft.Quote(repository.Prefix.Length == 0 ? place : repository.Root)}{(others[0].Length == 0 ? "" : $" --path {Draft.Quote(others[0])}")}");
        }

        var init = repository.IsBare ? "slipway init, in a clone of it" : $"slipway init {Draft.Quote(place)}{(path is null ? "" : $" --path {Draft.Quote(path)}")}";
        return name is null ? throw CliException.Usage($"There is no {DefinitionFile} in {repository.Root} that names the service.", $"Write one: {init}")
            : new(name, new SetSource { Repository = repository.Root, Branch = branch, Path = below }, $"There is no {file}, so no commit makes a run yet. Write one and commit it: {init}");
    }

    private static string Listed(IReadOnlyList<string> folders) =>
        $"{DefinitionFile} is in {string.Join(", ", folders.Take(MostListed).Select(one => one.Length == 0 ? "the repository's own folder" : one))}{(folders.Count > MostListed ? $" and {folders.Count - MostListed} others" : "")}.";

    /// <summary>Enough to find the name; the server reads the file for what it is.</summary>
    [GeneratedRegex(@"^service:[ \t]*[""']?(?<name>[a-z0-9-]+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ServiceKey();

    [GeneratedRegex(@"^[^/\s]+@[^/\s]+:", RegexOptions.NonBacktracking)]
    private static partial Regex ScpLike();
}
