using System.Text.Json.Serialization;

namespace Slipway.Core.Rollouts;

/// <summary>How far the workers beside the process that serves requests have come.</summary>
/// <param name="Weight">Percent of the traffic that the new version's are there for; 0: they have been sent away again.</param>
/// <param name="Since">When they were asked for.</param>
/// <param name="AreUp">All of them have been healthy at once since then.</param>
/// <param name="StableWeight">The weight by which stable's had to go; null: all of them are wanted, as before the rollout.</param>
/// <param name="DownSince">Since when no instance of one of the processes is healthy; null: one of each is.</param>
public sealed record WorkersBeside(
    int Weight, DateTimeOffset Since, bool AreUp = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? StableWeight = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? DownSince = null);
