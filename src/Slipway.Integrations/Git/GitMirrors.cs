using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Reports;
using Slipway.Engine.Ports;

namespace Slipway.Integrations.Git;

/// <summary>Repositories by the git program: a bare mirror for each service, in which commits are read and from which agents get them.</summary>
/// <param name="folder">Holds the mirrors; made when the first is.</param>
/// <param name="access">What lets git in, by service.</param>
public sealed partial class GitMirrors(string folder, TimeProvider time, ISourceAccess access) : ISourceProvider
{
    private const string DefinitionFile = "slipway.yaml", PinPrefix = "refs/slipway/";

    /// <summary>In characters: some 300,000 files.</summary>
    private const int MostListed = 32 * 1024 * 1024;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(30), Fetching = TimeSpan.FromMinutes(15);

    /// <summary>Where ssh finds what the server's user has, for repositories without a credential of their own.</summary>
    private static readonly string OwnKeys = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
    private readonly GitProgram _git = new(folder, time);
    private readonly GitCredentials _credentials = new(Path.Combine(folder, ".keys"));

    /// <summary>One fetch of a mirror at a time: two would wait for each other's locks, or fail on them.</summary>
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>Why git is not kept in a sandbox while it talks with other hosts; null: it is.</summary>
    public static string? WhyNoSandbox => GitSandbox.WhyNot;

    /// <summary>The bare repository of a service.</summary>
    public string MirrorOf(string key) => Path.Combine(folder, key + ".git");

    public async Task<string?> HeadAsync(SourceSpec source, SourceAccess? access, CancellationToken cancel)
    {
        Check(source);
        if (RepositoryAddress.IsLocal(source.Repository) && LocalHead.TryRead(source.Repository, source.Branch, out var commit))
        {
            return commit;
        }

        Directory.CreateDirectory(folder);
        var result = await RunAsync(source, ["ls-remote", "--", UrlOf(source), $"refs/heads/{source.Branch}"], Remote(source, folder) with { Timeout = Quick }, access, cancel);
        return result.ExitCode == 0
            ? result.Output.Split('\t', 2)[0] is { Length: > 0 } id && RepositoryAddress.IsCommit(id) ? id : null
            : throw Unavailable(source, result, access);
    }

    public async Task<bool> HasNameAsync(SourceSpec source, string name, SourceAccess? access, CancellationToken cancel)
    {
        Check(source);
        if (!RepositoryAddress.IsRef(name))
        {
            return false;
        }

        Directory.CreateDirectory(folder);
        string[] names = [$"refs/heads/{name}", $"refs/tags/{name}"];
        var result = await RunAsync(source, ["ls-remote", "--", UrlOf(source), .. names], Remote(source, folder) with { Timeout = Quick }, access, cancel);
        // What git lists may only end with the name: refs/remotes/x/refs/heads/main does, too.
        return result.ExitCode == 0
            ? result.Output.Split('\n').Any(line => line.Split('\t', 2) is [_, var found] && names.Contains(found))
            : throw Unavailable(source, result, access);
    }

    public async Task<string?> DefaultBranchAsync(string repository, SourceAccess? access, CancellationToken cancel)
    {
        var source = new SourceSpec(repository, "HEAD", null);
        Check(source);
        Directory.CreateDirectory(folder);
        var result = await RunAsync(source, ["ls-remote", "--symref", "--", UrlOf(source), "HEAD"], Remote(source, folder) with { Timeout = Quick }, access, cancel);
        return result.ExitCode != 0 ? throw Unavailable(source, result, access)
            : HeadBranch().Match(result.Output) is { Success: true } match && RepositoryAddress.IsRef(match.Groups[1].Value) ? match.Groups[1].Value
            : null;
    }

    public async Task<SourceCommit> ReadAsync(string key, SourceSpec source, string @ref, string? since, CancellationToken cancel)
    {
        Check(source);
        if (!RepositoryAddress.IsRef(@ref))
        {
            throw new SourceUnavailableException($"'{@ref}' is no name of a branch or a tag, nor a commit.", "Name one that is there: git ls-remote shows them.", retryable: false);
        }

        await MakeAsync(key, cancel);
        var fetched = await FetchAsync(key, source, @ref, cancel);
        var (id, found) = await FindAsync(key, @ref, cancel) ?? throw (fetched ?? new SourceUnavailableException(
            $"There is no branch, tag or commit '{@ref}' in {source.Repository}.", "git ls-remote shows what there is.", retryable: false));
        return await DescribeAsync(key, source, id, since, cancel) with
        {
            // While the repository is away nobody can say whose the name is now that the mirror has.
            Ref = fetched is null ? found : null,
        };
    }

