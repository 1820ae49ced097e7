using Slipway.Core.Kernel;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

/// <summary>
/// Instances that become healthy and cease to be, again and again: their process ends, or their probes fail. In between nothing looks wrong, and where no requests are judged nobody else finds out.
/// What never was healthy is none of these: it is started again, or given up.
/// </summary>
internal sealed partial class RolloutTurn
{
    private IEnumerable<VersionSetSpec> NewSets => [New, .. NewWorkers];

    private IEnumerable<VersionSetSpec> StableSets => _state.Stable is { } stable && !SameAsStable ? [stable.Spec, .. StableWorkers] : [];

    /// <summary>What is first heard of a version set is how it was before: it counts from then on.</summary>
    private Dictionary<string, Lapsing>? LapsesAfter(TargetsSeen seen)
    {
        Dictionary<string, Lapsing> after = _state.Lapses is { } known ? new(known) : [];
        foreach (var set in seen.VersionSets.Select(v => v.VersionSet).Distinct())
        {
            if (_state.Seen.Find(set) is { } before && seen.Find(set)!.Lapses is { } lapses && lapses.Times > (before.Lapses?.Times ?? 0))
            {
                var times = after.TryGetValue(set, out var last) && at < last.Last + Limits.LapseMemory ? last.Times + 1 : 1;
                after[set] = new Lapsing(times, at, lapses.Last is { } why ? $"{why.Reason} {why.NextStep}".Trim() : null);
            }
        }

        return after.Count == 0 ? null : after;
    }

    private Failure? LapseFailure()
    {
        foreach (var spec in NewSets.Where(Loops))
        {
            var lapses = _state.Lapses![spec.Id];

            // What stable's do too in the same minutes is found against neither.
            var together = StableSets.Any(other => other.Run.Process == spec.Run.Process && Loops(other));
            return new Failure(
                $"an instance{OfProcess(spec)} of {New.Version}{(together ? $", and one of {_state.Stable!.Spec.Version} too," : "")} has ceased to be healthy {lapses.Times} times{Because(lapses.Why)}",
                ForWantOfPlace: together);
        }

        return null;
    }

    private bool Loops(VersionSetSpec spec) => _state.Lapses?.GetValueOrDefault(spec.Id) is { Times: >= Limits.Lapses };

    private static string OfProcess(VersionSetSpec spec) => spec.Run.Process is { } process ? $" of {process}" : "";

    /// <summary>Behind what was counted: what may be the cause of it.</summary>
    private string Meanwhile => LastLapse is { } spec ? $"; meanwhile an instance{OfProcess(spec)} of {New.Version} ceased to be healthy{Because(_state.Lapses![spec.Id].Why)}" : "";

    /// <summary>Since when all of the new version's instances have been healthy; of interest once one has ceased to be.</summary>
    private DateTimeOffset? WellAgainSince() =>
        _state.Lapses is not { } lapses || !Healthy(_state.Count) || (_state.Workers is { Weight: > 0 and var weight } && !NewWorkers.All(worker => AreHealthy(worker, weight))) ? null
        : NewSets.Any(spec => lapses.GetValueOrDefault(spec.Id)?.Last == at) ? at
        : _state.WellAgainSince ?? at;

    /// <summary>When a step that takes a time of its own is over. After a lapse not before all instances have been healthy for a while; but what stays down is the next step's to find, or to be content with.</summary>
    private DateTimeOffset EndOf(PlanStep step)
    {
        var end = Began() + step.Duration!.Value;
        if (LastLapse is null)
        {
            return end;
        }

        var last = end + StartTime() + Limits.CalmAfterLapse;
        var calm = _state.WellAgainSince + Limits.CalmAfterLapse ?? last;
        return calm <= end ? end : Earlier(calm, last);
    }

    /// <summary>Of a wait: why it is longer than the step says.</summary>
    private string UntilCalm(PlanStep step) =>
        EndOf(step) > Began() + step.Duration ? $"; an instance{OfProcess(LastLapse!)} has ceased to be healthy: goes on once all have been for {Words.Of(Limits.CalmAfterLapse)}" : "";

    /// <summary>Of a step that took longer for it.</summary>
    private string? WhyLonger(PlanStep step) =>
        LastLapse is { } spec && at >= Began() + step.Duration + TimeSpan.FromSeconds(1) ? $"longer than that: an instance{OfProcess(spec)} had ceased to be healthy" : null;

    /// <summary>What had the last lapse, not long ago; null: there was none.</summary>
    private VersionSetSpec? LastLapse
    {
        get
        {
            DateTimeOffset? Of(VersionSetSpec spec) => _state.Lapses?.GetValueOrDefault(spec.Id)?.Last;
            return NewSets.Where(spec => at < Of(spec) + Limits.LapseMemory).MaxBy(Of);
        }
    }
}
