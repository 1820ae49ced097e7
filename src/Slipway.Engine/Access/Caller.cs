using Slipway.Core.Access;

namespace Slipway.Engine.Access;

/// <summary>Who asks, as established from a token or a session.</summary>
public sealed record Caller
{
    public required Actor Actor { get; init; }
    public required IReadOnlyList<Role> Roles { get; init; }
    public required IReadOnlySet<Permission> Permissions { get; init; }

    /// <summary>The token that this rests on, also for a session.</summary>
    public required string Token { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The agent that the token is bound to; null for a person's.</summary>
    public string? Agent { get; init; }

    /// <summary>The browser session's key; null when the token itself was shown.</summary>
    public string? Session { get; init; }

    public bool May(Permission permission) => Permissions.Contains(permission);
}
