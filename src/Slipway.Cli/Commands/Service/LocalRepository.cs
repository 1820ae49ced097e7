using Slipway.Cli.CommandLine;
using Slipway.Cli.Hosting;

namespace Slipway.Cli.Commands.Service;

/// <summary>A repository of this machine: one with a work tree, or a bare one as others push to.</summary>
/// <param name="Root">Absolute.</param>
/// <param name="Prefix">The folder that was named, from the root on; empty: the root itself.</param>
internal sealed record LocalRepository(string Root, string Prefix, bool IsBare)
{
    /// <exception cref="CliException">The folder is in none.</exception>
    public static async Task<LocalRepository> Of(string folder, string place, CancellationToken cancel)
    {
        try
        {
            return await Tool.Run("git", ["rev-parse", "--is-bare-repository"], folder, cancel) == "true"
                ? new(await Tool.Run("git", ["rev-parse", "--absolute-git-dir"], folder, cancel), "", IsBare: true)
                : new(await Tool.Run("git", ["rev-parse", "--show-toplevel"], folder, cancel), await Tool.Run("git", ["rev-parse", "--show-prefix"], folder, cancel), IsBare: false);
        }
        catch (CliException none) when (none.ExitCode == ExitCodes.Failed)
        {
            throw new CliException(ExitCodes.Usage, $"{place} is in no Git repository: {none.Message.Split('\n')[^1].Trim()}", "Make it one, and commit what there is: git init && git add -A && git commit -m \"Begin\"");
        }
    }

    /// <summary>The service's folder from the root on; null: the root itself.</summary>
    /// <param name="path">From the folder that was named on; null: that folder.</param>
    public string? Below(string? path)
    {
        var below = Path.TrimEndingDirectorySeparator(Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, Prefix, path ?? ""))));
        return below == "." ? null
            : below == ".." || below.StartsWith("../", StringComparison.Ordinal) ? throw CliException.Usage($"--path: {path} is not in {Root}.", "Write it like --path services/shop.")
            : below;
    }

    /// <summary>The branch that it is on, which may have no commit yet.</summary>
    /// <returns>Null: it is on none, and the server says so.</returns>
    public async Task<string?> Branch(CancellationToken cancel) => await Git(["branch", "--show-current"], cancel) is { Length: > 0 } current ? current : null;

    public async Task<bool> Has(string branch, CancellationToken cancel) =>
        (await Git(["for-each-ref", "--format=%(refname)", $"refs/heads/{branch}"], cancel)).Split('\n').Contains($"refs/heads/{branch}");

    /// <summary>One on each line.</summary>
    public Task<string> Branches(CancellationToken cancel) => Git(["for-each-ref", "--format=%(refname:short)", "refs/heads/"], cancel);

    /// <summary>A file's text as it lies in the work tree; null: it does not.</summary>
    public string? Uncommitted(string file) => !IsBare && File.Exists(Path.Combine(Root, file)) ? File.ReadAllText(Path.Combine(Root, file)) : null;

    /// <summary>A file's text in the branch's newest commit; null: it is not there.</summary>
    public async Task<string?> Committed(string? branch, string file, CancellationToken cancel) =>
        await Listed(branch, [file], cancel) is [_, ..] ? await Git(["cat-file", "-p", $"refs/heads/{branch}:{file}"], cancel) : null;

    public async Task<bool> HasFolder(string? folder, string? branch, CancellationToken cancel) =>
        folder is null || (!IsBare && Directory.Exists(Path.Combine(Root, folder))) || (await Listed(branch, ["-d", folder], cancel)).Count > 0;

    /// <summary>The folders with a file of that name, in the work tree or in the branch's newest commit; what Git ignores is left out.</summary>
    /// <returns>From the root on; empty: the root itself. The nearest first.</returns>
    public async Task<IReadOnlyList<string>> Folders(string name, string? branch, CancellationToken cancel)
    {
        var files = (await Listed(branch, ["-r"], cancel)).Concat(IsBare ? [] : Lines(await Git(["ls-files", "-z", "--others", "--exclude-standard"], cancel)));
        return [.. files.Where(file => Path.GetFileName(file) == name).Select(file => Path.GetDirectoryName(file) ?? "").Distinct(StringComparer.Ordinal)
            .OrderBy(folder => folder.Count(c => c == '/')).ThenBy(folder => folder, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<string>> Listed(string? branch, IReadOnlyList<string> what, CancellationToken cancel) =>
        branch is null || !await Has(branch, cancel) ? [] : Lines(await Git(["ls-tree", "-z", "--full-tree", "--name-only", .. what.Where(one => one.StartsWith('-')), $"refs/heads/{branch}", "--", .. what.Where(one => !one.StartsWith('-'))], cancel));

    private static string[] Lines(string listed) => listed.Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private Task<string> Git(IReadOnlyList<string> arguments, CancellationToken cancel) => Tool.Run("git", arguments, Root, cancel);
}
