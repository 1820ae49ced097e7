using Slipway.Client.Api;

namespace Slipway.Cli.Terminal;

/// <summary>States with the tone that they have everywhere.</summary>
internal static class Tones
{
    public static Tone Of(LaneHealth health) => health switch
    {
        LaneHealth.Healthy => Tone.Good,
        LaneHealth.Degraded or LaneHealth.Unknown => Tone.Warn,
        LaneHealth.Down => Tone.Bad,
        _ => Tone.Quiet,
    };

    public static Tone Of(PromotionStateView state) => state switch
    {
        PromotionStateView.Succeeded => Tone.Good,
        PromotionStateView.Waiting or PromotionStateView.RollingOut or PromotionStateView.Approved => Tone.Warn,
        PromotionStateView.Failed or PromotionStateView.RolledBack or PromotionStateView.Rejected or PromotionStateView.Aborted => Tone.Bad,
        _ => Tone.Quiet,
    };

    public static Tone Of(RolloutStateView state) => state switch
    {
        RolloutStateView.Succeeded or RolloutStateView.Watching => Tone.Good,
        RolloutStateView.Running or RolloutStateView.Verifying or RolloutStateView.Paused or RolloutStateView.RollingBack => Tone.Warn,
        _ => Tone.Bad,
    };

    public static Tone Of(MeasurementOutcomeView outcome) => outcome switch { MeasurementOutcomeView.Passed => Tone.Good, MeasurementOutcomeView.Failed => Tone.Bad, _ => Tone.Warn };

    public static Tone Of(VerdictView verdict) => verdict switch { VerdictView.Passed => Tone.Good, VerdictView.Failed => Tone.Bad, _ => Tone.Warn };

    public static Tone Of(GateStateView state) => state switch { GateStateView.Open => Tone.Good, GateStateView.Waiting => Tone.Warn, _ => Tone.Bad };

    public static Tone OfInstance(string state) => state switch
    {
        "healthy" => Tone.Good,
        "unhealthy" or "failed" => Tone.Bad,
        "draining" => Tone.Quiet,
        _ => Tone.Warn,
    };

    public static Tone Of(RunStateView state) => state switch
    {
        RunStateView.Succeeded => Tone.Good,
        RunStateView.Failed => Tone.Bad,
        RunStateView.Running or RunStateView.Releasing => Tone.Warn,
        _ => Tone.Quiet,
    };

    public static Tone Of(JobStateView state) => state switch
    {
        JobStateView.Succeeded => Tone.Good,
        JobStateView.Failed => Tone.Bad,
        JobStateView.Running or JobStateView.Queued => Tone.Warn,
        _ => Tone.Quiet,
    };

    public static Cell Cell(RunStateView state) => new(Words.Prose(state), Of(state));
    public static Cell Cell(JobStateView state) => new(Words.Prose(state), Of(state));
    public static Cell Cell(PromotionStateView state) => new(Words.Prose(state), Of(state));
    public static Cell Cell(RolloutStateView state) => new(Words.Prose(state), Of(state));
    public static Cell Cell(GateStateView state) => new(Words.Prose(state), Of(state));

    public static Cell Cell(LaneView lane) => lane.Health == LaneHealth.Empty
        ? new("empty", Tone.Quiet)
        : new($"{Words.Of(lane.Health)} {lane.HealthyInstances}/{lane.WantedInstances}", Of(lane.Health));
}
