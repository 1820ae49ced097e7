using Slipway.Core.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Access;

/// <summary>Identities that the installation makes by itself, for who may read its data directory: the admin, and those of a demonstration.</summary>
public sealed class LocalIdentities(IStore store, Tokens tokens)
{
    /// <summary>Makes the identity if it is not there, adds the role if it has it not, and makes a token of it with that role.</summary>
    /// <param name="person">Who answers for it: by persons, duties are separated.</param>
    /// <param name="agent">The agent that the token is bound to, for the role agent.</param>
    /// <returns>The token with its secret.</returns>
    public async Task<IssuedToken> IssueAsync(string name, string person, Role role, string tokenName, TimeSpan life, string? agent = null, CancellationToken cancel = default)
    {
        var document = await store.ReadDocumentAsync(IdentityRecord.Collection, name, cancel);
        var identity = document?.As(AccessJson.Default.IdentityRecord)
            ?? new IdentityRecord { Name = name, Person = person, Roles = [], CreatedAt = store.Now, CreatedBy = Actor.Slipway.Identity };
        identity = identity with { Roles = [.. identity.Roles.Union([role])] };
        return await tokens.IssueLocalAsync(identity, document?.Revision ?? 0, [role], new TokenRequest(tokenName, name, role, life), agent, cancel);
    }
}
