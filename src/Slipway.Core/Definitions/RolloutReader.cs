using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Core.Definitions;

/// <summary>Reads <c>rollout</c> once nothing is wrong with it.</summary>
internal static class RolloutReader
{
    private static readonly TimeSpan KeepOld = TimeSpan.FromMinutes(10), MaxAge = TimeSpan.FromHours(1);

    public static RolloutSpec Read(MapNode? rollout, bool isWorker)
    {
        var defaults = new RolloutSpec();
        var strategy = Values.Choice<RolloutStrategy>(rollout?["strategy"]) ?? defaults.Strategy;

        // An environment may inherit what its own strategy has no use for.
        return new RolloutSpec
        {
            Strategy = strategy,
            Steps = strategy == RolloutStrategy.Canary ? StepsOf(rollout, "steps") : [],
            Baseline = strategy == RolloutStrategy.Canary && Values.YesNo(rollout?["baseline"]) == true,
            Rolling = (strategy == RolloutStrategy.Rolling || (isWorker && strategy == RolloutStrategy.Canary)) && rollout is not null ? ReadRolling(rollout) : defaults.Rolling,
            Switch = strategy == RolloutStrategy.BlueGreen ? new() { Before = StepsOf(rollout, "before"), After = StepsOf(rollout, "after") } : defaults.Switch,
            Sticky = rollout?.Map("sticky") is { } sticky ? new TrafficStickiness(Values.Span(sticky["maxAge"]) ?? MaxAge) : null,
            Checks = isWorker && rollout?["checks"] is null ? [] : CheckKeys.Read(rollout?["checks"]),
            FalseAlarmRate = Values.Share(rollout?["falseAlarmRate"]) ?? defaults.FalseAlarmRate,
            Tolerate = Values.Share(rollout?["tolerate"]) ?? defaults.Tolerate,
            TolerateAbsolute = Values.Share(rollout?["tolerateAbsolute"]) ?? defaults.TolerateAbsolute,
            OnFailure = Values.Choice<OnFailure>(rollout?["onFailure"]) ?? defaults.OnFailure,
            OnInconclusive = Values.Choice<OnInconclusive>(rollout?["onInconclusive"]) ?? defaults.OnInconclusive,
            Watch = Values.Span(rollout?["watch"]) ?? defaults.Watch,
            KeepWarm = isWorker ? TimeSpan.Zero
                : strategy == RolloutStrategy.BlueGreen ? Values.Span(rollout?["keepOld"]) ?? KeepOld : Values.Span(rollout?["keepWarm"]) ?? defaults.KeepWarm,
            AbortScaleDownDelay = Values.Span(rollout?["abortScaleDownDelay"]) ?? defaults.AbortScaleDownDelay,
            Hooks = HookKeys.Read(rollout?.Map("hooks")),
            RollbackWindow = Values.Span(rollout?["rollbackWindow"]),
        };
    }

    private static RollingSpec ReadRolling(MapNode rollout) => new()
    {
        Batch = ReadQuantity(rollout["batch"]),
        Surge = ReadQuantity(rollout["surge"]),
        MaxUnavailable = ReadQuantity(rollout["maxUnavailable"]),
        MinHealthyTime = Values.Span(rollout["minHealthyTime"]) ?? TimeSpan.Zero,
        ProgressDeadline = Values.Span(rollout["progressDeadline"]),
    };

    private static RolloutStep[] StepsOf(MapNode? rollout, string key) => [.. (rollout?.List(key) ?? []).Cast<MapNode>().Select(ReadStep)];

    private static RolloutStep ReadStep(MapNode step) => new()
    {
        Weight = Values.Whole(step["weight"]),
        Analyze = Values.Span(step["analyze"]),
        Deadline = Values.Span(step["deadline"]),
        Pause = step["pause"] is { } pause ? Values.Span(pause) ?? TimeSpan.MaxValue : null,
        Instances = step["instances"] is { } instances ? new CanaryScale(ReadQuantity(instances)) : null,
        Route = step["route"] is { } route ? [.. ItemsOf(route).OfType<MapNode>().Select(ReadMark)] : null,
        Mirror = Values.Whole(step["mirror"]),
        Verify = step["verify"] is { } names ? [.. ItemsOf(names).Select(n => Values.Text(n)!)] : null,
        Approve = Values.Whole(step["approve"]),
    };

    private static IReadOnlyList<Node> ItemsOf(Node node) => node is ListNode list ? list.Items : [node];

    private static RequestMatch ReadMark(MapNode mark)
    {
        var (part, name) = mark["header"] is { } header ? (RequestPart.Header, header) : mark["cookie"] is { } cookie ? (RequestPart.Cookie, cookie) : (RequestPart.Query, mark["query"]!);
        return new(part, Values.Text(name)!, Values.Text(mark["is"]), Values.Text(mark["prefix"]));
    }

    /// <summary>Null where there is none, or a word.</summary>
    public static Quantity? ReadQuantity(Node? node) =>
        node is Scalar { Text: { } text } && text.EndsWith('%') ? new Quantity(Share: Values.Share(node)) : Values.Whole(node) is { } count ? new Quantity(Count: count) : null;
}
