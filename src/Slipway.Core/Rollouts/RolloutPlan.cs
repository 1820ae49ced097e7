using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;

namespace Slipway.Core.Rollouts;

/// <summary>Turns a strategy into the steps that a rollout goes through.</summary>
public static partial class RolloutPlan
{
    /// <summary>The steps from the first new instance to the end of the watch; those that make no sense here say why they are skipped.</summary>
    /// <param name="atOnce">A version that was well here a short while ago: it takes over as soon as it is healthy.</param>
    public static IReadOnlyList<PlanStep> For(PinnedInputs inputs, LaneRevision? stable, bool atOnce)
    {
        var instances = inputs.Revision.Run.Instances;
        if (atOnce)
        {
            return [Start(instances), Full(instances)];
        }

        var spec = inputs.Definition.Rollout;
        var isSame = stable?.Spec.Id == inputs.Revision.Id;
        var isWorker = inputs.Revision.Run.IsWorker;

        // Between one that serves requests and one that does not, there is nothing that could be divided.
        var parts = stable is null || isSame || stable.Spec.Run.IsWorker != isWorker ? null : spec.Strategy switch
        {
            RolloutStrategy.Canary when isWorker => WorkerCanary(spec, instances, stable.Count, inputs),
            RolloutStrategy.Canary => Canary(spec, instances, inputs),
            RolloutStrategy.Rolling => Rolling(spec.Rolling, instances, stable.Count),
            RolloutStrategy.BlueGreen => BlueGreen(spec.Switch, instances, inputs),
            _ => throw new NotSupportedException($"The strategy {spec.Strategy} is not available."),
        };
        var first = Start(instances);
        IReadOnlyList<PlanStep> steps = [parts?.First ?? first];
        var atStart = VerifiedAtStart(inputs.Definition);
        if (atStart.Count > 0)
        {
            steps = [.. steps, Verify(atStart, skip: null)];
        }

        return [.. steps, .. parts?.Rest ?? [], Full(instances), .. Watch(inputs, stable, isSame)];
    }

    private static PlanStep[] Watch(PinnedInputs inputs, LaneRevision? stable, bool isSame)
    {
        var watch = inputs.Definition.Rollout.Watch;
        return watch <= TimeSpan.Zero ? [] :
        [
            new PlanStep
            {
                Kind = PlanStepKind.Watch,
                Title = $"watch {Words.Of(watch)}",
                Weight = 100,
                Duration = watch,
                SkippedBecause = inputs.Traffic == TrafficExpectation.None ? WithoutTraffic(inputs) : stable is null ? "the first release here: nothing to compare with"
                    : isSame ? "it runs already: nothing to compare with" : null,
            },
        ];
    }

    private static string WithoutTraffic(PinnedInputs inputs) =>
        $"no traffic is expected here: {(inputs.Definition.Verify.Count > 0 ? "verified only" : "only its health is looked at")}";

    /// <summary>Those that no step asks for.</summary>
    private static List<string> VerifiedAtStart(Releases.EffectiveDefinition definition)
    {
        var byStep = definition.Rollout.AllSteps.SelectMany(s => s.Verify ?? []).ToHashSet(StringComparer.Ordinal);
        return [.. definition.Verify.Select(v => v.Name).Where(name => !byStep.Contains(name))];
    }

    /// <summary>The weight's share of the instances, rounded up, at least one.</summary>
    public static int CanaryCount(int weight, int instances) => Math.Max(1, (weight * instances + 99) / 100);

    private static PlanStep Start(int count) => new()
    {
        Kind = PlanStepKind.Start,
        Count = count,
        Title = count == 1 ? "start 1 instance" : $"start {count} instances",
    };

    private static PlanStep Full(int instances) => new() { Kind = PlanStepKind.Full, Count = instances, Weight = 100, Title = "100 %" };

    private static PlanStep Verify(IReadOnlyList<string> names, string? skip) => new() { Kind = PlanStepKind.Verify, Title = $"verify: {string.Join(", ", names)}", Verifications = names, SkippedBecause = skip };

    /// <summary>What a strategy begins with, and what follows the first verification.</summary>
    private sealed record Parts(PlanStep First, IReadOnlyList<PlanStep> Rest);
}
