namespace Slipway.Core.Analysis;

/// <summary>
/// The analysis of one rollout from its first canary request to its last, fed with the router's cumulative counts per second. Bounded: at most 160 open seconds and a few
/// kilobytes per test. Not safe for several threads at once.
/// </summary>
/// <remarks>
/// Outcomes come late, and not equally late on both arms: a version that fails in a millisecond where stable fails after thirty seconds is no worse, though for half a minute only its own
/// failures are known. So the tests take in whole seconds, in their order, when settled; the martingale is that of the settled seconds, and its copies restart by their clock.
/// To be quick all the same, each look goes on through the seconds that are over but open, with every open request of the stable arm counted bad and every one of the canary
/// good. E falls with each bad unit of stable and rises with each of the canary, so the settled E will be no less after that same second: an alarm ahead is one that the settled
/// test is certain to give, and the false-alarm rate is its own.
/// </remarks>
public sealed class RunningAnalysis
{
    /// <summary>A second that has waited this long gives its latencies to the calibration as they are then known.</summary>
    private const long CalibrationPatience = 8;

    private readonly CheckState[] checks;
    private readonly OpenSeconds open;
    private readonly SequentialTest ahead;
    private readonly WarmUp warmUp;
    private LatencyCalibration? calibration;
    private long newest = long.MinValue;

    public RunningAnalysis(AnalysisSettings settings)
    {
        var plans = TestPlan.Of(settings.Checks);
        var table = new CostTable();
        var tests = settings.Tests;
        Settings = settings;
        checks = [.. plans.Select(plan => new CheckState(plan, settings, tests, table))];
        ahead = new(settings.FalseAlarmRate, tests, settings.Tolerate, settings.TolerateAbsolute, settings.Dispersion, 0, table);
        open = new(settings.RequestTimeout);
        warmUp = new(settings.WarmUp);
        calibration = plans.Any(plan => plan.Quantile is not null) ? new() : null;
    }

    public AnalysisSettings Settings { get; }

    /// <summary>Outcomes unknown for good, on the canary.</summary>
    public long CanaryUnknown { get; private set; }

    /// <summary>Reports for seconds that were settled already; they change nothing.</summary>
    public long LateReports { get; private set; }

    /// <summary>The latency thresholds fixed so far; to be stored beside the bins.</summary>
    public IReadOnlyList<LatencyThreshold> Thresholds => [.. checks.Select(check => check.Threshold).OfType<LatencyThreshold>()];

    internal IReadOnlyList<CheckState> Checks => checks;

    /// <summary>The second of the first failure that decides; null: there is none.</summary>
    internal long? FailedAt => checks.Min(check => check.Plan.DryRun ? null : check.Test.FailedAt);

    /// <summary>The analysis that has judged these bins, in their order, with these thresholds. Seconds that were open are observed anew.</summary>
    public static RunningAnalysis Rebuild(AnalysisSettings settings, IEnumerable<LatencyThreshold> thresholds, IEnumerable<AnalysisBin> bins)
    {
        var analysis = new RunningAnalysis(settings);
        foreach (var threshold in thresholds)
        {
            foreach (var check in analysis.checks.Where(check => check.Plan.Name == threshold.Test))
            {
                check.Threshold = threshold;
            }
        }

        analysis.EndCalibrationWhenFixed();
        foreach (var bin in bins)
        {
            analysis.Fold(bin);
            analysis.open.SettledThrough(bin.Second, bin.Generation);
        }

        return analysis;
    }

    /// <summary>
    /// Notes what a second has come to so far. Seconds before the canary's first request may be given too (share 0): latency thresholds are read from them. Impossible
    /// numbers are refused, and the verdict is then inconclusive at best.
    /// </summary>
    public void Observe(ObservedSecond observed)
    {
        var refusal = Refusal("canary", observed.Canary) ?? Refusal("stable", observed.Stable)
            ?? (observed.Share is >= 0 and <= 1 ? null : $"the canary's share {observed.Share} is not between 0 and 1");
        if (refusal is not null)
        {
            Refuse($"{refusal} (second {observed.Second})");
            return;
        }

        if (!open.IsSettled(observed.Second, observed.Generation))
        {
            warmUp.Note(observed.Second, observed.Share);
        }

        if (open.Find(observed.Second, observed.Generation, observed.Share, checks.Length, warmUp.Covers(observed.Second)) is not { } second)
        {
            LateReports++;
            return;
        }

        for (var i = 0; i < checks.Length; i++)
        {
            if (checks[i].Judges(observed.Second))
            {
                second.Note(i, observed.Canary, observed.Stable, checks[i].Threshold?.MicrosIn(second));
            }
        }

        second.Unknown = observed.Canary.Unknown;
        second.Latencies = calibration is null || second.IsCalibrated ? null : observed.Stable;
        newest = Math.Max(newest, observed.Second);
    }

    /// <summary>
    /// Judges what is settled now, and looks ahead through what is open. Everything that started before <paramref name="readAt"/> (Unix seconds, by the router's clock) must have been
    /// observed as of then. The answer: the seconds settled by this call, in order.
    /// </summary>
    public IReadOnlyList<AnalysisBin> Complete(long readAt)
    {
        Calibrate(readAt);
        List<AnalysisBin> settled = [];
        while (open.TakeSettled(readAt) is { } second)
        {
            settled.Add(Settle(second));
        }

        LookAhead(readAt);
        return settled;
    }

