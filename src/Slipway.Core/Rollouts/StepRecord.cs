using System.Text.Json.Serialization;
using Slipway.Core.Access;

namespace Slipway.Core.Rollouts;

/// <summary>How a step went.</summary>
/// <param name="Skipped">Left out, or stopped before its end though nothing had failed.</param>
public sealed record StepRecord(DateTimeOffset StartedAt, DateTimeOffset? EndedAt, bool Skipped, bool Failed, string? Note)
{
    /// <summary>How long it had gone on when somebody resumed it without a verdict: its deadline counts from there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan Resumed { get; init; }

    /// <summary>How much of that was not the analysis' own time: it waited for a person.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan Waited { get; init; }

    public static StepRecord Begun(DateTimeOffset at) => new(at, null, Skipped: false, Failed: false, null);
}

public sealed record StepApproval(Actor By, DateTimeOffset At, string? Why);
