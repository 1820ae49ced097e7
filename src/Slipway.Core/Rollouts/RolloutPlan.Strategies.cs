using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

public static partial class RolloutPlan
{
    private static Parts Canary(RolloutSpec spec, int instances, PinnedInputs inputs)
    {
        // Before the first weight there are as many instances as that one needs, or as a step says before it.
        var count = CanaryCount(spec.Steps.FirstOrDefault(s => s.Weight is not null)?.Weight ?? 1, instances);
        CanaryScale? scale = null;
        var steps = new List<PlanStep>();
        foreach (var step in spec.Steps)
        {
            if (step.Instances is { } given)
            {
                scale = given;
                count = given.Amount is { } amount ? Math.Max(1, amount.RoundedUp(instances)) : CanaryCount(steps.LastOrDefault(s => s.Kind == PlanStepKind.Weight)?.Weight ?? 1, instances);
                steps.Add(new PlanStep { Kind = PlanStepKind.Instances, Count = count, Title = given.Amount is null ? "instances by weight" : count == 1 ? "1 instance" : $"{count} instances" });
            }
            else if (step.Weight is { } weight)
            {
                count = scale?.Amount is null ? CanaryCount(weight, instances) : count;
                steps.Add(new PlanStep { Kind = PlanStepKind.Weight, Weight = weight, Count = count, Title = $"{weight} %", SkippedBecause = Skip(inputs) });
            }
            else
            {
                steps.Add(Other(step, count, inputs));
            }
        }

        return new(Start(steps.Count == 0 ? instances : steps[0].Count), steps);
    }

    /// <summary>A new set beside the old one; all traffic at once; and the lane's new stable once the steps after the switch are through.</summary>
    private static Parts BlueGreen(SwitchSpec spec, int instances, PinnedInputs inputs) => new(
        Start(instances),
        [
            .. spec.Before.Select(step => Other(step, instances, inputs)),
            // Without traffic to switch, the old instances end: to stay would be to go on working.
            new PlanStep { Kind = PlanStepKind.Weight, Weight = 100, Count = instances, StableCount = inputs.Revision.Run.IsWorker ? 0 : null, Title = "switch" },
            .. spec.After.Select(step => Other(step, instances, inputs)),
        ]);

    /// <summary>New instances come by batches, take their share, and as many old ones go; before or after, as surge and what may be missing allow.</summary>
    private static Parts Rolling(RollingSpec spec, int instances, int before)
    {
        var (batch, surge, unavailable) = spec.For(instances);
        var perStep = Math.Max(batch, (instances + Limits.BatchSteps - 1) / Limits.BatchSteps);
        var steps = new List<PlanStep>();
        for (var count = 0; count < instances;)
        {
            count = Math.Min(count + perStep, instances);
            steps.Add(new PlanStep { Kind = PlanStepKind.Batch, Weight = count * 100 / instances, Count = count, StableCount = LeftOf(before, count, instances), Title = $"{count} of {instances}" });
        }

        return new(FirstOf(Math.Min(batch, instances), instances + surge, before), steps);
    }

    /// <summary>A weight is a share of the instances: new ones take the place of old ones as rolling does it, and stop at each step's share. One of each is left until the end, where there is room for two.</summary>
    private static Parts WorkerCanary(RolloutSpec spec, int instances, int before, PinnedInputs inputs)
    {
        var (batch, surge, _) = spec.Rolling.For(instances);
        var most = Math.Max(1, instances - 1);
        int CountOf(int weight) => Math.Min(CanaryCount(weight, instances), most);
        var first = FirstOf(Math.Min(batch, CountOf(spec.Steps.FirstOrDefault(s => s.Weight is not null)?.Weight ?? 1)), instances + surge, before);
        var (steps, count) = (new List<PlanStep>(), first.Count);
        foreach (var step in spec.Steps)
        {
            if (step.Weight is { } weight)
            {
                count = Math.Max(count, CountOf(weight));
                var left = Math.Max(LeftOf(before, count, instances), instances == 1 ? Math.Min(before, surge) : 0);
                steps.Add(new PlanStep { Kind = PlanStepKind.Batch, Weight = count * 100 / (count + left), Count = count, StableCount = left, Title = $"{weight} %: {count} of {instances}", SkippedBecause = Skip(inputs) });
            }
            else
            {
                steps.Add(Other(step, count, inputs));
            }
        }

        return new(first, [.. steps, new PlanStep { Kind = PlanStepKind.Batch, Weight = 100, Count = instances, StableCount = 0, Title = $"{instances} of {instances}" }]);
    }

