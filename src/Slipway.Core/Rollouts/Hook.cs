using System.Text.Json.Serialization;
using Slipway.Core.Kernel;

namespace Slipway.Core.Rollouts;

/// <summary>What a hook's answer comes to.</summary>
public enum HookDecision
{
    Go,

    /// <summary>It asks to be asked again.</summary>
    Wait,
    Stop,

    /// <summary>It failed, or what it answered is no decision.</summary>
    Failed,
}

/// <summary>What a hook was asked last at a point, and what came of it.</summary>
/// <param name="Step">Index of the step that it is about; null: it is about the rollout.</param>
/// <param name="Decision">Null: it is asked, or will be asked again. <see cref="HookDecision.Wait"/> is no end.</param>
public sealed record HookRecord(HookPoint Point, string Name, int? Step, string AttemptId, HookDecision? Decision, string? Detail, DateTimeOffset Since)
{
    public int Tries { get; init; } = 1;

    /// <summary>When it is asked again; null: it is being asked, or is over.</summary>
    public DateTimeOffset? AgainAt { get; init; }
    public DateTimeOffset? At { get; init; }

    /// <summary>The command that asks, or asked last; its log has this name too. Null: it is none.</summary>
    public string? Command { get; init; }
}

/// <param name="Reason">In words.</param>
/// <param name="Final">It was not asked, and would not be if that were tried again: there is nothing to wait for.</param>
public sealed record HookAnswered(
    string AttemptId, HookDecision Decision, string Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Final = false) : RolloutEvent;

/// <summary>What an endpoint is told of the rollout that asks it.</summary>
/// <param name="FromVersion">What it replaces; null: nothing.</param>
/// <param name="Step">What the step is, in words; null: it is about the rollout.</param>
public sealed record HookQuestion(string Id, string Rollout, string Service, string Environment, string Version, string? FromVersion, HookPoint Point, string? Step);

/// <summary>Asks an endpoint once. Answered by <see cref="HookAnswered"/>; after doubt with <see cref="HookDecision.Failed"/>, and the rollout decides whether it is asked anew.</summary>
public sealed record AskHook : AttemptEffect
{
    public required string Name { get; init; }
    public required string Url { get; init; }
    public required HookQuestion Question { get; init; }
    public required TimeSpan Timeout { get; init; }
}
