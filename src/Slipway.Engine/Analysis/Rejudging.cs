using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;

namespace Slipway.Engine.Analysis;

/// <summary>Other settings for a rollout to be judged again with; what is null stays as it was.</summary>
public sealed record RejudgeSettings
{
    public double? Tolerate { get; init; }
    public double? TolerateAbsolute { get; init; }
    public TimeSpan? TolerateLatency { get; init; }
    public TimeSpan? WarmUp { get; init; }
    public double? FalseAlarmRate { get; init; }
    public string? Check { get; init; }
    public double? Acceptable { get; init; }
    public double? Detectable { get; init; }

    /// <summary>The definition's settings with these in their place.</summary>
    public Outcome<RolloutSpec> ApplyTo(RolloutSpec spec)
    {
        if ((Out(Tolerate, 0, 10) ?? Out(TolerateAbsolute, 0, 1) ?? Out(FalseAlarmRate, 0.000001, 0.5) ?? Out(Acceptable, 0, 1) ?? Out(Detectable, 0, 100)) is { } bound)
        {
            return Refused($"{bound.Value} is not a number from {bound.Least} to {bound.Most}.", "5 % is 5% on the command line, and 0.05 in the API.");
        }

        var changed = spec with
        {
            Tolerate = Tolerate ?? spec.Tolerate,
            TolerateAbsolute = TolerateAbsolute ?? spec.TolerateAbsolute,
            TolerateLatency = TolerateLatency ?? spec.TolerateLatency,
            WarmUp = WarmUp ?? spec.WarmUp,
            FalseAlarmRate = FalseAlarmRate ?? spec.FalseAlarmRate,
        };
        var names = string.Join(", ", spec.Checks.Select(check => check.Title));
        var isAboutAll = Acceptable is null && Detectable is null;
        if (isAboutAll && Check is null)
        {
            return changed;
        }

        if ((Check ?? (spec.Checks.Count == 1 ? spec.Checks[0].Title : null)) is not { } name)
        {
            return Refused("It is not said which check `acceptable` and `detectable` are meant for.", $"Name one of them as `check`: {names}.");
        }

        return spec.Checks.FirstOrDefault(check => check.Title == name) switch
        {
            { Kind: CheckKind.Errors or CheckKind.Latency or CheckKind.Counts } when isAboutAll => Refused($"Nothing is said of the check {name}.", "Say what is `acceptable` or `detectable` with it."),
            { Kind: CheckKind.Errors or CheckKind.Latency or CheckKind.Counts } counted => new Outcome<RolloutSpec>.Done(changed with
            {
                Checks = [.. spec.Checks.Select(check => check == counted ? check with { Acceptable = Acceptable ?? check.Acceptable, Detectable = Detectable ?? check.Detectable } : check)],
            }),
            { } other => Refused($"The check {name} is a {JsonWords.Of(other.Kind)}, which has neither `acceptable` nor `detectable`.", $"Its settings are in slipway.yaml; the rollout's checks are: {names}."),

            // Its limits are shown as latency p50 and so on, and have no settings of their own.
            null when name.StartsWith("latency ", StringComparison.Ordinal) && spec.Checks.Any(check => check.Kind == CheckKind.Latency) =>
                Refused($"{name} is one limit of the check latency, and has no settings of its own.", "Write `latency`: `detectable` is meant for all of its limits, `acceptable` for p99."),
            null => Refused($"The rollout has no check named {name}.", $"Its checks are: {names}."),
        };
    }

    private static (double Value, double Least, double Most)? Out(double? value, double least, double most) =>
        value is { } known && !(known >= least && known <= most) ? (known, least, most) : null;

    private static Outcome<RolloutSpec>.Refused Refused(string detail, string nextStep) => new(Refusal.Invalid("invalidSettings", detail, nextStep));
}
