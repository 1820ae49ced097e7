using System.Text.RegularExpressions;

namespace Slipway.Core.Pipelines;

/// <summary>What may be given as a repository, a branch, a tag. Text of users that reaches a command line is checked here first.</summary>
public static partial class RepositoryAddress
{
    private const int Longest = 1000;

    /// <summary>Whether it is a folder of the server's own machine: an absolute path.</summary>
    public static bool IsLocal(string repository) => repository.StartsWith('/');

    /// <summary>A folder as its path, where it is written as <c>file:///path</c>; all else as it is.</summary>
    public static string Plain(string repository) =>
        repository.StartsWith("file:///", StringComparison.OrdinalIgnoreCase) ? Uri.UnescapeDataString(repository["file://".Length..]) : repository;

    /// <summary>What is wrong with an address; null: nothing.</summary>
    public static string? Problem(string repository) =>
        repository.Length is 0 or > Longest ? $"An address has 1 to {Longest} characters."
        : repository.Any(char.IsControl) ? "An address has no control characters."
        : IsLocal(repository) ? repository.Split('/').Contains("..") ? "A path has no '..'." : null
        : Https().IsMatch(repository) || Ssh().IsMatch(repository) || ScpLike().IsMatch(repository) ? null
        : "A repository is https://…, ssh://…, git@host:path, or an absolute path on the server's machine.";

    /// <summary>Whether a text may name a branch or a tag: the grammar of <c>git check-ref-format</c>, a little stricter.</summary>
    public static bool IsRef(string text) =>
        text.Length is > 0 and <= 200 && Ref().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal)
        && !text.Contains("@{", StringComparison.Ordinal) && !text.EndsWith('/') && !text.EndsWith('.')
        && text.Split('/').All(part => !part.StartsWith('.') && !part.EndsWith(".lock", StringComparison.Ordinal));

    /// <summary>Whether a repository is the one that its host calls so, such as <c>team/shop</c>: hosts do not say by which of its addresses it is known here.</summary>
    public static bool IsCalled(string repository, string name)
    {
        var path = repository.TrimEnd('/');
        path = path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;
        return name.Length > 0 && path.Length > name.Length && path[^(name.Length + 1)] is '/' or ':' && path.EndsWith(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a text is a whole commit id, of SHA-1 or SHA-256.</summary>
    public static bool IsCommit(string text) => Commit().IsMatch(text);

    // No user names or passwords inside: credentials are kept apart, where nobody reads them back.
    [GeneratedRegex(@"^https://[A-Za-z0-9.-]+(:\d{1,5})?/[^\s?#@\\]+\z")]
    private static partial Regex Https();

    [GeneratedRegex(@"^ssh://([A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?/[^\s?#@\\]+\z")]
    private static partial Regex Ssh();

    [GeneratedRegex(@"^[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s:?#@\\/-][^\s:?#@\\]*\z")]
    private static partial Regex ScpLike();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_./+=@-]*\z")]
    private static partial Regex Ref();

    [GeneratedRegex(@"^([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Commit();
}
