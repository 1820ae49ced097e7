namespace Slipway.Core.Analysis;

/// <summary>
/// Judges the new version while it has all traffic, against what was known of stable in its last hour (<see cref="RunningAnalysis.Baseline"/>). Where that is little or nothing, errors are
/// held against what the check calls acceptable: a bad version is not kept because nobody used the one before. Seconds are given as to <see cref="RunningAnalysis"/>, the new version's as the
/// canary's; the other arm is not looked at. Verdicts are estimates.
/// </summary>
public sealed class WatchAnalysis
{
    private readonly WatchEntry[] entries;
    private readonly OpenSeconds open;
    private readonly WarmUp warmUp;
    private long unknown;

    public WatchAnalysis(AnalysisSettings settings, IReadOnlyList<WatchBaseline> baselines)
    {
        entries = [.. TestPlan.Of(settings.Checks).Select(plan => new WatchEntry(plan, baselines.FirstOrDefault(candidate => candidate.Test == plan.Name) ?? new(plan.Name, null, 0, 0), settings))];
        open = new(settings.RequestTimeout);
        warmUp = new(settings.WarmUp);
    }

    public void Observe(ObservedSecond observed)
    {
        warmUp.Note(observed.Second, observed.Share);
        if (observed.Canary.Refusal() is { } refusal)
        {
            Array.ForEach(entries, entry => entry.Refuse($"{refusal} (second {observed.Second})"));
        }
        else if (open.Find(observed.Second, observed.Generation, 1, entries.Length, warmUp.Covers(observed.Second)) is { } second)
        {
            second.Unknown = observed.Canary.Unknown;
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].IsJudged)
                {
                    second.Note(i, observed.Canary, stable: null, entries[i].LimitIn(second));
                }
            }
        }
    }

    /// <summary>As <see cref="RunningAnalysis.Complete"/>; ahead of settling, every open request counts as good.</summary>
    public void Complete(long readAt)
    {
        while (open.TakeSettled(readAt) is { } second)
        {
            unknown += second.CanaryUnknown;
            for (var i = 0; i < entries.Length; i++)
            {
                entries[i].Fold(second, i);
            }
        }

        var over = open.Through(readAt - 1).ToList();
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].LookAhead(over, i);
        }
    }

    public AnalysisResult Result()
    {
        // As of two versions beside each other: all that is told is of the moment of the failure.
        var failedAt = entries.Min(entry => entry.Plan.DryRun ? null : entry.FailedAt);
        return Judge.Combine([.. entries.Select((entry, i) => entry.Check(unknown, failedAt is { } moment && entry.IsJudged ? [.. open.Through(moment)] : [], i))]);
    }

    /// <summary>How the tests came to what they say. Those that have nothing to be held against are left out.</summary>
    public IEnumerable<WatchTrace> Traces() => entries.Where(entry => entry.IsJudged).Select(entry => entry.Trace(unknown));
}
