using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>
/// Good and bad counts of both versions from a metric source, judged by the same sequential test as the routers' own. Who was given to which version is not Slipway's draw here, so it is always an
/// estimate, and the counts are divided by φ, which the measurements bring with them.
/// </summary>
/// <remarks>
/// φ becomes better known as time goes on, and a test whose past was divided by another φ than its present would promise nothing. So there is a test for each step of φ; all take in all counts, and
/// the one at the greatest estimate so far is heard: the same as if that φ had been known from the start, without going through the past again. It never comes down, because a quiet while
/// does not show that the trouble of single instances is over. While no unit of either version was ever good, there is nothing to compare, and most likely both queries ask for the same. In the first minutes, before φ can be known, the first trouble of one instance would look like trouble of the canary: no verdict yet.
/// </remarks>
public sealed class CountsCheck(CheckSpec check, AnalysisSettings settings) : IMeasuredCheck
{
    public const string CanaryBad = "canaryBad", CanaryTotal = "canaryTotal", StableBad = "stableBad", StableTotal = "stableTotal";
    private readonly CheckState[] states = StatesOf(check, settings);
    private int? step = DispersionScale.StepOf(settings.Dispersion);
    private double dispersion = settings.Dispersion;
    private string? last;
    private int measured, without;
    private bool isEarly, hasGood;

    /// <summary>The last measurement as a bin; null: it had no counts.</summary>
    public Bin? Judged { get; private set; }

    public double Log10Evidence => Heard.Test.LogEvidence / Math.Log(10);

    public TracedMeasurement? Last => null;

    public bool IsOver => !isEarly && step is { } heard && states[heard].Test.FailedAt is not null;

    private CheckState Heard => states[step ?? states.Length - 1];

    public void Fold(Measurement measurement)
    {
        measured++;
        Judged = null;
        if (!IsOver)
        {
            isEarly = measurement.TooEarly ?? isEarly;
            if (measurement.Dispersion > dispersion)
            {
                dispersion = measurement.Dispersion.Value;
                step = DispersionScale.StepOf(dispersion);
            }
        }

        if ((measurement.Failed ?? measurement.Missing) is { } part)
        {
            without++;
            last = part.Failure is { } failure ? $"the source failed: {failure}" : $"no data: {part.NoData}";
            return;
        }

        double Number(string name) => measurement.Find(name)?.Value ?? double.NaN;
        last = null;

        // Sources extrapolate at the ends of a window: a little more bad than all is as many bad as all, and less than nothing is nothing.
        var (canary, stable) = (Math.Max(0, Number(CanaryTotal)), Math.Max(0, Number(StableTotal)));
        var bin = Bin.FromCounts(measurement.At.ToUnixTimeSeconds(), canary, Clamp(Number(CanaryBad), canary), stable, Clamp(Number(StableBad), stable));
        foreach (var state in states)
        {
            state.Fold(bin);
        }

        Judged = bin.IsSound ? bin : null;
        hasGood |= bin.CanaryBad < bin.CanaryUnits || bin.StableBad < bin.StableUnits;
    }

    public CheckResult Result()
    {
        var result = Judge.Check(Heard, 0);
        if (step is null)
        {
            return result with
            {
                Verdict = Verdict.Inconclusive, DecidedAt = null,
                Reason = $"{check.Title}: bad requests differ {dispersion:0} times more between stable's own instances than chance makes them: counts cannot tell whether the canary is worse",
            };
        }

        if (isEarly && result.Verdict != Verdict.Inconclusive)
        {
            return result with
            {
                Verdict = Verdict.Inconclusive, DecidedAt = null,
                Reason = $"{check.Title}: not enough evidence yet: it takes some minutes to see how much stable's own instances differ ({JudgeWords.Rates(states[0], states[0].Test.Totals)})",
            };
        }

        if (last is null && !hasGood && states[0].Test.Totals is { CanaryUnits: > 0, StableUnits: > 0 } && result.Verdict != Verdict.Failed)
        {
            return result with
            {
                Verdict = Verdict.Inconclusive, DecidedAt = null,
                Reason = $"{check.Title}: every unit of both versions is bad: bad and total have been the same number each time, so see whether they ask for what is meant ({JudgeWords.Rates(states[0], states[0].Test.Totals)})",
            };
        }

        return last is null || result.Verdict == Verdict.Failed ? result
            : result with { Verdict = Verdict.Inconclusive, DecidedAt = null, Reason = $"{check.Title}: {last} ({without} of {measured} times)" };
    }

    private static CheckState[] StatesOf(CheckSpec check, AnalysisSettings settings)
    {
        var plan = new TestPlan(check.Title, null, check.Acceptable ?? 0, check.Detectable, check.MinRequests, check.DryRun);
        var table = new CostTable();
        return [.. Enumerable.Range(0, DispersionScale.Steps).Select(step => new CheckState(plan, At(settings, DispersionScale.ValueOf(step)), settings.Tests, table))];
    }

    private static AnalysisSettings At(AnalysisSettings settings, double dispersion) => settings with
    {
        Randomised = false,
        IsCountedElsewhere = true,

        // Which instances its query counts only the query says.
        Against = Arm.Stable,
        Dispersion = dispersion,
        Because = dispersion > 1 ? $"counts divided by {dispersion:0.0}, as stable's own instances differ more than chance makes them" : settings.Because,
    };

    private static double Clamp(double bad, double total) => double.IsNaN(bad) ? bad : Math.Clamp(bad, 0, total);
}
