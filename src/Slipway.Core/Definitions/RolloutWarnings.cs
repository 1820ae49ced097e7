using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Definitions;

/// <summary>What is no mistake in a rollout, and does less than its author will expect.</summary>
internal static class RolloutWarnings
{
    /// <param name="rollout">With what is inherited.</param>
    /// <param name="written">What this part of the file says itself: what it inherits is told of there.</param>
    public static void Check(RolloutSpec rollout, MapNode? written, Findings warnings)
    {
        if (!rollout.Checks.Any(check => check.Kind == CheckKind.Latency))
        {
            return;
        }

        void WarnOf(string what, Node place, TimeSpan time, string where) => warnings.Add(
            place, $"Latency cannot be judged in a {what} of {Words.Of(time)}: for {Words.Of(rollout.WarmUp)} after 100 %{where} (warmUp) only what takes a second longer counts, and only against the version.",
            $"Make {what} longer than warmUp, by a minute or more, or warmUp shorter.");

        bool IsTooShort(TimeSpan time) => time > TimeSpan.Zero && time <= rollout.WarmUp;

        if ((written?["watch"] ?? written?["warmUp"]) is { } place && IsTooShort(rollout.Watch))
        {
            WarnOf("watch", place, rollout.Watch, "");
        }

        var rings = written?.List("rings") ?? [];
        foreach (var (index, ring) in rollout.Rings.Index().Where(each => IsTooShort(each.Item.Soak)))
        {
            if (((rings.ElementAtOrDefault(index) as MapNode)?["soak"] ?? written?["warmUp"]) is { } soak)
            {
                WarnOf("soak", soak, ring.Soak, $" of {ring.Name}");
            }
        }
    }

    /// <summary>What works and is hardly meant. What a worker would do meanwhile waits for it; requests do not.</summary>
    /// <param name="whole">A definition with nothing wrong; of an environment, with its override laid on top.</param>
    /// <param name="environment">Null: it is the base.</param>
    public static void CheckExchange(MapNode whole, string? environment, Findings warnings)
    {
        if (WorkerChecks.IsWorker(whole) || whole.Map("rollout") is not { } rollout)
        {
            return;
        }

        var wanted = Values.Whole(ProcessKeys.Lead(whole)?["instances"]) ?? new RunSpec { Command = [] }.Instances;
        foreach (var part in RolloutChecks.StrategyOf(rollout) == "ring" ? rollout.List("rings").OfType<MapNode>() : [rollout])
        {
            var instances = Values.Whole(part["instances"]) ?? wanted;
            if (RolloutChecks.StrategyOf(part) == "rolling" && part["maxUnavailable"] is { } missing && RolloutReader.ReadRolling(part).For(instances).Unavailable >= instances)
            {
                var all = instances == 1 ? "The one instance" : $"All {instances} instances";
                warnings.Add(missing, $"{all}{(environment is null ? "" : $" in {environment}")} may be missing at once: for a moment nobody answers.", "Write surge: 1 and maxUnavailable: 0; then a new instance is there before an old one goes.");
            }
        }
    }
}