    public async Task<string?> CodeAsync(string key, string commit, string? path, CancellationToken cancel)
    {
        if (!IsMade(key) || !RepositoryAddress.IsCommit(commit) || !await HasAsync(key, commit, cancel))
        {
            return null;
        }

        var listed = await _git.RunAsync(["ls-tree", "-r", "-z", "--full-tree", commit, .. path is null ? Array.Empty<string>() : ["--", path]], Here(key) with { MostOutput = MostListed }, cancel);
        if (listed.ExitCode != 0 || listed.Cut)
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in listed.Output.Split('\0').Where(file => !Documentation.Is(file[(file.IndexOf('\t') + 1)..])))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + '\0'));
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public async Task PinAsync(string key, string commit, string name, CancellationToken cancel)
    {
        if (!RepositoryAddress.IsCommit(commit) || !RepositoryAddress.IsRef(name))
        {
            throw new ArgumentException($"'{commit}' and '{name}' are no commit and name.", nameof(commit));
        }

        await HereAsync(key, ["update-ref", PinPrefix + name, commit], cancel);
    }

    private bool IsMade(string key) => File.Exists(Path.Combine(MirrorOf(key), "HEAD"));

    private async Task MakeAsync(string key, CancellationToken cancel)
    {
        if (IsMade(key))
        {
            return;
        }

        Directory.CreateDirectory(MirrorOf(key));
        await HereAsync(key, ["init", "--bare", "--quiet", "--initial-branch=none"], cancel);
    }

    /// <summary>Null: it was fetched. Else why not; what the mirror has is used then.</summary>
    private async Task<SourceUnavailableException?> FetchAsync(string key, SourceSpec source, string @ref, CancellationToken cancel)
    {
        var turn = _turns.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            if (RepositoryAddress.IsCommit(@ref) && await HasAsync(key, @ref, cancel))
            {
                return null;
            }

            var with = await access.FindAsync(key, source, cancel);
            string[] all = [$"+refs/heads/{source.Branch}:refs/heads/{source.Branch}", "+refs/tags/*:refs/tags/*"];
            var first = await FetchAsync(key, source, all, with, cancel);
            if (first.ExitCode == 0 && (@ref == source.Branch || (RepositoryAddress.IsCommit(@ref) && await HasAsync(key, @ref, cancel))))
            {
                return null;
            }

            // A branch beside the service's own, or a commit that no branch has any more.
            string[] one = [RepositoryAddress.IsCommit(@ref) ? $"{@ref}:{PinPrefix}asked/{@ref}" : $"+refs/heads/{@ref}:refs/heads/{@ref}"];
            var second = await FetchAsync(key, source, one, with, cancel);
            if (second.ExitCode == 0)
            {
                return null;
            }

            if (first.ExitCode != 0 || !NoSuchRef().IsMatch(second.Error))
            {
                return Unavailable(source, first.ExitCode == 0 ? second : first, with);
            }

            // There is no such branch (any more): what an earlier look brought under its name, perhaps from another repository, is not it.
            if (!RepositoryAddress.IsCommit(@ref))
            {
                await HereAsync(key, ["update-ref", "-d", $"refs/heads/{@ref}"], cancel);
            }

            return null;
        }
        catch (SourceUnavailableException unusable)
        {
            return unusable;
        }
        finally
        {
            turn.Release();
        }
    }

    private Task<GitResult> FetchAsync(string key, SourceSpec source, string[] refspecs, SourceAccess? with, CancellationToken cancel) => RunAsync(
        source, ["fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", UrlOf(source), .. refspecs], Remote(source, MirrorOf(key)) with { Timeout = Fetching }, with, cancel);

    private async Task<(string Id, string? Ref)?> FindAsync(string key, string @ref, CancellationToken cancel)
    {
        if (RepositoryAddress.IsCommit(@ref))
        {
            return await HasAsync(key, @ref, cancel) ? (@ref, null) : null;
        }

        foreach (var prefix in new[] { "refs/heads/", "refs/tags/" })
        {
            var found = await _git.RunAsync(["rev-parse", "--verify", "--quiet", $"{prefix}{@ref}^{{commit}}"], Here(key), cancel);
            if (found.ExitCode == 0)
            {
                return (found.Output.Trim(), prefix + @ref);
            }
        }

        return null;
    }

    private async Task<bool> HasAsync(string key, string commit, CancellationToken cancel) =>
        (await _git.RunAsync(["cat-file", "-e", $"{commit}^{{commit}}"], Here(key), cancel)).ExitCode == 0;

    private async Task<SourceCommit> DescribeAsync(string key, SourceSpec source, string id, string? since, CancellationToken cancel)
    {
        var about = (await HereAsync(key, ["log", "-1", "--no-show-signature", "--format=%an%x00%ae%x00%ct%x00%s", id], cancel)).TrimEnd('\n').Split('\0', 4);
        var (tag, version) = await VersionAsync(key, id, cancel);
        var (definition, problem) = await DefinitionAsync(key, source, id, cancel);
        return new SourceCommit
        {
            Id = id,
            AuthorName = about[0].Length > 200 ? about[0][..200] + "…" : about[0],
            AuthorMail = about[1],
            At = DateTimeOffset.FromUnixTimeSeconds(long.Parse(about[2], CultureInfo.InvariantCulture)),
            Subject = about[3].Length > 200 ? about[3][..200] + "…" : about[3],
            Tag = tag,
            Version = version,
            Definition = definition,
            DefinitionProblem = problem,
            Changed = await HasChangedAsync(key, source, id, since, cancel),
        };
    }

    private async Task<(string? Tag, string Version)> VersionAsync(string key, string id, CancellationToken cancel)
    {
        var tags = (await HereAsync(key, ["tag", "--points-at", id, "--sort=-version:refname"], cancel)).Split('\n');
        if (tags.FirstOrDefault(t => VersionTag().IsMatch(t)) is { } tag)
        {
            return (tag, tag[1..]);
        }

        var described = await _git.RunAsync(["describe", "--tags", "--match", "v[0-9]*.[0-9]*.[0-9]*", "--long", "--abbrev=8", id], Here(key), cancel);
        if (described.ExitCode == 0 && described.Output.Trim() is ['v', .. var rest])
        {
            return (null, rest);
        }

        var count = (await HereAsync(key, ["rev-list", "--count", id], cancel)).Trim();
        return (null, $"0.0.0-{count}.g{id[..8]}");
    }

    private async Task<(string? Text, string? Problem)> DefinitionAsync(string key, SourceSpec source, string id, CancellationToken cancel)
    {
        var path = source.Path is null ? DefinitionFile : $"{source.Path}/{DefinitionFile}";
        var listed = (await HereAsync(key, ["ls-tree", "-z", "--format=%(objectmode) %(objecttype) %(objectname) %(objectsize)", id, "--", path], cancel)).TrimEnd('\0');
        if (listed.Length == 0)
        {
            return (null, null);
        }

        var parts = listed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts[1] != "blob" || parts[0] == "120000")
        {
            return (null, $"{path} is no file but a {(parts[0] == "120000" ? "link" : "folder")}");
        }

        if (!long.TryParse(parts[3], CultureInfo.InvariantCulture, out var size) || size > Limits.DefinitionBytes)
        {
            return (null, $"{path} has {parts[3]} bytes; there may be {Limits.DefinitionBytes}");
        }

        return (await HereAsync(key, ["cat-file", "blob", parts[2]], cancel), null);
    }

    private async Task<bool> HasChangedAsync(string key, SourceSpec source, string id, string? since, CancellationToken cancel)
    {
        if (since is null || source.Path is null || !RepositoryAddress.IsCommit(since) || !await HasAsync(key, since, cancel))
        {
            return since != id;
        }

        var difference = await _git.RunAsync(["diff-tree", "--quiet", "-r", "--no-ext-diff", since, id, "--", source.Path], Here(key), cancel);
        return difference.ExitCode != 0;
    }

    private async Task<string> HereAsync(string key, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var result = await _git.RunAsync(arguments, Here(key), cancel);
        return result.ExitCode == 0 ? result.Output : throw new IOException($"git {arguments[0]} in the mirror of {key} ended with status {result.ExitCode}: {result.Error}");
    }

    private async Task<GitResult> RunAsync(SourceSpec source, IReadOnlyList<string> arguments, GitCall call, SourceAccess? with, CancellationToken cancel)
    {
        try
        {
            using var lent = _credentials.Lend(call, with);
            return await _git.RunAsync(arguments, lent.Call, cancel);
        }
        catch (FileNotFoundException missing)
        {
            throw new SourceUnavailableException($"{source.Repository} cannot be read: {missing.Message}", "Install it on the server's machine: apt-get install git", retryable: true, missing);
        }
        catch (TimeoutException late)
        {
            throw new SourceUnavailableException($"{source.Repository} did not answer in time: {late.Message}", "See whether the server's machine reaches the host, and try again.", retryable: true, late);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SourceUnavailableException($"{source.Repository} cannot be read: {fault.Message}", "Look at the space and the permissions of the server's data directory, and try again.", retryable: true, fault);
        }
    }

    private GitCall Here(string key) => new(MirrorOf(key), Quick);

    /// <summary>A folder of this machine belongs to who named it, and may lean on others beside it; another host is not trusted as far.</summary>
    private static GitCall Remote(SourceSpec source, string folder) => RepositoryAddress.IsLocal(source.Repository)
        ? new(folder, Quick) { Protocols = "file" }
        : new(folder, Quick) { Protocols = "https:ssh", TalksWithOthers = true, Readable = [OwnKeys] };

    private static string UrlOf(SourceSpec source) => RepositoryAddress.IsLocal(source.Repository) ? "file://" + source.Repository : source.Repository;

    private static void Check(SourceSpec source)
    {
        if (RepositoryAddress.Problem(source.Repository) is { } problem || !RepositoryAddress.IsRef(source.Branch))
        {
            throw new SourceUnavailableException($"'{source.Repository}', branch '{source.Branch}', cannot be a repository.", "Add the service again with a right address.", retryable: false);
        }
    }

    private static SourceUnavailableException Unavailable(SourceSpec source, GitResult result, SourceAccess? with)
    {
        var said = Said(result.Error);
        var denied = Denied().IsMatch(result.Error);
        var missing = Missing().IsMatch(result.Error);
        return new SourceUnavailableException(
            $"{source.Repository} cannot be read: {said}",
            HostUnknown().IsMatch(result.Error) ? with is SourceAccess.Key ? "The host shows a key that is not among its known ones: it was changed, or somebody stands in between. Ask who runs the host, then give the credential again with --known-hosts or --host-key."
                : "Nobody has said which keys of the host to rely on: slipway service credential set S --key-file FILE shows them."
            : denied ? with is null ? "Give Slipway a token or key that may read it: slipway service credential set S --token-file FILE (https) or --key-file FILE (ssh)."
                : $"The {(with is SourceAccess.Token ? "token" : "key")} that Slipway has is not, or no longer, allowed to read it: give it another one with slipway service credential set."
            : missing ? "Look at the address, and whether Slipway may see the repository."
            : "See whether the server's machine reaches the host, and try again.",
            retryable: !denied && !missing);
    }

    /// <summary>The line that says why. Git's own is empty of it where ssh or the host spoke before: "Could not read from remote repository".</summary>
    private static string Said(string error)
    {
        string[] lines = [.. error.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        var fatal = Array.FindLastIndex(lines, line => line.StartsWith("fatal:", StringComparison.Ordinal));
        return fatal < 0 ? lines.LastOrDefault() ?? "git said nothing"
            : lines[fatal].Contains("Could not read from remote", StringComparison.Ordinal) && lines[..fatal].LastOrDefault(line => SaysWhy().IsMatch(line)) is { } why ? $"{why} ({lines[fatal]})"
            : lines[fatal];
    }

    [GeneratedRegex(@"^ref: refs/heads/(\S+)\tHEAD", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex HeadBranch();

    [GeneratedRegex(@"^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\z")]
    private static partial Regex VersionTag();

    [GeneratedRegex(@"Connection (refused|timed out|reset|closed)|Host key verification failed|REMOTE HOST IDENTIFICATION|Permission denied|Could not resolve|No route to host|Network is unreachable|Operation timed out|not found|does not (exist|appear)|access denied|^ERROR:|^ssh:", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SaysWhy();

    [GeneratedRegex("couldn't find remote ref|not our ref", RegexOptions.NonBacktracking)]
    private static partial Regex NoSuchRef();

    [GeneratedRegex("Permission denied|Authentication failed|could not read Username|Host key verification failed|HTTP 40[13]|error: 40[13]", RegexOptions.NonBacktracking)]
    private static partial Regex Denied();

    [GeneratedRegex("Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED", RegexOptions.NonBacktracking)]
    private static partial Regex HostUnknown();

    [GeneratedRegex("does not appear to be a git repository|[Rr]epository .*not found|couldn't find remote ref|error: 404|not our ref|No such file or directory", RegexOptions.NonBacktracking)]
    private static partial Regex Missing();
}
