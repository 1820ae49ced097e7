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
        var instances = inputs.Instances;
        if (atOnce)
        {
            return [Start(instances), Full(instances)];
        }

        var spec = inputs.Definition.Rollout;
        var isSame = stable?.Spec.Id == inputs.Revision.Id;
        // Between one that serves requests and one that does not, there is nothing that could be divided.
        var steps = stable is null || isSame || stable.Spec.Run.IsWorker != inputs.Revision.Run.IsWorker ? Begin(Start(instances), inputs)
            : spec.Strategy == RolloutStrategy.Ring ? inputs.Rings.SelectMany((_, ring) => InRing(ring, inputs, stable))
            : Through(spec, instances, stable.Count, inputs);
        return [.. steps, Full(instances), .. Watch(inputs, stable, isSame)];
    }

    /// <summary>The first new instances, and what must be verified before any traffic.</summary>
    private static IEnumerable<PlanStep> Begin(PlanStep first, PinnedInputs inputs) =>
        VerifiedAtStart(inputs.Definition) is { Count: > 0 } names ? [first, Verify(names, skip: null)] : [first];

    /// <summary>From the first new instance to where a strategy ends.</summary>
    private static IEnumerable<PlanStep> Through(RolloutSpec spec, int instances, int before, PinnedInputs inputs)
    {
        var (first, rest) = spec.Strategy switch
        {
            RolloutStrategy.Canary when inputs.Revision.Run.IsWorker => WorkerCanary(spec, instances, before, inputs),
            RolloutStrategy.Canary => Canary(spec, instances, inputs),
            RolloutStrategy.Rolling => Rolling(spec.Rolling, instances, before),
            RolloutStrategy.BlueGreen => BlueGreen(spec.Switch, instances, inputs),
            _ => throw new NotSupportedException($"The strategy {spec.Strategy} has no steps of its own."),
        };
        return [.. Begin(first, inputs), .. rest];
    }

    /// <summary>One ring: its strategy, all of its traffic, and the time in which that must go well.</summary>
    private static IEnumerable<PlanStep> InRing(int index, PinnedInputs inputs, LaneRevision stable)
    {
        var (ring, spec) = (inputs.Rings[index], inputs.Definition.Rollout.Rings[index]);
        var before = stable.IsPlacedAs(inputs) ? stable.Inputs.Rings[index].Count : ring.Count;
        List<PlanStep> steps = [.. Through(inputs.Definition.Rollout.In(index), ring.Count, before, inputs)];
        if (!steps.Exists(s => s.Weight == 100))
        {
            steps.Add(new PlanStep { Kind = PlanStepKind.Weight, Weight = 100, Count = ring.Count, Title = "100 %" });
        }

        if (spec.Soak > TimeSpan.Zero)
        {
            steps.Add(new PlanStep { Kind = PlanStepKind.Soak, Weight = 100, Count = ring.Count, Duration = spec.Soak, Deadline = spec.Soak * Limits.AnalysisDeadlineFactor, Title = $"soak {Words.Of(spec.Soak)}" });
        }

        return steps.Select(step => step with { Ring = index, Title = $"{ring.Name}: {step.Title}" });
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
