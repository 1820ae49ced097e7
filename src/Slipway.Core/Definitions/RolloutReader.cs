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
            Steps = ReadSteps(rollout, strategy),
            Baseline = ReadBaseline(rollout, strategy),
            Rolling = ReadRolling(rollout, strategy, isWorker),
            Switch = ReadSwitch(rollout, strategy),
            Rings = strategy == RolloutStrategy.Ring ? [.. (rollout?.List("rings") ?? []).Cast<MapNode>().Select(ring => ReadRing(ring, isWorker))] : [],
            Sticky = rollout?.Map("sticky") is { } sticky ? new TrafficStickiness(Values.Span(sticky["maxAge"]) ?? MaxAge) : null,
            Checks = isWorker && rollout?["checks"] is null ? [] : CheckKeys.Read(rollout?["checks"]),
            FalseAlarmRate = Values.Share(rollout?["falseAlarmRate"]) ?? defaults.FalseAlarmRate,
            Tolerate = Values.Share(rollout?["tolerate"]) ?? defaults.Tolerate,
            TolerateAbsolute = Values.Share(rollout?["tolerateAbsolute"]) ?? defaults.TolerateAbsolute,
            TolerateLatency = Values.Span(rollout?["tolerateLatency"]) ?? defaults.TolerateLatency,
            WarmUp = Values.Span(rollout?["warmUp"]) ?? defaults.WarmUp,
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

    private static RingSpec ReadRing(MapNode ring, bool isWorker)
    {
        var strategy = Values.Choice<RolloutStrategy>(ring["strategy"]) ?? RolloutStrategy.Rolling;
        return new RingSpec
        {
            Name = Values.Text(ring["name"])!,
            Agents = ring.Map("target")!.Entries.ToDictionary(e => e.Key.Text, e => Values.Text(e.Value)!, StringComparer.Ordinal),
            Instances = Values.Whole(ring["instances"]),
            Strategy = strategy,
            Steps = ReadSteps(ring, strategy),
            Baseline = ReadBaseline(ring, strategy),
            Rolling = ReadRolling(ring, strategy, isWorker),
            Switch = ReadSwitch(ring, strategy),
            Soak = Values.Span(ring["soak"]) ?? TimeSpan.Zero,
        };
    }

    private static RolloutStep[] ReadSteps(MapNode? part, RolloutStrategy strategy) => strategy == RolloutStrategy.Canary ? StepsOf(part, "steps") : [];

    private static bool ReadBaseline(MapNode? part, RolloutStrategy strategy) => strategy == RolloutStrategy.Canary && Values.YesNo(part?["baseline"]) == true;

    private static SwitchSpec ReadSwitch(MapNode? part, RolloutStrategy strategy) =>
        strategy == RolloutStrategy.BlueGreen ? new() { Before = StepsOf(part, "before"), After = StepsOf(part, "after") } : new();

    /// <summary>A worker's canary exchanges instances as rolling does.</summary>
    private static RollingSpec ReadRolling(MapNode? rollout, RolloutStrategy strategy, bool isWorker) =>
        rollout is not null && (strategy == RolloutStrategy.Rolling || (isWorker && strategy == RolloutStrategy.Canary)) ? ReadRolling(rollout) : new();

    public static RollingSpec ReadRolling(MapNode rollout) => new()
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
