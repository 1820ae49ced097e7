using System.Text.Json.Serialization;
using Slipway.Core.Expressions;

namespace Slipway.Core.Rollouts;

/// <summary>Where in a rollout somebody else is asked, or told.</summary>
public enum HookPoint
{
    /// <summary>Before the first instance starts.</summary>
    Before,

    /// <summary>Before each step between the start and 100 %.</summary>
    BeforeStep,

    /// <summary>After each of them.</summary>
    AfterStep,

    /// <summary>Before the new version gets all traffic.</summary>
    ConfirmPromotion,

    /// <summary>After success: it is told, and changes nothing.</summary>
    After,

    /// <summary>When the traffic has gone back: it is told, and changes nothing.</summary>
    OnRollback,
}

/// <summary>What becomes of the rollout when a hook fails or gives no answer in time. That an endpoint says stop is no error.</summary>
public enum HookError { Stop, Ignore }

/// <summary>Somebody who is asked at a point of a rollout. Exactly one of <see cref="Run"/> and <see cref="Url"/> is set.</summary>
public sealed record HookSpec
{
    /// <summary>Unique at its point.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it has anything to say at a point, see <see cref="HookFields.Concern"/>; null: it always has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Condition<HookFields>? If { get; init; }

    /// <summary>A script; exit status 0: go, 75: ask again, anything else: stop.</summary>
    public string? Run { get; init; }

    /// <summary>Gets a POST, and answers with a decision as JSON.</summary>
    public string? Url { get; init; }

    /// <summary>It must say go within this time at one point; what it is asked at the end of it has time for its answer besides.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two questions.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
    public HookError OnError { get; init; } = HookError.Stop;
}

/// <summary>The hooks of a rollout, by their points.</summary>
public sealed record HookSpecs
{
    public IReadOnlyList<HookSpec> Before { get; init => field = value ?? []; } = [];
    public IReadOnlyList<HookSpec> BeforeStep { get; init => field = value ?? []; } = [];
    public IReadOnlyList<HookSpec> AfterStep { get; init => field = value ?? []; } = [];
    public IReadOnlyList<HookSpec> ConfirmPromotion { get; init => field = value ?? []; } = [];
    public IReadOnlyList<HookSpec> After { get; init => field = value ?? []; } = [];
    public IReadOnlyList<HookSpec> OnRollback { get; init => field = value ?? []; } = [];

    public IReadOnlyList<HookSpec> At(HookPoint point) => point switch
    {
        HookPoint.Before => Before,
        HookPoint.BeforeStep => BeforeStep,
        HookPoint.AfterStep => AfterStep,
        HookPoint.ConfirmPromotion => ConfirmPromotion,
        HookPoint.After => After,
        HookPoint.OnRollback => OnRollback,
        _ => throw new ArgumentOutOfRangeException(nameof(point), point, "An unknown point."),
    };
}
