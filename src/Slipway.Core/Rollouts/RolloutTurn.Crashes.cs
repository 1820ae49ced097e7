using Slipway.Core.Kernel;
using Slipway.Core.Targets;

namespace Slipway.Core.Rollouts;

/// <summary>
/// Instances that become healthy and end again and again. Between two ends nothing looks wrong, and where no requests are judged nobody else finds out. An end before an instance was ever healthy is
/// none of these: it is started again, or given up.
/// </summary>
internal sealed partial class RolloutTurn
{
    /// <summary>What is first heard of a version set is how it was before: it counts from then on.</summary>
    private Dictionary<string, Crashing>? CrashesAfter(TargetsSeen seen)
    {
        Dictionary<string, Crashing> after = _state.Crashes is { } known ? new(known) : [];
        foreach (var set in seen.VersionSets.Select(v => v.VersionSet).Distinct())
        {
            if (_state.Seen.Find(set) is { } before && seen.Find(set)!.Crashes is { } crashes && crashes.Times > (before.Crashes?.Times ?? 0))
            {
                var times = after.TryGetValue(set, out var last) && at < last.Last + Limits.CrashMemory ? last.Times + 1 : 1;
                after[set] = new Crashing(times, at, crashes.Last is { } why ? $"{why.Reason} {why.NextStep}".Trim() : null);
            }
        }

        return after.Count == 0 ? null : after;
    }

    private Failure? CrashFailure()
    {
        foreach (var spec in NewSets.Where(Loops))
        {
            var crashes = _state.Crashes![spec.Id];

            // What stable's do too in the same minutes is found against neither.
            var together = StableSets.Any(other => other.Run.Process == spec.Run.Process && Loops(other));
            return new Failure(
                $"an instance{OfProcess(spec)} of {New.Version}{(together ? $", and one of {_state.Stable!.Spec.Version} too," : "")} has ended {crashes.Times} times after it had become healthy{Because(crashes.Why)}",
                ForWantOfPlace: together);
        }

        return null;
    }

    private bool Loops(VersionSetSpec spec) => _state.Crashes?.GetValueOrDefault(spec.Id) is { Times: >= Limits.Crashes };

    private IEnumerable<VersionSetSpec> NewSets => [New, .. NewWorkers];

    private IEnumerable<VersionSetSpec> StableSets => _state.Stable is { } stable && !SameAsStable ? [stable.Spec, .. StableWorkers] : [];

    private static string OfProcess(VersionSetSpec spec) => spec.Run.Process is { } process ? $" of {process}" : "";

    /// <summary>When a step that takes a time of its own is over: later, if an instance has ended by itself a moment ago.</summary>
    private DateTimeOffset EndOf(PlanStep step)
    {
        var end = Began() + step.Duration!.Value;
        return CalmAt is { } calm && calm > end ? calm : end;
    }

    /// <summary>Of a wait: why it is longer than the step says.</summary>
    private string UntilCalm(PlanStep step) =>
        EndOf(step) > Began() + step.Duration ? $"; an instance has ended by itself: goes on once none has for {Words.Of(Limits.CalmAfterCrash)}" : "";

    private DateTimeOffset? CalmAt => NewSets.Max(spec => _state.Crashes?.GetValueOrDefault(spec.Id)?.Last + Limits.CalmAfterCrash);
}
