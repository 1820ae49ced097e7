using System.Text.Json.Serialization;
using Slipway.Core.Traffic;

namespace Slipway.Core.Rollouts;

/// <summary>How a new revision replaces the running one.</summary>
public enum RolloutStrategy { Rolling, BlueGreen, Canary, Ring }

/// <summary>What follows a failure. <see cref="Hold"/>, of rings alone: the ring that failed goes back, those before it keep the new version, and somebody decides.</summary>
public enum OnFailure { Rollback, Pause, Hold }

public enum OnInconclusive { Pause, Rollback, Proceed }

/// <summary>The <c>rollout</c> section: strategy, steps, checks and what follows a verdict.</summary>
public sealed record RolloutSpec
{
    /// <summary>Shorter than anybody waits, and longer than what one instance differs from the next by on the same machine.</summary>
    public static readonly TimeSpan DefaultTolerateLatency = TimeSpan.FromMilliseconds(5);

    public static readonly TimeSpan DefaultWarmUp = TimeSpan.FromSeconds(10);

    public RolloutStrategy Strategy { get; init; } = RolloutStrategy.Rolling;

    /// <summary>In order; weights rise strictly from step to step and 100 % is the implied end.</summary>
    public IReadOnlyList<RolloutStep> Steps { get; init; } = [];

    public IReadOnlyList<CheckSpec> Checks { get; init; } = [];

    /// <summary>Bound on the chance that the whole rollout, all its tests and looks together, blames a version that is no worse. In (0, 0.5].</summary>
    public double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>A ratio up to 1 + this is tolerated; 0.1 means 10 %.</summary>
    public double Tolerate { get; init; } = 0.10;

    /// <summary>Never an alarm on an absolute difference of rates below this; 0.001 means 0.1 percentage points.</summary>
    public double TolerateAbsolute { get; init; } = 0.001;

    /// <summary>A request is slow when it took longer than the quantile of stable's latency that is judged, and this.</summary>
    public TimeSpan TolerateLatency { get; init; } = DefaultTolerateLatency;

    /// <summary>For so long after each rise of the new version's weight a request is slow only when it took a second longer than otherwise: new instances are cold.</summary>
    public TimeSpan WarmUp { get; init; } = DefaultWarmUp;
    public OnFailure OnFailure { get; init; } = OnFailure.Rollback;
    public OnInconclusive OnInconclusive { get; init; } = OnInconclusive.Pause;

    /// <summary>How long the new version is judged after it has all traffic.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.Zero;

    /// <summary>How long the old version's instances stay, without traffic, for an undo in seconds.</summary>
    public TimeSpan KeepWarm { get; init; } = TimeSpan.Zero;

    /// <summary>How instances are exchanged under <see cref="RolloutStrategy.Rolling"/>.</summary>
    public RollingSpec Rolling { get; init => field = value ?? new(); } = new();

    /// <summary>Under <see cref="RolloutStrategy.BlueGreen"/>: what comes before the switch, and after it.</summary>
    public SwitchSpec Switch { get; init => field = value ?? new(); } = new();

    /// <summary>Under <see cref="RolloutStrategy.Ring"/>: which targets come after which, and how each is gone through. Names differ.</summary>
    public IReadOnlyList<RingSpec> Rings { get; init => field = value ?? []; } = [];

    /// <summary>A canary is compared with as many fresh instances of the running version, not with those that are warm.</summary>
    public bool Baseline { get; init; }

    /// <summary>Sessions keep their version, and are what is counted; null: requests.</summary>
    public TrafficStickiness? Sticky { get; init; }

    /// <summary>How long the instances of a version that was taken back stay, without traffic, for somebody to look at.</summary>
    public TimeSpan AbortScaleDownDelay { get; init; } = TimeSpan.Zero;

    /// <summary>A rollback to a version that is warm or was stable until this long ago goes to it at once, to others step by step; null: always at once.</summary>
    public TimeSpan? RollbackWindow { get; init; }

    /// <summary>Some check that decides is asked of a metric source, so that there is something to judge where no request is counted.</summary>
    [JsonIgnore]
    public bool IsMeasured => Checks.Any(c => c is { IsMeasured: true, DryRun: false });

    /// <summary>Who else is asked or told at points of the rollout.</summary>
    public HookSpecs Hooks { get; init => field = value ?? new(); } = new();

    /// <summary>Those of every strategy, in their order.</summary>
    [JsonIgnore]
    public IEnumerable<RolloutStep> AllSteps => Steps.Concat(Switch.Before).Concat(Switch.After).Concat(Rings.SelectMany(r => r.AllSteps));

