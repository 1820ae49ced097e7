namespace Slipway.Agent.Router;

/// <summary>
/// The router's draw: which version set takes a request, which of two instances. It must be random for the judge's guarantee to hold (each request falls on an arm by chance
/// alone), so it is the one place that may use randomness.
/// </summary>
internal static class RouterDraw
{
    /// <summary>A number from 0 to <paramref name="below"/> − 1, each with the same chance.</summary>
#pragma warning disable RS0030 // The router's draw is the one exception to the ban on Random.
    public static int Below(int below) => Random.Shared.Next(below);
#pragma warning restore RS0030
}
