namespace Slipway.Engine.Tests.Simulation;

/// <summary>An invariant does not hold.</summary>
/// <param name="invariant">I1 to I6, or <c>Liveness</c>.</param>
/// <param name="what">What is wrong.</param>
internal sealed class InvariantBrokenException(string invariant, string what) : Exception($"{invariant}: {what}")
{
    public string Invariant { get; } = invariant;
}