    /// <summary>Verified before they take anything over, so the first new ones come by themselves; where there is no room for them, old ones make it.</summary>
    private static PlanStep FirstOf(int batch, int most, int before)
    {
        var first = Math.Clamp(most - before, 1, batch);
        return Start(first) with { StableCount = most - first < before ? Math.Max(most - first, 0) : null };
    }

    /// <summary>How many of the old instances stay beside so many new ones: their share, and no more than the wanted number leaves room for.</summary>
    internal static int LeftOf(int before, int count, int instances) => Math.Min(instances - count, (int)Math.Ceiling(Math.Round(before * (1 - (count / (double)instances)), 6)));

    /// <summary>A step that changes neither weight nor number.</summary>
    private static PlanStep Other(RolloutStep step, int count, PinnedInputs inputs) => step switch
    {
        { Analyze: { } analyze } => new PlanStep
        {
            Kind = PlanStepKind.Analyze,
            Count = count,
            Duration = analyze,
            Deadline = step.Deadline ?? analyze * Limits.AnalysisDeadlineFactor,
            Title = $"analyze {Words.Of(analyze)}",
            SkippedBecause = inputs.Definition.Rollout.IsMeasured ? null : Skip(inputs),
        },
        { Pause: { } pause } => new PlanStep
        {
            Kind = PlanStepKind.Pause,
            Count = count,
            Duration = pause == TimeSpan.MaxValue ? null : pause,
            Title = pause == TimeSpan.MaxValue ? "pause until resumed" : $"pause {Words.Of(pause)}",
            SkippedBecause = Skip(inputs),
        },
        { Route: { } marks } => new PlanStep
        {
            Kind = PlanStepKind.Route,
            Count = count,
            Route = marks,
            Title = marks.Count == 0 ? "route none" : $"route {string.Join(", ", marks.Select(TitleOf))}",
            SkippedBecause = Skip(inputs),
        },
        { Mirror: { } percent } => new PlanStep { Kind = PlanStepKind.Mirror, Count = count, Mirror = percent, Title = $"mirror {percent} %", SkippedBecause = Skip(inputs) },
        { Verify: { } names } => Verify(names, skip: null) with { Count = count },
        { Approve: { } persons } => new PlanStep { Kind = PlanStepKind.Approve, Count = count, Approvals = persons, Title = persons == 1 ? "approve" : $"approve by {persons}" },
        _ => throw new ArgumentException($"A step without a kind: {step}.", nameof(step)),
    };

    /// <summary>A mark in words: <c>header X-Beta = yes</c>.</summary>
    public static string TitleOf(RequestMatch mark) =>
        $"{JsonWords.Of(mark.Part)} {mark.Name}{(mark.Is is { } value ? $" = {value}" : mark.Prefix is { } prefix ? $" = {prefix}…" : "")}";

    /// <summary>Percent of the traffic on the baseline arm: as much as the canary has, as far as it is left.</summary>
    public static int BaselineWeight(RolloutState rollout) => BaselineWeight(rollout.Weight, rollout.BaselineCount);

    internal static int BaselineWeight(int weight, int instances) => instances == 0 ? 0 : Math.Min(weight, 100 - weight);

    private static string? Skip(PinnedInputs inputs) => inputs.Traffic == TrafficExpectation.None ? WithoutTraffic(inputs) : null;
}
