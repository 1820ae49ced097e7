using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Access;

/// <summary>A token with its secret, which is shown this once.</summary>
public sealed record IssuedToken(TokenRecord Token, string Secret);

/// <summary>What is asked for with a new token; nulls mean: as the asking token.</summary>
public sealed record TokenRequest(string Name, string? Identity, Role? Role, TimeSpan? Life);

/// <summary>Tokens: made, verified, revoked. A token is never stronger and never lives longer than the one that asked for it, and ends with it.</summary>
public sealed class Tokens(IStore store, Revocations revocations)
{
    public static readonly TimeSpan DefaultLife = TimeSpan.FromDays(30);
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(366);
    private const int MostTokens = 10_000, LongestChain = 8, MostTries = 20;
    private const string ChangedMeanwhile = "changedMeanwhile";
    private static readonly TimeSpan LastUsedGrain = TimeSpan.FromMinutes(1);

    /// <summary>Who a secret speaks for; null when it is unknown, expired, revoked, or its parents are.</summary>
    public async Task<Caller?> VerifyAsync(string secret, CancellationToken cancel)
    {
        if (secret.Length is < 20 or > 100 || !secret.StartsWith(Secret.TokenPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var hash = Secret.HashOf(secret);
        var token = await FindAsync(Secret.KeyOf(hash), cancel);
        if (token is null || !Secret.SameHash(token.Hash, hash) || await CallerOfAsync(token, cancel) is not { } caller)
        {
            return null;
        }

        await RememberUseAsync(token, cancel);
        return caller;
    }

    /// <summary>The caller that a token stands for now; null when it or one of its parents is gone or expired.</summary>
    public async Task<Caller?> CallerOfAsync(string token, CancellationToken cancel) =>
        await FindAsync(token, cancel) is { } record ? await CallerOfAsync(record, cancel) : null;

    public async Task<TokenRecord?> FindAsync(string id, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(TokenRecord.Collection, id, cancel))?.As(AccessJson.Default.TokenRecord);

    /// <summary>Tokens that have not expired, newest first: the caller's own, or all for who manages tokens.</summary>
    public async Task<IReadOnlyList<TokenRecord>> ListAsync(Caller caller, CancellationToken cancel) =>
        [.. (await AllAsync(cancel)).Where(t => t.ExpiresAt > store.Now && (caller.May(Permission.ManageTokens) || t.Identity == caller.Actor.Identity))];

    public async Task<Outcome<IssuedToken>> CreateAsync(Caller by, TokenRequest request, RequestKey? key, CancellationToken cancel)
    {
        if (Check(by, request) is { } refusal)
        {
            return refusal;
        }

        for (var tries = 1; ; tries++)
        {
            // Two tokens for one identity at the same time: the second finds what the first left.
            var outcome = await CreateOnceAsync(by, request, key, cancel);
            if (tries == MostTries || outcome is not Outcome<IssuedToken>.Refused { Refusal.Code: ChangedMeanwhile })
            {
                return outcome;
            }
        }
    }

    private async Task<Outcome<IssuedToken>> CreateOnceAsync(Caller by, TokenRequest request, RequestKey? key, CancellationToken cancel)
    {
        var name = request.Identity ?? by.Actor.Identity;
        var found = await store.ReadDocumentAsync(IdentityRecord.Collection, name, cancel);
        var identity = found?.As(AccessJson.Default.IdentityRecord);
        if (identity is null && request.Role is null && name != by.Actor.Identity)
        {
            return Refusal.Invalid("roleMissing", $"There is no identity '{name}' yet, so its role must be said.", "Give a role: viewer, deployer, approver or admin.");
        }

        var own = name == by.Actor.Identity;
        IReadOnlyList<Role> roles = request.Role is { } role ? [role] : own ? by.Roles : identity!.Roles;
        if (!Roles.Within(roles, by.Roles))
        {
            return Refusal.NotAllowed("tooStrong", "A token cannot allow more than the one that asks for it.", "Ask for a weaker role, or let somebody with that role make the token.");
        }

        var changed = identity is null
            ? new IdentityRecord { Name = name, Person = own ? by.Actor.Person : name, Roles = roles, CreatedAt = store.Now, CreatedBy = by.Actor.Identity }
            : identity with { Roles = [.. identity.Roles.Union(roles)] };
        return await IssueAsync(by.Actor, changed, found?.Revision ?? 0, roles, request, by.Token, by.ExpiresAt, null, key, cancel);
    }

    /// <summary>Makes the token that one agent connects with. It takes the place of those that the agent had.</summary>
    public async Task<Outcome<IssuedToken>> EnrolAgentAsync(Caller by, string agent, TimeSpan? life, RequestKey? key, CancellationToken cancel)
    {
        if (!Names.IsName(agent, 60))
        {
            return Names.Refused("agent", agent, 60);
        }

        var identity = new IdentityRecord { Name = AgentIdentity(agent), Person = by.Actor.Person, Roles = [Role.Agent], CreatedAt = store.Now, CreatedBy = by.Actor.Identity };
        var known = await store.ReadDocumentAsync(IdentityRecord.Collection, identity.Name, cancel);

        // No parent: an agent goes on when the token of the person who enrolled it ends; it is ended by removing the agent.
        return await IssueAsync(
            by.Actor, identity, known?.Revision ?? 0, identity.Roles, new TokenRequest(agent, identity.Name, Role.Agent, life ?? LongestLife), null, DateTimeOffset.MaxValue, agent, key, cancel,
            replaced: [.. (await AllAsync(cancel)).Where(t => t.Agent == agent)]);
    }

    /// <summary>Makes a token of the installation itself, which has no parent: the admin token and the identities of a demonstration.</summary>
    internal async Task<IssuedToken> IssueLocalAsync(
        IdentityRecord identity, long revision, IReadOnlyList<Role> roles, TokenRequest request, string? agent, CancellationToken cancel) =>
        await IssueAsync(Actor.Slipway, identity, revision, roles, request, null, DateTimeOffset.MaxValue, agent, null, cancel) is Outcome<IssuedToken>.Done done
            ? done.Value
            : throw new InvalidOperationException($"The local identity '{identity.Name}' was changed by somebody else at the same time.");

    public async Task<Outcome<int>> RevokeAsync(Caller by, string id, RequestKey? key, CancellationToken cancel)
    {
        var token = await FindAsync(id, cancel);
        if (token is null || (!by.May(Permission.ManageTokens) && token.Identity != by.Actor.Identity))
        {
            return await GoneBeforeAsync(id, key, cancel) ? 0 : Refusal.NotFound($"There is no token '{id}'.", "`slipway token list` shows your tokens.");
        }

        return await RevokeAsync(by.Actor, [token], key, $"token/{id}", cancel);
    }

    /// <summary>Revokes every token that is bound to an agent.</summary>
    public async Task<Outcome<int>> RevokeAgentAsync(Caller by, string agent, RequestKey? key, CancellationToken cancel)
    {
        var tokens = (await AllAsync(cancel)).Where(t => t.Agent == agent).ToList();
        return tokens.Count == 0
            ? await GoneBeforeAsync($"agent/{agent}", key, cancel) ? 0 : Refusal.NotFound($"There is no agent '{agent}'.", "`slipway agent list` shows the agents.")
            : await RevokeAsync(by.Actor, tokens, key, $"agent/{agent}", cancel);
    }

    /// <summary>The agents that have a token which has not expired, by name, each with when a token of it was used last, to the hour.</summary>
    public async Task<IReadOnlyList<(string Name, DateTimeOffset? LastUsedAt)>> AgentsAsync(CancellationToken cancel) =>
    [
        .. (await AllAsync(cancel)).Where(t => t.Agent is not null && t.ExpiresAt > store.Now)
            .GroupBy(t => t.Agent!).Select(tokens => (tokens.Key, tokens.Max(t => t.LastUsedAt))).OrderBy(a => a.Key, StringComparer.Ordinal),
    ];

    public static string AgentIdentity(string agent) => "agent:" + agent;

    private async Task<bool> GoneBeforeAsync(string what, RequestKey? key, CancellationToken cancel) =>
        key is not null && await store.AppendOnceAsync(new Append(), key, "notFound", cancel) is OnceResult.Repeated { Result: not "notFound" } repeated && repeated.Result.EndsWith(what, StringComparison.Ordinal);

    private async Task<Outcome<int>> RevokeAsync(Actor by, IReadOnlyList<TokenRecord> tokens, RequestKey? key, string what, CancellationToken cancel)
    {
        var all = await AllAsync(cancel);
        var gone = tokens.ToDictionary(t => t.Id);
        for (var before = -1; before != gone.Count;)
        {
            before = gone.Count;
            foreach (var child in all.Where(t => t.Parent is { } parent && gone.ContainsKey(parent)))
            {
                gone.TryAdd(child.Id, child);
            }
        }

        var append = new Append
        {
            Documents = [.. gone.Keys.Select(id => new DocumentWrite(TokenRecord.Collection, id, null))],
            Facts = [.. gone.Values.Select(t => RevokedFact(t, by))],
        };
        if (await store.AppendOnceAsync(append, key, $"revoked {what}", cancel) is OnceResult.KeyReused)
        {
            return OnceResult.KeyReused.Refusal;
        }

        revocations.Announce(gone.Keys);
        return gone.Count;
    }

    private static Fact RevokedFact(TokenRecord token, Actor by) =>
        new("token.revoked", new FactSubject(), by.Identity, new JsonObject { ["token"] = token.Id, ["name"] = token.Name, ["identity"] = token.Identity });

    private static Refusal? Check(Caller by, TokenRequest request)
    {
        if (request.Name.Trim().Length is 0 or > 60)
        {
            return Refusal.Invalid("invalidName", "A token's name has 1 to 60 characters.", "Say what the token is for, such as 'ci'.");
        }

        if (request.Role == Role.Agent)
        {
            return Refusal.Invalid("agentRole", "A token with the role agent is bound to one agent.", "Use `slipway agent enrol NAME`.");
        }

        if (request.Life is { } life && (life < TimeSpan.FromMinutes(1) || life > LongestLife))
        {
            return Refusal.Invalid("invalidExpiry", "A token lives from one minute to 366 days.", "Give a duration such as 30d.");
        }

        if (request.Identity is { } name && name != by.Actor.Identity)
        {
            if (!by.May(Permission.ManageTokens))
            {
                return Refusal.NotAllowed("notAllowed", "Only who manages tokens may make one for another identity.", "Leave the identity out, or ask an admin.");
            }

            return Names.IsName(name, 60) ? null : Names.Refused("identity", name, 60);
        }

        return null;
    }

    private async Task<Outcome<IssuedToken>> IssueAsync(
        Actor by, IdentityRecord identity, long? identityRevision, IReadOnlyList<Role> roles, TokenRequest request,
        string? parent, DateTimeOffset atMost, string? agent, RequestKey? key, CancellationToken cancel, IReadOnlyList<TokenRecord>? replaced = null)
    {
        if (parent is not null && await DepthAsync(parent, cancel) >= LongestChain)
        {
            return Refusal.NotAllowed("chainTooLong", $"Tokens can be handed on {LongestChain} times at most.", "Make the token with one that is nearer to its origin.");
        }

        var secret = Secret.New(Secret.TokenPrefix);
        var hash = Secret.HashOf(secret);
        var wanted = store.Now + (request.Life ?? DefaultLife);
        var token = new TokenRecord
        {
            Id = Secret.KeyOf(hash), Hash = hash, Name = request.Name.Trim(), Identity = identity.Name, Person = identity.Person, Roles = roles,
            CreatedAt = store.Now, CreatedBy = by.Identity, ExpiresAt = wanted < atMost ? wanted : atMost, Parent = parent, Agent = agent,
        };
        var facts = new List<Fact>
        {
            new("token.created", new FactSubject(), by.Identity, new JsonObject
            {
                ["token"] = token.Id, ["name"] = token.Name, ["identity"] = token.Identity, ["person"] = token.Person,
                ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode)Roles.NameOf(r))]), ["expiresAt"] = token.ExpiresAt.ToString("O"),
            }),
        };
        var documents = new List<DocumentWrite> { new(TokenRecord.Collection, token.Id, DocumentJson.ToNode(token, AccessJson.Default.TokenRecord), 0) };
        documents.Add(new(IdentityRecord.Collection, identity.Name, DocumentJson.ToNode(identity, AccessJson.Default.IdentityRecord), identityRevision));
        documents.AddRange((await AllAsync(cancel)).Where(t => t.ExpiresAt < store.Now).Take(100).Concat(replaced ?? []).DistinctBy(t => t.Id).Select(t => new DocumentWrite(TokenRecord.Collection, t.Id, null)));
        facts.AddRange((replaced ?? []).Select(t => RevokedFact(t, by)));
        var result = await store.AppendOnceAsync(new Append { Documents = documents, Facts = facts }, key, token.Id, cancel);
        if (result is OnceResult.Written)
        {
            revocations.Announce([.. (replaced ?? []).Select(t => t.Id)]);
        }

        return result switch
        {
            OnceResult.Written => new IssuedToken(token, secret),
            OnceResult.Repeated => Refusal.Conflict("secretShownOnce", "This token was made before; its secret is shown only once.", "Revoke it and make another if the secret was lost."),
            OnceResult.KeyReused => OnceResult.KeyReused.Refusal,
            _ => Refusal.Conflict(ChangedMeanwhile, $"The identity '{identity.Name}' was changed by somebody else at the same time.", "Try again."),
        };
    }

    private async Task<Caller?> CallerOfAsync(TokenRecord token, CancellationToken cancel)
    {
        var depth = 0;
        for (var at = token; ;)
        {
            if (at.ExpiresAt <= store.Now || ++depth > LongestChain + 1)
            {
                return null;
            }

            if (at.Parent is not { } parent)
            {
                break;
            }

            if (await FindAsync(parent, cancel) is not { } above)
            {
                return null;
            }

            at = above;
        }

        return new Caller
        {
            Actor = new Actor(token.Identity, token.Person), Roles = token.Roles, Permissions = Roles.PermissionsOf(token.Roles),
            Token = token.Id, ExpiresAt = token.ExpiresAt, Agent = token.Agent,
        };
    }

    private async Task<int> DepthAsync(string? token, CancellationToken cancel)
    {
        var depth = 0;
        while (token is not null && depth <= LongestChain)
        {
            token = (await FindAsync(token, cancel))?.Parent;
            depth++;
        }

        return depth;
    }

    private async Task<IReadOnlyList<TokenRecord>> AllAsync(CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(TokenRecord.Collection, null, MostTokens, newestFirst: true, cancel)).Select(d => d.As(AccessJson.Default.TokenRecord))];

    private async Task RememberUseAsync(TokenRecord token, CancellationToken cancel)
    {
        if (token.LastUsedAt is { } last && store.Now - last < LastUsedGrain)
        {
            return;
        }

        try
        {
            var used = DocumentJson.ToNode(token with { LastUsedAt = store.Now }, AccessJson.Default.TokenRecord);
            if (await store.ReadDocumentAsync(TokenRecord.Collection, token.Id, cancel) is { } current)
            {
                await store.AppendAsync(new Append { Documents = [new DocumentWrite(TokenRecord.Collection, token.Id, used, current.Revision)] }, cancel);
            }
        }
        catch (StoreUnavailableException)
        {
            // A store that takes no writes (a full disk) still answers reads: when a token was last used is not worth refusing them.
        }
    }
}
