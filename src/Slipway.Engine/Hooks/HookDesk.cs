using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Pipelines;

namespace Slipway.Engine.Hooks;

/// <summary>What people do with a service's webhook, and what becomes of what it tells.</summary>
public sealed class HookDesk(KeptHooks hooks, SourceDesk sources, SourceWatch watch)
{
    private const string Branches = "refs/heads/";

    /// <summary>Makes a webhook for a service's repository, or gives it a new secret.</summary>
    /// <returns>The secret, which is never shown again.</returns>
    public async Task<Outcome<string>> MakeAsync(string service, bool anew, Actor by, CancellationToken cancel)
    {
        if (await sources.FindAsync(service, cancel) is not { } source)
        {
            return await sources.NoneAsync(service, cancel);
        }

        if (await hooks.MakeAsync(service, source.Spec, anew, by, cancel) is not { } secret)
        {
            return Refusal.Conflict("hookExists", $"The repository of '{service}' has a webhook already, and its secret was shown when it was made.", $"Give it a new one: slipway service source hook {service} --rotate");
        }

        // Until the new secret has told of a push it is looked at as if there were none.
        watch.Tell(service);
        return secret;
    }

    /// <returns>Why not; null: it is gone.</returns>
    public async Task<Refusal?> RemoveAsync(string service, Actor by, CancellationToken cancel)
    {
        if (!await hooks.RemoveAsync(service, by, cancel))
        {
            return await sources.FindAsync(service, cancel) is null
                ? await sources.NoneAsync(service, cancel)
                : Refusal.NotFound($"The repository of '{service}' has no webhook.", $"Make one: slipway service source hook {service}");
        }

        watch.Tell(service);
        return null;
    }

    /// <summary>What a delivery to a service must be signed with; null: no delivery can be right.</summary>
    public async Task<string?> SecretOfAsync(string service, CancellationToken cancel) =>
        await sources.FindAsync(service, cancel) is { Spec: var spec } && await hooks.FindAsync(service, spec, cancel) is { Record: var record } ? hooks.SecretOf(service, record) : null;

    /// <summary>Takes in what a delivery says, once it is known to be right.</summary>
    /// <param name="from">Who sent it, as people call it.</param>
    public async Task<Told> DeliverAsync(string service, string from, PushTold push, CancellationToken cancel)
    {
        if (await sources.FindAsync(service, cancel) is not { Spec: var spec })
        {
            return new Told(false, "The service has no repository any more.");
        }

        if (push.Repository is { } named && !RepositoryAddress.IsCalled(spec.Repository, named))
        {
            return new Told(false, $"Nothing to do: {service} does not follow {named}. This webhook belongs to another repository.");
        }

        if (push.Ref is { } pushed && pushed != Branches + spec.Branch)
        {
            return new Told(false, $"Nothing to do: {service} follows the branch {spec.Branch}.");
        }

        await hooks.NoteAsync(service, from, cancel);
        watch.Tell(service);
        return new Told(true, $"{service} looks at its branch {spec.Branch}.");
    }
}

/// <param name="Looks">The repository is looked at now.</param>
/// <param name="Message">For people who read it at the Git host.</param>
public sealed record Told(bool Looks, string Message);
