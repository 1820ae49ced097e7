using Microsoft.AspNetCore.Http;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Access;

namespace Slipway.Server.Access;

/// <summary>Who asks, and under which idempotency key: an endpoint's parameter. Set by <see cref="AccessGate"/> and <see cref="OnceFilter"/> before the endpoint runs.</summary>
internal sealed class Asking
{
    public required Caller Caller { get; init; }

    /// <summary>The key as the header had it; its fingerprint is complete once the body is read.</summary>
    public string? RawKey { get; set; }

    /// <summary>Null without the header, and for bodies that are read as streams.</summary>
    public RequestKey? Key { get; set; }

    public Actor Actor => Caller.Actor;

    public RequestKey? KeyFor(string fingerprint) => RawKey is null ? null : new RequestKey(Caller.Actor.Identity + "\n" + RawKey, fingerprint);

    /// <exception cref="InvalidOperationException">The endpoint is open to anyone, so nobody is known.</exception>
    public static ValueTask<Asking> BindAsync(HttpContext context) =>
        ValueTask.FromResult(context.Features.Get<Asking>() ?? throw new InvalidOperationException("An endpoint that asks for no permission does not know who asks."));
}
