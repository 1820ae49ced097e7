using System.Text.RegularExpressions;
using Slipway.Core.Expressions;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>
/// Folds measurements into the verdict of a threshold check: failed as soon as more of them failed than <c>failureLimit</c>, else inconclusive for good as soon as more were inconclusive, or more
/// errors came in a row, than allowed; passed when at least one of them passed and the last one did. No number, an error and an expression that cannot be evaluated are never a pass.
/// </summary>
public sealed partial class ThresholdCheck : IMeasuredCheck
{
    public const string Value = "value", Stable = "stable";
    private static readonly ExpressionEnvironment Environment = new(
        new ExpressionVariable("value", ExpressionType.Double), new ExpressionVariable("values", ExpressionType.List(ExpressionType.Double)), new ExpressionVariable("stable", ExpressionType.Double));

    private readonly CheckSpec check;
    private readonly ThresholdSpec spec;
    private readonly Expression? pass;
    private readonly Expression? fail;
    private int passed, failed, inconclusive, errors, errorsInARow;
    private string? last;
    private bool lastPassed;
    private long? failedAt, lastAt;
    private double? number;
    private MeasurementOutcome outcome;

    public ThresholdCheck(CheckSpec check)
    {
        this.check = check;
        spec = check.Threshold ?? throw new ArgumentException($"{check.Title} is no threshold.", nameof(check));
        pass = spec.Pass is { } p ? Required(p) : null;
        fail = spec.Fail is { } f ? Required(f) : null;
    }

    /// <summary>Reads a condition; its problems have their place in it.</summary>
    public static ExpressionReading Read(string condition) => Environment.Read(condition, ExpressionType.Bool);

    /// <summary>Whether a condition speaks of the stable version's value too.</summary>
    public static bool AsksStable(ThresholdSpec spec) => new[] { spec.Pass, spec.Fail }.OfType<string>().Any(c => Read(c).Expression?.Used.Contains(Stable) == true);

    public TracedMeasurement? Last => lastAt is { } at ? new(at, outcome, number, last ?? "", []) : null;

    /// <summary>No more measurements are of use.</summary>
    public bool IsOver => failedAt is not null || spec.Count <= passed + failed + inconclusive + errors;

    public void Fold(Measurement measurement)
    {
        lastAt = measurement.At.ToUnixTimeSeconds();
        (lastPassed, number, outcome) = (false, null, MeasurementOutcome.Inconclusive);
        if (measurement.Failed is { } failure)
        {
            errors++;
            errorsInARow++;
            outcome = MeasurementOutcome.Error;
            last = $"the source failed: {failure.Failure}";
            return;
        }

        errorsInARow = 0;
        if (measurement.Missing is { } missing)
        {
            inconclusive++;
            last = $"no data: {missing.NoData}";
            return;
        }

        Judge(measurement);
    }

    public CheckResult Result()
    {
        var (verdict, reason) = Decide();
        return CheckResult.Of(check, verdict, reason) with
        {
            CanaryUnits = passed + failed + inconclusive + errors,
            CanaryBad = failed,
            Measured = number,
            DecidedAt = verdict switch { Verdict.Failed => failedAt, Verdict.Passed => lastAt, _ => null },
        };
    }

    private (Verdict, string) Decide()
    {
        var all = passed + failed + inconclusive + errors;
        var told = $"{passed} of {all} measurements passed";
        return failedAt is not null ? (Verdict.Failed, $"{failed} {(failed == 1 ? "measurement" : "measurements")} failed, {spec.FailureLimit} may: {last}")
            : all == 0 ? (Verdict.Inconclusive, "nothing has been measured yet")
            : errorsInARow > spec.ConsecutiveErrorLimit ? (Verdict.Inconclusive, $"{errorsInARow} errors in a row, {spec.ConsecutiveErrorLimit} may be: {last}")
            : inconclusive > spec.InconclusiveLimit ? (Verdict.Inconclusive, $"{inconclusive} measurements were inconclusive, {spec.InconclusiveLimit} may be: {last}")
            : spec.Count > all ? (Verdict.Inconclusive, $"measured {all} of {spec.Count} times: {last}")
            : passed > 0 && lastPassed ? (Verdict.Passed, $"{told}: {last}")
            : (Verdict.Inconclusive, $"{told}: {last}");
    }

    private void Judge(Measurement measurement)
    {
        var values = measurement.Find("values")?.Values ?? [];
        var value = measurement.Find(Value)?.Value ?? (values.Count > 0 ? values[^1] : double.NaN);
        var stable = measurement.Find(Stable)?.Value;
        number = value;
        var inputs = Environment.Inputs().With("value", Expressions.Value.Of(value)).With("values", Expressions.Value.Of([.. (values.Count > 0 ? values : [value]).Select(v => Expressions.Value.Of(v))]));
        if (stable is { } known)
        {
            inputs = inputs.With("stable", Expressions.Value.Of(known));
        }

        var (isFailed, failProblem) = Ask(fail, inputs);
        var (isPassed, passProblem) = Ask(pass, inputs);
        var told = $"value {value:0.####}{(stable is { } s ? $", stable {s:0.####}" : "")}";
        if ((failProblem ?? passProblem) is { } problem)
        {
            inconclusive++;
            last = $"{told}: {problem}";
        }
        else if (isFailed == true || (isPassed == false && fail is null))
        {
            failed++;
            outcome = MeasurementOutcome.Failed;
            last = $"{told}: {(fail is null ? $"not {Shown(pass)}" : Shown(fail))}";
            failedAt ??= failed > spec.FailureLimit ? lastAt : null;
        }
        else if (isPassed == true || pass is null)
        {
            passed++;
            (lastPassed, outcome) = (true, MeasurementOutcome.Passed);
            last = $"{told}: {(pass is null ? $"not {Shown(fail)}" : Shown(pass))}";
        }
        else
        {
            inconclusive++;
            last = $"{told}: neither {Shown(pass)} nor {Shown(fail)}";
        }
    }

    private static (bool? Holds, string? Problem) Ask(Expression? condition, ExpressionInputs inputs) =>
        condition is null ? (null, null)
        : condition.Evaluate(inputs) is { Error: null } result ? (result.IsTrue, null)
        : (null, $"{condition} cannot be evaluated, at {condition.Evaluate(inputs).Error}");

    /// <summary>As people write numbers: an argument that is 50 stands in an expression as 50.0.</summary>
    private static string Shown(Expression? condition) => WholeNumber().Replace(condition?.Text ?? "", "$1");

    [GeneratedRegex(@"(?<![\w.])(\d+)\.0(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    private static Expression Required(string text) => Read(text) is { Expression: { } read } ? read : throw new ArgumentException($"The condition {text} cannot be read: {string.Join(' ', Read(text).Problems)}", nameof(text));
}
