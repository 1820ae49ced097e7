namespace Slipway.Client.Api;

/// <summary>The board: services × environments.</summary>
public sealed record StatusView
{
    /// <summary>In the order of the promotion path.</summary>
    public required IReadOnlyList<EnvironmentView> Environments { get; init; }
    public required IReadOnlyList<ServiceStatusView> Services { get; init; }

    /// <summary>The ledger's head when this was read: events from there on are news.</summary>
    public required long LedgerIndex { get; init; }
}

public sealed record EnvironmentView
{
    public required string Name { get; init; }
    public required IReadOnlyList<string> After { get; init; }
    public required string Promote { get; init; }
    public required string Traffic { get; init; }
    public required int Approvals { get; init; }

    /// <summary>In words, when a freeze is in force now.</summary>
    public string? Frozen { get; init; }
}

public sealed record ServiceStatusView
{
    public required string Service { get; init; }
    public string? Owner { get; init; }
    public string? LatestVersion { get; init; }

    /// <summary>One per environment, in the environments' order.</summary>
    public required IReadOnlyList<LaneView> Lanes { get; init; }
}

public enum LaneHealth
{
    /// <summary>Nothing runs here.</summary>
    Empty,
    Healthy,

    /// <summary>Fewer healthy instances than wanted.</summary>
    Degraded,

    /// <summary>No healthy instance.</summary>
    Down,

    /// <summary>No report from the agents for a while.</summary>
    Unknown,
}

/// <param name="Healthy">Instances, of either version while one takes over from the other.</param>
/// <param name="Wanted">As many as there should be.</param>
public sealed record ProcessView(string Name, int Healthy, int Wanted);

public sealed record LaneView
{
    public required string Service { get; init; }
    public required string Environment { get; init; }

    /// <summary>The version that has the traffic; null: none yet.</summary>
    public string? Version { get; init; }
    public DateTimeOffset? Since { get; init; }
    public required LaneHealth Health { get; init; }
    public required int HealthyInstances { get; init; }
    public required int WantedInstances { get; init; }

    /// <summary>The same process by process, the one that serves requests first; empty where the service has only one.</summary>
    public IReadOnlyList<ProcessView> Processes { get; init => field = value ?? []; } = [];

    /// <summary>What moves: the rollout under way, or the promotion that waits at the door.</summary>
    public MovingView? Moving { get; init; }

    /// <summary>Promotions that wait, in order.</summary>
    public required IReadOnlyList<MovingView> Waiting { get; init; }
    public required IReadOnlyList<HoldView> Holds { get; init; }

    /// <summary>Why somebody must look at it; null: nobody must.</summary>
    public string? NeedsAttention { get; init; }

    /// <summary>What runs here serves no requests (<c>traffic: none</c>), so that it has no address, and a version's weight is its share of the instances.</summary>
    public bool Worker { get; init; }

    /// <summary>Where it answers: the router's address with its host name, and the lane's own port there.</summary>
    public string? Url { get; init; }
    public int? Port { get; init; }

    /// <summary>The agent whose router that is: one that has instances of it or is meant to. On another machine its address is for programs there.</summary>
    public string? Router { get; init; }

    /// <summary>Where a new version without users' requests answers, while that is open.</summary>
    public string? PreviewUrl { get; init; }
    public int? PreviewPort { get; init; }

    /// <summary>Versions that a rollback can go to, newest first, those that are held last. The first one is the default unless it is held.</summary>
    public required IReadOnlyList<string> RollbackTo { get; init; }
}

public sealed record MovingView
{
    /// <summary>Promotion and rollout id.</summary>
    public required string Id { get; init; }
    public required string Version { get; init; }
    public required PromotionKindView Kind { get; init; }

    /// <summary>The promotion's state.</summary>
    public required PromotionStateView State { get; init; }

    /// <summary>The rollout's, once there is one.</summary>
    public RolloutStateView? Rollout { get; init; }

    /// <summary>Percent of traffic on the new version; null: nothing has begun, or it is not the same in all <see cref="Rings"/>.</summary>
    public int? Weight { get; init; }

    /// <summary>The groups of targets that the new version comes to one after the other; none: it comes to all together.</summary>
    public IReadOnlyList<RingShare> Rings { get; init; } = [];
    public required string Reason { get; init; }

    /// <summary>When the rollout goes on by itself, where its <see cref="Reason"/> speaks of a wait; a paused one without it waits for a person.</summary>
    public DateTimeOffset? Until { get; init; }
}

public sealed record InstanceView
{
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required string Environment { get; init; }
    public required string Version { get; init; }
    public required string VersionSet { get; init; }

    /// <summary><c>stable</c>, <c>canary</c>, <c>baseline</c>, or <c>warm</c> (kept for a rollback, no traffic).</summary>
    public required string Arm { get; init; }
    public required string Agent { get; init; }

    /// <summary><c>starting probing healthy unhealthy draining backOff failed unknown</c>.</summary>
    public required string State { get; init; }

    /// <summary>Which of the service's processes it is an instance of; null: it has only one.</summary>
    public string? Process { get; init; }

    /// <summary>It serves no requests (<c>traffic: none</c>); it has a port only where its health is asked for.</summary>
    public bool Worker { get; init; }
    public int? Port { get; init; }
    public int? Pid { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public required int Restarts { get; init; }
    public string? Reason { get; init; }
    public string? NextStep { get; init; }
}

public sealed record HoldView
{
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required string Environment { get; init; }

    /// <summary>Null: the whole lane.</summary>
    public string? Version { get; init; }
    public required string Why { get; init; }
    public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
}

public sealed record AddHold
{
    public required string Service { get; init; }
    public required string Environment { get; init; }
    public string? Version { get; init; }
    public required string Why { get; init; }
}

public sealed record FreezeView
{
    public required string Id { get; init; }
    public required string Environment { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Until { get; init; }
    public required string Why { get; init; }
    public required string By { get; init; }

    /// <summary><c>upcoming</c>, <c>active</c> or <c>over</c>.</summary>
    public required string State { get; init; }
}

public sealed record AddFreeze
{
    public required string Environment { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Until { get; init; }
    public required string Why { get; init; }
}
