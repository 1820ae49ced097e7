using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Definitions;

/// <summary>What is no mistake in a rollout, and does less than its author will expect.</summary>
internal static class RolloutWarnings
{
    /// <param name="rollout">With what is inherited.</param>
    /// <param name="written">What this part of the file says itself: what it inherits is told of there.</param>
    public static void Check(RolloutSpec rollout, MapNode? written, Findings warnings)
    {
        if ((written?["watch"] ?? written?["warmUp"]) is { } place && rollout.Watch > TimeSpan.Zero && rollout.Watch <= rollout.WarmUp && rollout.Checks.Any(check => check.Kind == CheckKind.Latency))
        {
            warnings.Add(
                place, $"Latency cannot be judged in a watch of {Words.Of(rollout.Watch)}: for {Words.Of(rollout.WarmUp)} after 100 % (warmUp) only what takes a second longer counts, and only against the version.",
                "Make watch longer than warmUp, by a minute or more, or warmUp shorter.");
        }
    }
}
