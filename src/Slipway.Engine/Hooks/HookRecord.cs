using Slipway.Core.Access;
using Slipway.Engine.Secrets;

namespace Slipway.Engine.Hooks;

/// <summary>A service's webhook as it is kept.</summary>
public sealed record HookRecord
{
    public const string Collection = "hook";

    /// <summary>What it tells of. A service that gets another repository needs another webhook: this one would tell nothing of it.</summary>
    public required string Repository { get; init; }
    public required SealedSecret Secret { get; init; }
    public required DateTimeOffset MadeAt { get; init; }
    public required Actor MadeBy { get; init; }
}

/// <summary>The last push that a webhook told of, to <see cref="KeptHooks.NotedEvery"/>.</summary>
/// <param name="From">Who told it, as people call it: GitHub.</param>
public sealed record HookDelivery(DateTimeOffset At, string From)
{
    public const string Collection = "hookDelivery";
}

/// <summary>What a delivery says of a push. It causes a look, and says nothing of which commit runs.</summary>
/// <param name="Ref">Such as <c>refs/heads/main</c>; null: it does not say.</param>
/// <param name="Repository">As its host names it, such as <c>team/shop</c>; null: it does not say.</param>
public sealed record PushTold(string? Ref, string? Repository);
