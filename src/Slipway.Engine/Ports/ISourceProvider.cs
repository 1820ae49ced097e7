using Slipway.Core.Pipelines;

namespace Slipway.Engine.Ports;

/// <summary>Repositories that commits are taken from.</summary>
public interface ISourceProvider
{
    /// <summary>The commit that the branch is at; null: there is no such branch, or no commit on it.</summary>
    /// <param name="access">What lets Slipway in; null: nothing does, and nothing may be needed.</param>
    /// <exception cref="SourceUnavailableException">The repository does not answer, or does not let Slipway in.</exception>
    Task<string?> HeadAsync(SourceSpec source, SourceAccess? access, CancellationToken cancel);

    /// <summary>Whether the repository has a branch or a tag of this name now.</summary>
    /// <exception cref="SourceUnavailableException">The repository does not answer, or does not let Slipway in.</exception>
    Task<bool> HasNameAsync(SourceSpec source, string name, SourceAccess? access, CancellationToken cancel);

    /// <summary>The branch that a clone of the repository would be on; null: it has none.</summary>
    /// <exception cref="SourceUnavailableException">The repository does not answer, or does not let Slipway in.</exception>
    Task<string?> DefaultBranchAsync(string repository, SourceAccess? access, CancellationToken cancel);

    /// <summary>Brings what a branch, a tag or a commit id names into the mirror, and reads it there. What the mirror has already is read even while the repository is away.</summary>
    /// <param name="key">Names the mirror: one for each service.</param>
    /// <param name="since">A commit looked at before; whether anything below the service's folder differs from it is told.</param>
    /// <exception cref="SourceUnavailableException">It is not in the mirror and cannot be brought there.</exception>
    Task<SourceCommit> ReadAsync(string key, SourceSpec source, string @ref, string? since, CancellationToken cancel);

    /// <summary>A digest of what the commit has in the service's folder, documentation left out: equal for commits between which nothing else changed. Null: it is not in the mirror, or has too many files.</summary>
    /// <param name="path">The service's folder; null: the whole repository.</param>
    Task<string?> CodeAsync(string key, string commit, string? path, CancellationToken cancel);

    /// <summary>Keeps a commit in the mirror although no branch has it any more.</summary>
    Task PinAsync(string key, string commit, string name, CancellationToken cancel);
}

/// <summary>A commit as a run needs it.</summary>
public sealed record SourceCommit
{
    /// <summary>Lower-case hex, whole.</summary>
    public required string Id { get; init; }

    /// <summary>What it was found as in the repository just now, whole: <c>refs/heads/main</c>, <c>refs/tags/v1.2.0</c>; null: by its id, or the repository is away and the mirror had it.</summary>
    public string? Ref { get; init; }

    /// <summary>The first line of its message.</summary>
    public required string Subject { get; init; }
    public required string AuthorName { get; init; }
    public required string AuthorMail { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Its tag of the form <c>v1.2.3</c>; null: it has none.</summary>
    public string? Tag { get; init; }

    /// <summary>The tag without its <c>v</c>; else by the nearest tag before, as <c>git describe</c> has it; else <c>0.0.0-COMMITS.gSHA</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The text of <c>slipway.yaml</c> in the service's folder; null: there is none.</summary>
    public string? Definition { get; init; }

    /// <summary>Why <see cref="Definition"/> is not there although something of that name is: too large, a link, no text.</summary>
    public string? DefinitionProblem { get; init; }

    /// <summary>Whether anything in the service's folder differs from the commit looked at before; true also when that one is not known any more.</summary>
    public required bool Changed { get; init; }
}

/// <summary>A repository cannot be read now. Its message names it, why, and what to do.</summary>
public sealed class SourceUnavailableException(string message, string nextStep, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    public string NextStep { get; } = nextStep;

    /// <summary>It may come back by itself: a host that is away, not a name that is wrong.</summary>
    public bool Retryable { get; } = retryable;
}