    /// <summary>
    /// What is known of the seconds that are not settled, up to those that a failure rests on, without the outcomes that are open; in order. A version that hangs leaves its seconds open: what it
    /// was found out by is among these. For the eye alone: nothing judges by it.
    /// </summary>
    public IEnumerable<AnalysisBin> Unsettled()
    {
        var failedAt = FailedAt;
        return open.All.Select(second => new AnalysisBin(second.Second, second.Generation, second.Share, 0,
        [
            .. checks.Select((check, i) => (Check: check, check.Test.Decision, Bin: Known(second, i)))
                .Where(each => second.Second <= (each.Decision?.Second ?? failedAt) && each.Check.Judges(second.Second))
                .Select(each => TestBin.Of(each.Check.Plan.Name, each.Bin, each.Decision?.Second == second.Second ? each.Decision.LogEvidence : each.Check.Test.LogEvidence)),
        ]));
    }

    /// <summary>Some test has failed, for good; cheap to ask after every second.</summary>
    public bool HasFailed => Array.Exists(checks, check => check.Test.FailedAt is not null);

    /// <summary>The verdict now, with all its numbers (a tenth of a millisecond per test: the intervals are computed).</summary>
    public AnalysisResult Result() => Judge.Conclude(this);

    /// <summary>The stable arm's last hour, for <see cref="WatchAnalysis"/>.</summary>
    public IReadOnlyList<WatchBaseline> Baseline() => [.. checks.Select(check =>
    {
        var (units, bad) = check.StableHour.Sum();
        return new WatchBaseline(check.Plan.Name, check.Threshold?.Micros, units, bad);
    })];

    /// <summary>What is known of a test's open seconds up to one of them, without the outcomes that are open.</summary>
    internal IEnumerable<Bin> Known(int test, long through) => open.Through(through).Where(second => checks[test].Judges(second.Second)).Select(second => Known(second, test));

    private Bin Known(OpenSecond second, int test) => second.Settled(test) with { IsWarmUp = IsWarmUp(second, test) };

    /// <summary>Errors are errors from the first request on.</summary>
    private bool IsWarmUp(OpenSecond second, int test) => second.IsWarmUp && checks[test].Plan.Quantile is not null;

    private static string? Refusal(string arm, ArmSecond counts) => counts.Refusal() is { } refusal ? $"{arm}: {refusal}" : null;

    private void Refuse(string reason)
    {
        foreach (var check in checks)
        {
            check.Refuse(reason);
        }
    }

    private AnalysisBin Settle(OpenSecond second)
    {
        var tests = new List<TestBin>(checks.Length);
        var unknown = second.CanaryUnknown;
        CanaryUnknown += unknown;
        for (var i = 0; i < checks.Length; i++)
        {
            if (checks[i].Judges(second.Second))
            {
                var bin = Known(second, i) with { CanarySlow = second.CanarySlow(i).WhenSettled };
                checks[i].Fold(bin);
                tests.Add(TestBin.Of(checks[i].Plan.Name, bin, checks[i].Test.LogEvidence));
            }
        }

        return new(second.Second, second.Generation, second.Share, unknown, tests);
    }

    private void Fold(AnalysisBin bin)
    {
        CanaryUnknown += bin.CanaryUnknown;
        warmUp.Note(bin.Second, bin.Share);
        foreach (var test in bin.Tests)
        {
            foreach (var check in checks)
            {
                if (check.Plan.Name == test.Test)
                {
                    check.Fold(test.BinOf(bin));
                }
            }
        }
    }

    private void LookAhead(long readAt)
    {
        for (var i = 0; i < checks.Length; i++)
        {
            if (checks[i].Test.FailedAt is not null || !HasBadAhead(i))
            {
                continue;
            }

            ahead.CopyFrom(checks[i].Test);
            foreach (var second in open.All)
            {
                // A second that is not over may yet get requests, and bad ones, on the stable arm.
                if (second.Second < readAt && checks[i].Judges(second.Second) && ahead.FailedAt is null)
                {
                    ahead.Fold(second.AtBestForCanary(i) with { IsWarmUp = IsWarmUp(second, i) });
                }
            }

            if (ahead.FailedAt is { } failed)
            {
                checks[i].FailAhead(ahead, Known(i, failed));
            }
        }
    }

    private bool HasBadAhead(int test)
    {
        foreach (var second in open.All)
        {
            if (second.Canary[test].Bad > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Calibrate(long readAt)
    {
        if (calibration is null)
        {
            return;
        }

        foreach (var second in open.All)
        {
            if (second.Latencies is { } latencies && second.Second < readAt && (second.IsComplete() || readAt - second.Second >= CalibrationPatience))
            {
                calibration.Add(latencies);
                second.Latencies = null;
                second.IsCalibrated = true;
            }
        }

        foreach (var check in checks)
        {
            check.CalibratedOn = calibration.Count;
            if (check.Plan.Quantile is { } quantile && check.Threshold is null && calibration.Read(quantile) is { } known)
            {
                var micros = known + Settings.TolerateLatency.TotalMicroseconds;
                check.Threshold = new(check.Plan.Name, micros, Math.Max(newest + 1, readAt));

                // What it was read from is judged by no test, and is what is known of stable: at a switch of all traffic at once there is nothing else.
                check.StableHour.Add(newest, calibration.Count, calibration.Above(micros));
            }
        }

        EndCalibrationWhenFixed();
    }

    private void EndCalibrationWhenFixed()
    {
        if (Array.TrueForAll(checks, check => check.Plan.Quantile is null || check.Threshold is not null))
        {
            calibration = null;
            foreach (var second in open.All)
            {
                second.Latencies = null;
            }
        }
    }
}
