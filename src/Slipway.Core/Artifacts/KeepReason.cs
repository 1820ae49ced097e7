namespace Slipway.Core.Artifacts;

/// <summary>Why something is kept.</summary>
public enum KeepCause
{
    /// <summary>An agent is to run it.</summary>
    Wanted,

    /// <summary>It is stable in a lane.</summary>
    Stable,

    /// <summary>A lane keeps it warm for a way back in seconds.</summary>
    Warm,

    /// <summary>A lane could go back to it.</summary>
    WayBack,

    /// <summary>A promotion that has not ended would bring it.</summary>
    Promotion,

    /// <summary>It rolls out, or is what that would go back to.</summary>
    Rollout,

    /// <summary>A lane holds it back: whoever lifts the hold wants it to be there.</summary>
    Held,

    /// <summary>Somebody asked for it a moment ago.</summary>
    AskedFor,

    /// <summary>A run that has not ended made it.</summary>
    RunUnderWay,

    /// <summary>It belongs to the run that a kept release came from.</summary>
    KeptRelease,

    /// <summary>It was put there a moment ago, and what it is for may not be recorded yet.</summary>
    JustCame,

    Young,
    Newest,
}

/// <summary>One reason for which something is kept.</summary>
/// <param name="About">What the cause speaks of: a lane, a promotion, a run, an agent; null where there is nothing to name.</param>
public sealed record KeepReason(KeepCause Cause, string? About = null)
{
    /// <summary>For people, as the end of <c>kept because</c>.</summary>
    public override string ToString() => Cause switch
    {
        KeepCause.Wanted => $"it is to run on {About}",
        KeepCause.Stable => $"it is stable in {About}",
        KeepCause.Warm => $"it is kept warm in {About}",
        KeepCause.WayBack => $"{About} could go back to it",
        KeepCause.Promotion => $"the promotion {About} would bring it",
        KeepCause.Rollout => $"the rollout {About} needs it",
        KeepCause.Held => $"it is on hold in {About}",
        KeepCause.AskedFor => "it was asked for a moment ago",
        KeepCause.RunUnderWay => $"{About} goes on",
        KeepCause.KeptRelease => $"{About} came from it",
        KeepCause.JustCame => "it came a short time ago",
        KeepCause.Young => "it is young",
        KeepCause.Newest => "it is one of the newest",
        _ => throw new InvalidOperationException($"Nobody says why for {Cause}."),
    };
}
