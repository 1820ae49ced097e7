using Slipway.Core.Kernel;
using Slipway.Core.Environments;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;

namespace Slipway.Core.Rollouts;

/// <summary>Turns a strategy into the steps that a rollout goes through.</summary>
public static class RolloutPlan
{
    /// <summary>The steps from the first new instance to the end of the watch; those that make no sense here say why they are skipped.</summary>
    public static IReadOnlyList<PlanStep> For(PromotionKind kind, PinnedInputs inputs, LaneRevision? stable)
    {
        var instances = inputs.Revision.Run.Instances;
        var spec = inputs.Definition.Rollout;
        var steps = new List<PlanStep>();
        if (kind == PromotionKind.Rollback)
        {
            // The version ran here before and was well; it takes over as soon as it is healthy.
            steps.Add(Start(instances));
            steps.Add(Full(instances));
            return steps;
        }

        var isSame = stable?.Spec.Id == inputs.Revision.Id;
        var parts = stable is null || isSame ? [] : spec.Strategy switch
        {
            RolloutStrategy.Canary => Canary(spec, instances, inputs),
            RolloutStrategy.Rolling => Rolling(instances),
            _ => throw new NotSupportedException($"The strategy {spec.Strategy} is not available."),
        };
        steps.Add(Start(parts.Count == 0 ? instances : parts[0].Count));
        if (inputs.Definition.Verify.Count > 0)
        {
            steps.Add(new PlanStep { Kind = PlanStepKind.Verify, Title = $"verify: {string.Join(", ", inputs.Definition.Verify.Select(v => v.Name))}" });
        }

        steps.AddRange(parts);
        steps.Add(Full(instances));
        if (spec.Watch > TimeSpan.Zero)
        {
            steps.Add(new PlanStep
            {
                Kind = PlanStepKind.Watch,
                Title = $"watch {Words.Of(spec.Watch)}",
                Weight = 100,
                Duration = spec.Watch,
                SkippedBecause = inputs.Traffic == TrafficExpectation.None ? WithoutTraffic(inputs) : stable is null ? "the first release here: nothing to compare with"
                    : isSame ? "it runs already: nothing to compare with" : null,
            });
        }

        return steps;
    }

    private static string WithoutTraffic(PinnedInputs inputs) =>
        $"no traffic is expected here: {(inputs.Definition.Verify.Count > 0 ? "verified only" : "only its health is looked at")}";

    /// <summary>The weight's share of the instances, rounded up, at least one.</summary>
    public static int CanaryCount(int weight, int instances) => Math.Max(1, (weight * instances + 99) / 100);

    private static PlanStep Start(int count) => new()
    {
        Kind = PlanStepKind.Start,
        Count = count,
        Title = count == 1 ? "start 1 instance" : $"start {count} instances",
    };

    private static PlanStep Full(int instances) => new() { Kind = PlanStepKind.Full, Count = instances, Weight = 100, Title = "100 %" };

    private static List<PlanStep> Canary(RolloutSpec spec, int instances, PinnedInputs inputs)
    {
        var steps = new List<PlanStep>();
        var skip = inputs.Traffic == TrafficExpectation.None ? WithoutTraffic(inputs) : null;
        var count = CanaryCount(spec.Steps.FirstOrDefault(s => s.Weight is not null)?.Weight ?? 1, instances);
        foreach (var step in spec.Steps)
        {
            if (step.Weight is { } weight)
            {
                count = CanaryCount(weight, instances);
                steps.Add(new PlanStep { Kind = PlanStepKind.Weight, Weight = weight, Count = count, Title = $"{weight} %", SkippedBecause = skip });
            }
            else if (step.Analyze is { } analyze)
            {
                steps.Add(new PlanStep
                {
                    Kind = PlanStepKind.Analyze,
                    Count = count,
                    Duration = analyze,
                    Deadline = step.Deadline ?? analyze * Kernel.Limits.AnalysisDeadlineFactor,
                    Title = $"analyze {Words.Of(analyze)}",
                    SkippedBecause = skip,
                });
            }
            else if (step.Pause is { } pause)
            {
                steps.Add(new PlanStep
                {
                    Kind = PlanStepKind.Pause,
                    Count = count,
                    Duration = pause == TimeSpan.MaxValue ? null : pause,
                    Title = pause == TimeSpan.MaxValue ? "pause until resumed" : $"pause {Words.Of(pause)}",
                    SkippedBecause = skip,
                });
            }
        }

        return steps;
    }

    /// <summary>One instance after the other: a new one comes, takes its share, and an old one goes. The last one is the step to 100 %.</summary>
    private static List<PlanStep> Rolling(int instances)
    {
        var steps = new List<PlanStep>();
        for (var i = 1; i < instances; i++)
        {
            var weight = i * 100 / instances;
            steps.Add(new PlanStep { Kind = PlanStepKind.Weight, Weight = weight, Count = i, StableCount = instances - i, Title = $"{i} of {instances}" });
        }

        return steps;
    }
}
