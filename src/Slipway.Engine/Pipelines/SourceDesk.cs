using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Hooks;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;
using Slipway.Engine.Secrets;

namespace Slipway.Engine.Pipelines;

/// <summary>What people do with a service's repository: name it, take it away, ask for a run of it.</summary>
public sealed class SourceDesk(IStore store, ISourceProvider sources, ISourceAccess credentials)
{
    private const int Most = 10_000;
    private static readonly SourceFlow Flow = new();

    /// <summary>All sources, by their services.</summary>
    public async Task<IReadOnlyList<(string Service, SourceState State)>> ListAsync(CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(SourceFlow.ProcessKind, null, activeOnly: true, Most, cancel)).Select(p => (p.Id.Key, Flow.ReadState(p.State, p.StateVersion))).OrderBy(s => s.Key, StringComparer.Ordinal)];

    public async Task<SourceState?> FindAsync(string service, CancellationToken cancel) =>
        await store.ReadProcessAsync(SourceFlow.ProcessOf(service), cancel) is { } process && Flow.ReadState(process.State, process.StateVersion) is { Removed: false } state ? state : null;

    /// <summary>Looks at a repository that is to be a service's: what cannot be read, or has no such branch, is refused. The branch, if none is named, is the repository's own.</summary>
    /// <param name="access">What lets Slipway in; null: nothing does, and nothing may be needed.</param>
    public async Task<Outcome<SourceSpec>> LookAsync(string repository, string? branch, string? path, SourceAccess? access, CancellationToken cancel)
    {
        repository = RepositoryAddress.Plain(repository);
        if (Check(repository, branch, path) is { } wrong)
        {
            return wrong;
        }

        try
        {
            if (branch is null)
            {
                return await sources.DefaultBranchAsync(repository, access, cancel) is { } found
                    ? new SourceSpec(repository, found, path)
                    : Refusal.Invalid("branchMissing", $"{repository} has no commit, or is on no branch.", "Push a commit, or name a branch with --branch.");
            }

            var spec = new SourceSpec(repository, branch, path);
            return await sources.HeadAsync(spec, access, cancel) is not null ? spec : Refusal.Invalid("branchMissing", $"{repository} has no branch '{branch}'.", "Push it, or name another one with --branch.");
        }
        catch (SourceUnavailableException unreadable)
        {
            return Unreadable(unreadable);
        }
    }

    /// <summary>Likewise, with the credential that the service has.</summary>
    public async Task<Outcome<SourceSpec>> LookAsync(string service, string repository, string? branch, string? path, CancellationToken cancel)
    {
        repository = RepositoryAddress.Plain(repository);
        if (Check(repository, branch, path) is { } wrong)
        {
            return wrong;
        }

        try
        {
            var access = await credentials.FindAsync(service, new SourceSpec(repository, branch ?? "HEAD", path), cancel);
            return await LookAsync(repository, branch, path, access, cancel);
        }
        catch (SourceUnavailableException notFor)
        {
            return Unreadable(notFor);
        }
    }

    /// <summary>Takes in what was looked at as the repository of a service, or as another one than before.</summary>
    public async Task<Outcome<SourceState>> SetAsync(string service, SourceSpec looked, Actor by, RequestKey? key, CancellationToken cancel)
    {
        if (await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is null)
        {
            return await Missing.ServiceAsync(store, service, cancel);
        }

        var sent = await store.SendAsync(SourceFlow.ProcessOf(service), Flow.WriteEvent(new SourceSet(looked, by)), key, cancel);
        if (sent is OnceResult.KeyReused)
        {
            return OnceResult.KeyReused.Refusal;
        }

        // What was taken in with an earlier try may have been followed by something else.
        var (state, isSeen) = await store.ReadUntilAsync(() => FindAsync(service, cancel), state => state?.Spec == looked, Sending.LongPatience, cancel);
        return state is not null && (isSeen || sent is OnceResult.Repeated) ? state : new Refusal(RefusalKind.NotYet, "notYet", $"The repository of '{service}' is being taken in: the server has much to do.", $"Look at it in a moment: slipway service source show {service}");
    }

    /// <summary>Takes the repository of a service away, with its credential and its webhook; what runs or waits of it is cancelled. Releases stay.</summary>
    /// <returns>Why not; null: it is gone.</returns>
    public async Task<Refusal?> RemoveAsync(string service, Actor by, RequestKey? key, CancellationToken cancel)
    {
        if (await store.FindAsync(key, cancel) is { } before)
        {
            return before is OnceResult.KeyReused ? OnceResult.KeyReused.Refusal : null;
        }

        if (await FindAsync(service, cancel) is null)
        {
            return await NoneAsync(service, cancel);
        }

        return await store.SendAsync(SourceFlow.ProcessOf(service), Flow.WriteEvent(new SourceRemoved(by)), WritesOfRemoval(service), key, cancel) is OnceResult.KeyReused ? OnceResult.KeyReused.Refusal : null;
    }

    /// <summary>What goes with a service's repository, whoever takes it away: nobody is to find it there when another one is named.</summary>
    internal static IReadOnlyList<DocumentWrite> WritesOfRemoval(string service) => [.. Credentials.WritesOfRemoval(service, null), .. KeptHooks.WritesOfRemoval(service)];

    /// <summary>Asks for a run of a branch, a tag or a commit. A name that the repository does not have is refused; one that is away is not waited for, since its mirror may have it.</summary>
    /// <param name="ref">Null: the branch that the service follows.</param>
    public async Task<Outcome<SourceState>> AskAsync(string service, string? @ref, Actor by, string? why, RequestKey? key, CancellationToken cancel)
    {
        if (@ref is not null && !RepositoryAddress.IsRef(@ref))
        {
            return Refusal.Invalid("invalidRef", $"'{@ref}' is no name of a branch or a tag, nor a commit.", "Name one that is there: git ls-remote shows them.");
        }

        if (await FindAsync(service, cancel) is not { Spec: var spec })
        {
            return await NoneAsync(service, cancel);
        }

        // What was taken in before is not looked up again: the name may have gone since.
        if (await store.FindAsync(key, cancel) is null && await NotThereAsync(service, spec, @ref, cancel) is { } missing)
        {
            return missing;
        }

        return await store.SendAsync(SourceFlow.ProcessOf(service), Flow.WriteEvent(new RunAsked(@ref, by, why)), key, cancel) is OnceResult.KeyReused
            ? OnceResult.KeyReused.Refusal
            : (await FindAsync(service, cancel))!;
    }

    /// <summary>Null: it is there, or only reading it can tell, as of a commit.</summary>
    private async Task<Refusal?> NotThereAsync(string service, SourceSpec spec, string? @ref, CancellationToken cancel)
    {
        try
        {
            var access = await credentials.FindAsync(service, spec, cancel);
            if (@ref is null || @ref == spec.Branch)
            {
                return await sources.HeadAsync(spec, access, cancel) is not null || (@ref is not null && await sources.HasNameAsync(spec, @ref, access, cancel)) ? null
                    : Refusal.NotFound($"{spec.Repository} has no branch '{spec.Branch}' any more.", $"Push it again, or follow another one: slipway service source set {service} {spec.Repository} --branch NAME");
            }

            return RepositoryAddress.IsCommit(@ref) || await sources.HasNameAsync(spec, @ref, access, cancel) ? null
                : Refusal.NotFound($"There is no branch, tag or commit '{@ref}' in {spec.Repository}.", $"`git ls-remote {spec.Repository}` shows what there is; a commit is named by all its 40 digits.");
        }
        catch (SourceUnavailableException)
        {
            // What is wrong is found again, and said, when the commit is read.
            return null;
        }
    }

    /// <summary>Why nothing can be done with the repository of a service that has none, or is not there.</summary>
    public async Task<Refusal> NoneAsync(string service, CancellationToken cancel) =>
        await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is null
            ? await Missing.ServiceAsync(store, service, cancel)
            : Refusal.NotFound($"'{service}' has no repository.", $"Name it: slipway service source set {service} URL");

    private static Refusal Unreadable(SourceUnavailableException why) => Refusal.Invalid("repositoryUnreadable", why.Message, why.NextStep);

    private static Refusal? Check(string repository, string? branch, string? path)
    {
        if (RepositoryAddress.Problem(repository) is { } problem)
        {
            return Refusal.Invalid("invalidRepository", problem, "Give an address that `git clone` would take.");
        }

        if (branch is not null && !RepositoryAddress.IsRef(branch))
        {
            return Refusal.Invalid("invalidBranch", $"'{branch}' is no name of a branch.", "Give one such as main.");
        }

        return path is not null && (path.Length > 200 || path.StartsWith('/') || path.Split('/').Any(part => part is "" or "." or ".." || part.Any(char.IsControl)))
            ? Refusal.Invalid("invalidPath", $"'{path}' is no folder of a repository.", "Give it as it stands below the repository's root: services/web")
            : null;
    }
}
