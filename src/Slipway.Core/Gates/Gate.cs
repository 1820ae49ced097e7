using Slipway.Core.Kernel;
using Slipway.Core.Promotions;

namespace Slipway.Core.Gates;

public enum GateState { Open, Waiting, Closed }

/// <summary>The gates' names, in the order in which they are asked.</summary>
public static class GateNames
{
    /// <summary>Vetoes too.</summary>
    public const string Hold = "hold";
    public const string Soak = "soak";
    public const string Freeze = "freeze";
    public const string Approval = "approval";
}

/// <summary>What one gate says to one promotion.</summary>
/// <param name="Gate">Its name.</param>
/// <param name="State">Waiting may open by itself or by somebody; Closed ends the promotion.</param>
/// <param name="Why">In words.</param>
/// <param name="Until">When it opens by itself, or is worth asking again; null: when somebody acts.</param>
/// <param name="OpenedBy">Who or what opens it.</param>
public sealed record GateAnswer(string Gate, GateState State, string Why, DateTimeOffset? Until = null, string? OpenedBy = null);

/// <summary>Asks every gate of a promotion, in order. Answered by <see cref="GatesAnswered"/>.</summary>
public sealed record AskGates : ReconcileEffect
{
    public required string Promotion { get; init; }
    public required int Round { get; init; }
    public required LaneId Lane { get; init; }
    public required string Version { get; init; }
    public required PromotionKind Kind { get; init; }
    public required string InputsHash { get; init; }
    public required IReadOnlyList<Approval> Approvals { get; init; }
    public required IReadOnlyList<string> ExcludedPersons { get; init; }
}
