using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Pipelines;

/// <summary>What people do with a service's repository: name it, ask for a run of it.</summary>
public sealed class SourceDesk(IStore store, ISourceProvider sources, ISourceAccess credentials)
{
    private const int Most = 10_000;
    private static readonly SourceFlow Flow = new();

    /// <summary>All sources, by their services.</summary>
    public async Task<IReadOnlyList<(string Service, SourceState State)>> ListAsync(CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(SourceFlow.ProcessKind, null, activeOnly: true, Most, cancel)).Select(p => (p.Id.Key, Flow.ReadState(p.State, p.StateVersion))).OrderBy(s => s.Key, StringComparer.Ordinal)];

    public async Task<SourceState?> FindAsync(string service, CancellationToken cancel) =>
        await store.ReadProcessAsync(SourceFlow.ProcessOf(service), cancel) is { } process && Flow.ReadState(process.State, process.StateVersion) is { Removed: false } state ? state : null;

    /// <summary>The source that is meant: the branch, if none is named, is the repository's own.</summary>
    /// <param name="access">What lets Slipway in; null: nothing does, and nothing may be needed.</param>
    public async Task<Outcome<SourceSpec>> SpecAsync(string repository, string? branch, string? path, SourceAccess? access, CancellationToken cancel)
    {
        if (branch is not null || RepositoryAddress.Problem(repository) is not null)
        {
            // What is wrong with the address is said where it is checked.
            return new SourceSpec(repository, branch ?? "main", path);
        }

        try
        {
            return await sources.DefaultBranchAsync(repository, access, cancel) is { } found
                ? new SourceSpec(repository, found, path)
                : Refusal.Invalid("branchMissing", $"{repository} has no commit, or is on no branch.", "Push a commit, or name a branch with --branch.");
        }
        catch (SourceUnavailableException unreadable)
        {
            return Unreadable(unreadable);
        }
    }

    /// <summary>Likewise, with the credential that the service has.</summary>
    public async Task<Outcome<SourceSpec>> SpecAsync(string service, string repository, string? branch, string? path, CancellationToken cancel)
    {
        try
        {
            var asked = new SourceSpec(repository, branch ?? "main", path);
            var access = branch is null && RepositoryAddress.Problem(repository) is null ? await credentials.FindAsync(service, asked, cancel) : null;
            return await SpecAsync(repository, branch, path, access, cancel);
        }
        catch (SourceUnavailableException notFor)
        {
            return Unreadable(notFor);
        }
    }

    /// <summary>Names the repository of a service, or another one. It is looked at first: what cannot be read is refused.</summary>
    public async Task<Outcome<SourceState>> SetAsync(string service, SourceSpec spec, Actor by, RequestKey? key, CancellationToken cancel)
    {
        if (await WhyNotAsync(service, spec, cancel) is { } wrong)
        {
            return wrong;
        }

        if (await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is null)
        {
            return await Missing.ServiceAsync(store, service, cancel);
        }

        return await store.SendAsync(SourceFlow.ProcessOf(service), Flow.WriteEvent(new SourceSet(spec, by)), key, cancel) is OnceResult.KeyReused
            ? OnceResult.KeyReused.Refusal
            : await FindAsync(service, cancel) is { } state ? state : Refusal.Conflict("notYet", $"The repository of '{service}' is being taken in.", "Look at it in a moment.");
    }

    /// <summary>Why a repository cannot be a service's, with the credential that the service has.</summary>
    private async Task<Refusal?> WhyNotAsync(string service, SourceSpec spec, CancellationToken cancel)
    {
        try
        {
            return await WhyNotAsync(spec, await credentials.FindAsync(service, spec, cancel), cancel);
        }
        catch (SourceUnavailableException notFor)
        {
            return Unreadable(notFor);
        }
    }

    /// <summary>Why a repository cannot be a service's; null: it can be read, and has the branch.</summary>
    /// <param name="access">What lets Slipway in; null: nothing does, and nothing may be needed.</param>
    public async Task<Refusal?> WhyNotAsync(SourceSpec spec, SourceAccess? access, CancellationToken cancel)
    {
        if (Check(spec) is { } wrong)
        {
            return wrong;
        }

        try
        {
            return await sources.HeadAsync(spec, access, cancel) is not null ? null : Refusal.Invalid("branchMissing", $"{spec.Repository} has no branch '{spec.Branch}'.", "Push it, or name another one with --branch.");
        }
        catch (SourceUnavailableException unreadable)
        {
            return Unreadable(unreadable);
        }
    }

    /// <summary>Asks for a run of a branch, a tag or a commit.</summary>
    /// <param name="ref">Null: the branch that the service follows.</param>
    public async Task<Outcome<SourceState>> AskAsync(string service, string? @ref, Actor by, string? why, RequestKey? key, CancellationToken cancel)
    {
        if (@ref is not null && !RepositoryAddress.IsRef(@ref))
        {
            return Refusal.Invalid("invalidRef", $"'{@ref}' is no name of a branch or a tag, nor a commit.", "Name one that is there: git ls-remote shows them.");
        }

        if (await FindAsync(service, cancel) is null)
        {
            return await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is null
                ? await Missing.ServiceAsync(store, service, cancel)
                : NoRepository(service);
        }

        return await store.SendAsync(SourceFlow.ProcessOf(service), Flow.WriteEvent(new RunAsked(@ref, by, why)), key, cancel) is OnceResult.KeyReused
            ? OnceResult.KeyReused.Refusal
            : (await FindAsync(service, cancel))!;
    }

    public static Refusal NoRepository(string service) => Refusal.NotFound($"'{service}' has no repository.", $"Name it: slipway service add {service} --repository URL");

    private static Refusal Unreadable(SourceUnavailableException why) => Refusal.Invalid("repositoryUnreadable", why.Message, why.NextStep);

    private static Refusal? Check(SourceSpec spec)
    {
        if (RepositoryAddress.Problem(spec.Repository) is { } problem)
        {
            return Refusal.Invalid("invalidRepository", problem, "Give an address that `git clone` would take.");
        }

        if (!RepositoryAddress.IsRef(spec.Branch))
        {
            return Refusal.Invalid("invalidBranch", $"'{spec.Branch}' is no name of a branch.", "Give one such as main.");
        }

        return spec.Path is { } path && (path.Length > 200 || path.StartsWith('/') || path.Split('/').Any(part => part is "" or "." or ".." || part.Any(char.IsControl)))
            ? Refusal.Invalid("invalidPath", $"'{path}' is no folder of a repository.", "Give it as it stands below the repository's root: services/web")
            : null;
    }
}
