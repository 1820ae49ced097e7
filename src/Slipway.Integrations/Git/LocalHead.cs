using Slipway.Core.Pipelines;

namespace Slipway.Integrations.Git;

/// <summary>
/// Reads where a branch of a repository on this machine is from its files: thousands of times cheaper than a call of git, which keeps watching a thousand repositories
/// cheap. What it does not recognise it leaves to git.
/// </summary>
internal static class LocalHead
{
    private const int LongestPackedRefs = 16 * 1024 * 1024;

    /// <param name="commit">Null, while the answer is true: there is no such branch.</param>
    public static bool TryRead(string repository, string branch, out string? commit)
    {
        commit = null;
        var git = Path.Combine(repository, ".git");
        var folder = Directory.Exists(git) ? git : File.Exists(Path.Combine(repository, "HEAD")) && Directory.Exists(Path.Combine(repository, "objects")) ? repository : null;

        // A worktree's or a submodule's .git is a file; a table of refs is no folder of files.
        if (folder is null || Directory.Exists(Path.Combine(folder, "reftable")))
        {
            return false;
        }

        try
        {
            var name = $"refs/heads/{branch}";
            var file = new FileInfo(Path.Combine(folder, name));
            if (file.Exists)
            {
                var text = file.Length <= 200 ? File.ReadAllText(file.FullName).Trim() : "";
                commit = RepositoryAddress.IsCommit(text) ? text : null;
                return commit is not null;
            }

            var packed = new FileInfo(Path.Combine(folder, "packed-refs"));
            if (packed is { Exists: true, Length: > LongestPackedRefs })
            {
                return false;
            }

            commit = packed.Exists ? File.ReadLines(packed.FullName).Where(l => l.EndsWith(' ' + name, StringComparison.Ordinal)).Select(l => l.Split(' ')[0]).FirstOrDefault(RepositoryAddress.IsCommit) : null;
            return true;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // It was packed, or removed, just now; git knows how to tell, and says so if it may not read either.
            return false;
        }
    }
}