    /// <summary>
    /// What holds inside one ring, or where all have the new version. The judgement there is one of several: each has its share of <see cref="FalseAlarmRate"/>, so that the bound is that of
    /// the whole rollout.
    /// </summary>
    /// <param name="ring">Index into <see cref="Rings"/>; null: all targets together.</param>
    public RolloutSpec In(int? ring) => Rings.Count == 0 ? this : ring is not { } index ? this with { FalseAlarmRate = FalseAlarmRate / (Rings.Count + 1) } : this with
    {
        Strategy = Rings[index].Strategy,
        Steps = Rings[index].Steps,
        Rolling = Rings[index].Rolling,
        Switch = Rings[index].Switch,
        Baseline = Rings[index].Baseline,
        FalseAlarmRate = FalseAlarmRate / (Rings.Count + 1),
    };
}

/// <summary>A group of targets that gets a new version at its own turn, and the strategy inside it.</summary>
public sealed record RingSpec
{
    public required string Name { get; init; }

    /// <summary>Labels that its agents have, beside those that the environment asks for. An agent that has those of several rings is in the first of them.</summary>
    public required IReadOnlyDictionary<string, string> Agents { get; init; }

    /// <summary>Wanted in this ring; null: as many as <c>run.instances</c> says.</summary>
    public int? Instances { get; init; }
    public RolloutStrategy Strategy { get; init; } = RolloutStrategy.Rolling;
    public IReadOnlyList<RolloutStep> Steps { get; init => field = value ?? []; } = [];
    public RollingSpec Rolling { get; init => field = value ?? new(); } = new();
    public SwitchSpec Switch { get; init => field = value ?? new(); } = new();
    public bool Baseline { get; init; }

    /// <summary>How long the new version has all of this ring's traffic, judged, before the next ring's turn. Zero: not at all.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.Zero;

    [JsonIgnore]
    public IEnumerable<RolloutStep> AllSteps => Steps.Concat(Switch.Before).Concat(Switch.After);

    /// <summary>What an agent of this ring has: the environment's labels, those of the ring in their place.</summary>
    public IReadOnlyDictionary<string, string> LabelsIn(IReadOnlyDictionary<string, string> target) =>
        new Dictionary<string, string>([.. target.Where(label => !Agents.ContainsKey(label.Key)), .. Agents]);
}

/// <summary>How many instances are exchanged at a time, and when the next ones are.</summary>
public sealed record RollingSpec
{
    /// <summary>Exchanged at a time; at least one. Null: as many as <see cref="Surge"/> and <see cref="MaxUnavailable"/> together allow, and one where neither is given.</summary>
    public Quantity? Batch { get; init; }

    /// <summary>Instances that may be there beyond the wanted number; null: a batch, or none where <see cref="MaxUnavailable"/> is given.</summary>
    public Quantity? Surge { get; init; }

    /// <summary>Instances that may be missing from the wanted number; null: none.</summary>
    public Quantity? MaxUnavailable { get; init; }

    /// <summary>A new instance counts once it has been healthy for this long without a break.</summary>
    public TimeSpan MinHealthyTime { get; init; } = TimeSpan.Zero;

    /// <summary>The rollout has failed when nothing has become better for this long; null: what the start of one instance may take.</summary>
    public TimeSpan? ProgressDeadline { get; init; }

    /// <summary>Of so many instances: how many are exchanged at a time, may be too many, and may be too few. Shares that come to no instance at all let one be missing.</summary>
    public (int Batch, int Surge, int Unavailable) For(int instances)
    {
        var unavailable = MaxUnavailable?.RoundedDown(instances) ?? 0;
        var surge = Surge?.RoundedUp(instances) ?? (MaxUnavailable is null ? Math.Max(1, Batch?.RoundedUp(instances) ?? 1) : 0);
        unavailable = surge + unavailable == 0 ? 1 : unavailable;
        return (Math.Clamp(Batch?.RoundedUp(instances) ?? surge + unavailable, 1, surge + unavailable), surge, unavailable);
    }
}

/// <summary>The steps around the switch of all traffic at once. None of them is a weight.</summary>
public sealed record SwitchSpec
{
    /// <summary>While the whole new set runs and answers at the preview address only.</summary>
    public IReadOnlyList<RolloutStep> Before { get; init => field = value ?? []; } = [];

    /// <summary>While the new set has all traffic and the old one waits for a switch back.</summary>
    public IReadOnlyList<RolloutStep> After { get; init => field = value ?? []; } = [];
}

