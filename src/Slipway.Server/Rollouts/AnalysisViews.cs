using System.Collections.Concurrent;
using System.Diagnostics;
using Slipway.Client.Api;
using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine;
using Slipway.Engine.Analysis;
using Slipway.Engine.Ports;

namespace Slipway.Server.Rollouts;

/// <summary>A rollout's judgement over time, from the rows that were kept.</summary>
internal sealed class AnalysisViews(IStore store, TimeProvider time)
{
    private const int MostPoints = 600;

    /// <summary>Rollouts whose view is kept: those that somebody looks at.</summary>
    private const int MostKept = 32;

    /// <summary>While a rollout goes on, its view is made anew no sooner than after so many times what making it took, however many look at it.</summary>
    private const int Rest = 10;
    private readonly ConcurrentDictionary<string, KeptView> kept = new(StringComparer.Ordinal);

    /// <summary>As it was at the last look, or, of a rollout that goes on for long, at one shortly before.</summary>
    /// <param name="ring">The ring's name; null: where it was judged last.</param>
    public async Task<Outcome<AnalysisView>> OfAsync(RolloutState rollout, string? ring, CancellationToken cancel) =>
        In(rollout, ring, out var unknown) is { } part ? await OfAsync(part, cancel) : unknown!;

    private async Task<AnalysisView> OfAsync(RolloutState rollout, CancellationToken cancel)
    {
        var view = kept.GetOrAdd($"{rollout.Id}@{rollout.Ring}", _ => new KeptView());
        await view.OneAtATime.WaitAsync(cancel);
        try
        {
            // A failure is the judge's last word, though looks may come after it: they are noticed by their rows.
            var newest = view.Newest is { } second ? (await store.ReadBinsAsync(rollout.Id, second, cancel)).Count : 0;
            var stamp = (rollout.TrafficSince, rollout.FullAt, JudgedAt: rollout.Analysis?.At, rollout.HasEnded, Newest: newest);
            if (view.Made is null || (stamp != view.Stamp && (rollout.HasEnded || time.GetElapsedTime(view.MadeAt) > Rest * view.Took)))
            {
                var began = time.GetTimestamp();
                var rows = await store.ReadBinsAsync(rollout.Id, 0, cancel);
                view.Made = ViewOf(rollout, rows);
                view.Newest = rows.Count > 0 ? rows[^1].Second : 0;
                view.Stamp = stamp with { Newest = rows.Count(row => row.Second == view.Newest) };
                (view.MadeAt, view.Took) = (time.GetTimestamp(), time.GetElapsedTime(began));
            }

            return view.Made with { Latest = RolloutViews.AnalysisOf(rollout) };
        }
        finally
        {
            view.OneAtATime.Release();
            while (kept.Count > MostKept)
            {
                kept.TryRemove(kept.MinBy(k => k.Value.MadeAt).Key, out _);
            }
        }
    }

    private static AnalysisView ViewOf(RolloutState rollout, IReadOnlyList<BinRow> rows)
    {
        var journal = new JudgeJournal(rows);
        var asked = rollout.TrafficSince is { } since ? AskJudge.About(rollout, since) : null;
        var judged = asked is null ? null : JudgeDesk.Replay(asked, journal, rows);
        var counted = rollout.Ring is null ? journal.Seconds : asked is null ? [] : journal.SecondsOf(asked.Since);
        var seconds = counted.GroupBy(r => r.Second.Second).OrderBy(g => g.Key).ToList();
        var evidence = (judged?.Bins ?? []).GroupBy(bin => bin.Second).ToDictionary(bins => bins.Key, bins => ErrorsOf(bins.Last()));
        var step = Math.Max(1, (int)Math.Ceiling(seconds.Count / (double)MostPoints));
        return new AnalysisView
        {
            Rollout = rollout.Id,
            Ring = RolloutViews.RingOf(rollout),
            FullAt = rollout.FullAt,
            Latest = null,
            Unit = RolloutViews.UnitOf(rollout),
            Checks = [.. (judged?.Traces ?? []).Select(trace => CheckViews.Of(trace, asked!.Spec))],
            Points = [.. seconds.Chunk(step).Select(chunk => PointOf(rollout, chunk[0].Key, step, [.. chunk.SelectMany(c => c)]) with
            {
                LogEvidence = chunk.Select(second => evidence.GetValueOrDefault(second.Key)).LastOrDefault(known => known is not null),
            })],
        };
    }

    /// <summary>Judges again what was kept, with other settings.</summary>
    /// <param name="ring">As of <see cref="OfAsync(RolloutState, string?, CancellationToken)"/>.</param>
    public async Task<Outcome<RejudgementView>> AgainAsync(RolloutState rollout, string? ring, RejudgeSettings settings, CancellationToken cancel) =>
        In(rollout, ring, out var unknown) is { } part ? await AgainAsync(part, settings, cancel) : unknown!;

    private async Task<Outcome<RejudgementView>> AgainAsync(RolloutState rollout, RejudgeSettings settings, CancellationToken cancel)
    {
        if (rollout.Stable is null || rollout.TrafficSince is not { } since)
        {
            return new Outcome<RejudgementView>.Refused(Refusal.Conflict("nothingToJudge", $"The rollout {rollout.Id} had no {(rollout.Stable is null ? "version beside it, so nothing was compared" : "traffic, so nothing was counted")}.", "Rejudge one whose new version had traffic beside the old one."));
        }

        var asked = AskJudge.About(rollout, since);
        return settings.ApplyTo(asked.Spec) switch
        {
            Outcome<RolloutSpec>.Done { Value: var changed } => new Outcome<RejudgementView>.Done(await AgainAsync(rollout, asked, changed, cancel)),
            Outcome<RolloutSpec>.Refused refused => new Outcome<RejudgementView>.Refused(refused.Refusal),
            var other => throw new UnreachableException($"No outcome is a {other.GetType().Name}."),
        };
    }

    /// <summary>As of a ring, or of where it was judged last; null: <paramref name="unknown"/> says why not.</summary>
    private static RolloutState? In(RolloutState rollout, string? ring, out Refusal? unknown)
    {
        unknown = null;
        if (ring is null)
        {
            return rollout.WhereJudged;
        }

        var names = rollout.Inputs.Rings.Select(place => place.Name).ToList();
        if (names.IndexOf(ring) is var index and >= 0)
        {
            return rollout.AsOf(index);
        }

        unknown = Refusal.Invalid("unknownRing", $"The rollout {rollout.Id} has no ring '{ring}'.", names.Count == 0 ? "It does not go through rings: leave `ring` out." : $"Its rings are: {string.Join(", ", names)}.");
        return null;
    }

    private async Task<RejudgementView> AgainAsync(RolloutState rollout, AskJudge asked, RolloutSpec changed, CancellationToken cancel)
    {
        var rows = await store.ReadBinsAsync(rollout.Id, 0, cancel);
        var (now, stepsNow) = JudgeDesk.ReplayParts(asked with { Spec = changed }, rows);
        JudgementView? Of(AnalysisResult? result, RolloutSpec spec) => result is null ? null : CheckViews.JudgementOf(JudgeAnswers.Of(result, store.Now, countedUntil: null), spec);
        return new()
        {
            Rollout = rollout.Id,
            Ring = RolloutViews.RingOf(rollout),
            Then = rollout.Analysis is { } then ? CheckViews.JudgementOf(then, asked.Spec) : null,
            Now = Of(now, changed)!,

            // The judge's last word alone is kept with the rollout: what it said before that is what the same counts come to.
            StepsThen = rollout.Analysis?.At > rollout.FullAt ? Of(JudgeDesk.ReplayParts(asked, rows).Steps, asked.Spec) : null,
            StepsNow = Of(stepsNow, changed),
        };
    }

    private static AnalysisPoint PointOf(RolloutState rollout, long second, int step, IReadOnlyList<(Engine.Traffic.TrafficSource Source, TrafficSecond Second)> readings)
    {
        var canary = readings.Where(r => r.Source.VersionSet == rollout.Inputs.Revision.Id).ToList();
        var stable = readings.Where(r => r.Source.VersionSet != rollout.Inputs.Revision.Id).ToList();
        return new AnalysisPoint
        {
            At = DateTimeOffset.FromUnixTimeSeconds(second),
            Seconds = step,
            CanaryWeight = canary.Count > 0 ? canary.Max(c => c.Source.Weight) : 0,
            CanaryRequests = canary.Sum(r => r.Second.Units()),
            CanaryErrors = canary.Sum(r => r.Second.Bad()),
            StableRequests = stable.Sum(r => r.Second.Units()),
            StableErrors = stable.Sum(r => r.Second.Bad()),
            CanaryOpen = OpenOf(canary),
            StableOpen = OpenOf(stable),
            CanaryP95 = Quantile(canary, 0.95),
            StableP95 = Quantile(stable, 0.95),
            CanaryP99 = Quantile(canary, 0.99),
            StableP99 = Quantile(stable, 0.99),
        };
    }

    private static long OpenOf(IEnumerable<(Engine.Traffic.TrafficSource Source, TrafficSecond Second)> readings) =>
        readings.Where(r => r.Source.Unit == TrafficUnit.Request).Sum(r => r.Second.Open());

    /// <summary>Null until the second has canary traffic behind it.</summary>
    private static double? ErrorsOf(AnalysisBin bin) =>
        bin.Tests.FirstOrDefault(test => test.Test == "errors") is { } errors && double.IsFinite(errors.Log10Evidence) ? errors.Log10Evidence : null;

    /// <summary>Milliseconds; null without finished requests.</summary>
    private static double? Quantile(IEnumerable<(Engine.Traffic.TrafficSource Source, TrafficSecond Second)> readings, double q)
    {
        var counts = new SortedDictionary<long, long>();
        foreach (var pairs in readings.Select(r => r.Second.Latency))
        {
            LatencyScale.Add(counts, pairs);
        }

        var rank = Math.Ceiling(q * counts.Values.Sum());
        foreach (var (bucket, count) in counts)
        {
            rank -= count;
            if (rank <= 0)
            {
                return LatencyScale.UpperMicros(bucket) / 1000;
            }
        }

        return null;
    }

    /// <summary>What was made of a rollout's rows last, and of which.</summary>
    private sealed class KeptView
    {
        /// <summary>Several who look at the same rollout wait for one making.</summary>
        public SemaphoreSlim OneAtATime { get; } = new(1, 1);
        public AnalysisView? Made { get; set; }
        public (DateTimeOffset? TrafficSince, DateTimeOffset? FullAt, DateTimeOffset? JudgedAt, bool HasEnded, int Newest) Stamp { get; set; }

        /// <summary>Second of the newest row.</summary>
        public long? Newest { get; set; }
        public long MadeAt { get; set; }
        public TimeSpan Took { get; set; }
    }
}
