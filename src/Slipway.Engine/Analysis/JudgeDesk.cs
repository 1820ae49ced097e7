using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>
/// Judges rollouts on what the routers counted. What each look has before it is first kept as a row, so that a judgement can be rebuilt after a restart, drawn and judged again at any
/// time; what is in memory is only a fold of those rows.
/// </summary>
public sealed class JudgeDesk(IStore store, TrafficIntake traffic, Measurer measurer)
{
    /// <summary>A judgement that nobody has asked for in this time is let go; it is rebuilt if somebody does. Longer than the asker's intervals and pauses of the loop.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Seconds before the new version's first request that are looked at: latency thresholds are read from them.</summary>
    private const int SecondsBefore = 60;
    /// <summary>Whoever has not asked for so long has ended, or asks again by itself.</summary>
    private static readonly TimeSpan Awake = 3 * Limits.JudgeRecheck;
    private static readonly RolloutFlow Flow = new();
    private readonly string incarnation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private long number;
    private readonly ConcurrentDictionary<string, Case> cases = new(StringComparer.Ordinal);

    public async Task<JudgeAnswer> AskAsync(AskJudge asked, CancellationToken cancel)
    {
        var key = $"{asked.Rollout}@{asked.Since.ToUnixTimeMilliseconds()}";
        var now = store.Now;
        foreach (var (stale, last) in cases.Where(c => c.Key != key && (c.Key.StartsWith(asked.Rollout + "@", StringComparison.Ordinal) || c.Value.AskedAt < now - Kept)))
        {
            cases.TryRemove(stale, out _);
            measurer.Forget(stale);
        }

        if (!cases.TryGetValue(key, out var open))
        {
            open = Rebuild(asked, new JudgeJournal(await store.ReadBinsAsync(asked.Rollout, FirstSecondOf(asked), cancel)));
            cases[key] = open;
        }

        open.AskedAt = now;

        // Read before the counts: what comes in between is news next time.
        var countedUntil = traffic.CountedUntil(asked.Lane);
        var fresh = open.NewsOf(traffic.Since(asked.Lane, open.From));
        if (open.NextLook(asked, fresh, countedUntil) is { } look)
        {
            await store.WriteBinsAsync(asked.Rollout, [look.RowOf(asked.Since, now, open.From)], cancel);
            open.Fold(look);
        }

        var measured = await measurer.LookAsync(key, asked, cancel);
        return asked.HasTraffic
            ? AnswerOf(Judge.Combine([.. open.Result().Checks, .. measured]), store.Now, countedUntil)
            : AnswerOf(Judge.Combine(measured), store.Now, countedUntil: store.Now);
    }

    /// <summary>Counts of these lanes have come: whoever judges by them is woken, unless it looked just now.</summary>
    public async Task CountsCameAsync(IReadOnlyCollection<LaneId> lanes, CancellationToken cancel)
    {
        var now = store.Now;
        var waiting = cases.Values.Where(c => lanes.Contains(c.Asked.Lane) && now - c.AskedAt is var since && since >= Limits.JudgeInterval && since < Awake).Select(c => c.Asked.Rollout).ToList();
        if (waiting.Count > 0)
        {
            await store.AppendAsync(new Append { Events = [.. waiting.Select(rollout => new NewMessage(RolloutFlow.ProcessOf(rollout), $"counts:{incarnation}:{Interlocked.Increment(ref number)}", Flow.TimeCame))] }, cancel);
        }
    }

    /// <summary>
    /// A rollout judged again from its rows alone. With the settings that it had, the answer is that of its last look: it sees what the judge saw, in the same order. Other settings change what is
    /// made of it, and not what was counted and measured: a rollout that ended early has no more than it had.
    /// </summary>
    public static Judgement Replay(AskJudge asked, IReadOnlyList<BinRow> rows) => Replay(asked, new JudgeJournal(rows), rows);

    public static Judgement Replay(AskJudge asked, JudgeJournal journal, IReadOnlyList<BinRow> rows)
    {
        var bins = new List<AnalysisBin>();
        var open = Rebuild(asked, journal, bins.AddRange);
        var measured = Measurer.Replay(asked, rows);
        var result = open.HasTraffic ? Judge.Combine([.. open.Result().Checks, .. measured]) : Judge.Combine(measured);
        return new(result, bins, [.. open.Traces(bins), .. Measurer.Traces(asked, rows)]);
    }

    private static long FirstSecondOf(AskJudge asked) => asked.Since.ToUnixTimeSeconds() - SecondsBefore;

    private static Case Rebuild(AskJudge asked, JudgeJournal journal, Action<IReadOnlyList<AnalysisBin>>? judged = null)
    {
        var open = new Case(asked, FirstSecondOf(asked));
        foreach (var second in journal.SecondsBefore(asked.Since).Where(r => r.Second.Second >= open.From).GroupBy(r => r.Second.Second).OrderBy(g => g.Key))
        {
            Judged(open.Fold([.. second], asked.FullAt?.ToUnixTimeSeconds(), second.Key));
        }

        foreach (var look in journal.LooksOf(asked.Since))
        {
            Judged(open.Fold(look));
        }

        return open;

        void Judged(IReadOnlyList<AnalysisBin> settled) => judged?.Invoke(settled);
    }

    private static JudgeAnswer AnswerOf(AnalysisResult result, DateTimeOffset at, DateTimeOffset? countedUntil) => new()
    {
        CountedUntil = countedUntil,
        Verdict = VerdictOf(result.Verdict),
        Reason = result.Reason,
        Guaranteed = result.Guarantee == Guarantee.Guaranteed,
        At = at,
        DecidedAt = TimeOf(result.DecidedAt),
        Checks = [.. result.Checks.Select(c => new CheckAnswer
        {
            Name = c.Name,
            Verdict = VerdictOf(c.Verdict),
            Text = c.Reason,
            CanaryUnits = (long)c.CanaryUnits,
            CanaryBad = (long)c.CanaryBad,
            StableUnits = (long)c.StableUnits,
            StableBad = (long)c.StableBad,
            Ratio = c.Ratio,
            RatioLow = c.CanaryUnits > 0 ? c.RatioLow : null,
            RatioHigh = c.RatioHigh,
            LogEvidence = double.IsFinite(c.Log10Evidence) ? c.Log10Evidence : 0,
            LogLimit = Math.Log10(c.Limit),
            ThresholdMillis = c.ThresholdMicros / 1000,
            DecidedAt = TimeOf(c.DecidedAt),
            Guaranteed = c.Guarantee == Guarantee.Guaranteed,
            DryRun = c.DryRun,
            Measured = c.Measured,
        })],
    };

    private static DateTimeOffset? TimeOf(long? second) => second is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;

    private static JudgeVerdict VerdictOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => JudgeVerdict.Passed,
        Verdict.Failed => JudgeVerdict.Failed,
        _ => JudgeVerdict.Inconclusive,
    };

    /// <summary>One rollout's judgement in memory.</summary>
    private sealed class Case(AskJudge asked, long from)
    {
        private readonly AnalysisSettings settings = AnalysisSettings.From(asked.Spec, asked.RequestTimeout);
        private readonly RunningAnalysis analysis = new(AnalysisSettings.From(asked.Spec, asked.RequestTimeout));
        private readonly Dictionary<long, Dictionary<TrafficSource, TrafficSecond>> known = [];
        private readonly bool isBaseline = asked.Spec.Baseline;
        private readonly long shift = asked.Since.ToUnixTimeSeconds();
        private WatchAnalysis? watch;
        private long newest, looks;
        private (long ReadAt, long? FullAt, bool HasTraffic)? last;

        public bool HasTraffic => last?.HasTraffic ?? (asked.HasTraffic || newest > 0);

        public long From { get; } = from;

        public AskJudge Asked => asked;

        public DateTimeOffset AskedAt { get; set; }

        /// <summary>The seconds of the two versions whose numbers are new. Marked requests and copies are left out: who gets them was not drawn.</summary>
        public IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> NewsOf(IReadOnlyList<(TrafficSource Source, IReadOnlyList<TrafficSecond> Seconds)> kept) =>
            [.. kept
                .Where(k => k.Source.Arm is Arm.Stable or Arm.Canary or Arm.Baseline && (k.Source.VersionSet == asked.VersionSet || k.Source.VersionSet == asked.StableVersionSet))
                .SelectMany(k => k.Seconds.Select(s => (k.Source, s)))
                .Where(k => !(known.TryGetValue(k.s.Second, out var sources) && sources.TryGetValue(k.Source, out var before)) || !Same(before, k.s))
                .OrderBy(k => k.s.Second)];

        /// <summary>What a look has before it; null: nothing that the one before had not.</summary>
        /// <param name="countedUntil">Null: up to the newest second that is known.</param>
        public JudgeLook? NextLook(AskJudge now, IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> fresh, DateTimeOffset? countedUntil)
        {
            var readAt = Math.Max(fresh.Select(f => f.Second.Second).Append(newest).Max(), countedUntil?.ToUnixTimeSeconds() ?? 0);
            var full = now.FullAt?.ToUnixTimeSeconds();
            return fresh.Count == 0 && last == (readAt, full, now.HasTraffic) ? null
                : new JudgeLook(looks, readAt, full, now.HasTraffic, [.. fresh.GroupBy(f => f.Source).Select(g => new LookNews(g.Key, [.. g.Select(f => f.Second)]))]);
        }

        public IReadOnlyList<AnalysisBin> Fold(JudgeLook look)
        {
            looks = look.Number + 1;
            last = (look.ReadAt, look.FullAt, look.HasTraffic);
            return Fold([.. look.News.SelectMany(news => news.Seconds, (news, second) => (news.Source, second))], look.FullAt, look.ReadAt);
        }

        /// <returns>The seconds that are judged for good with this.</returns>
        public IReadOnlyList<AnalysisBin> Fold(IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> fresh, long? full, long readAt)
        {
            foreach (var (source, second) in fresh)
            {
                if (!known.TryGetValue(second.Second, out var sources))
                {
                    known[second.Second] = sources = [];
                }

                sources[source] = second;
                newest = Math.Max(newest, second.Second);
            }

            foreach (var (second, generation) in fresh.Select(f => (f.Second.Second, f.Source.Generation)).Distinct().Order().ToList())
            {
                Observe(second, generation, full);
            }

            var settled = analysis.Complete(readAt);
            watch?.Complete(readAt);
            Prune();
            return settled;
        }

        /// <summary>How the tests came to what they say of both versions.</summary>
        public IEnumerable<CheckTrace> Traces(IReadOnlyList<AnalysisBin> bins)
        {
            foreach (var check in analysis.Result().Checks)
            {
                var trace = new EvidenceTrace();
                foreach (var bin in bins)
                {
                    if (bin.Tests.FirstOrDefault(test => test.Test == check.Name) is { } test)
                    {
                        trace.Add(new(bin.Second, bin.Share, test.CanaryUnits, test.CanaryBad, test.StableUnits, test.StableBad), test.Log10Evidence);
                    }
                }

                yield return new(check.Name == "errors" ? CheckKind.Errors : CheckKind.Latency, check, trace.Points(check.Limit, settings.Dispersion), []);
            }
        }

        public AnalysisResult Result() => analysis.HasFailed || watch is null ? analysis.Result() : watch.Result();

        private void Observe(long second, long generation, long? full)
        {
            var sources = known[second].Where(k => k.Key.Generation == generation).ToList();
            if (sources.Exists(s => s.Key.Unit == TrafficUnit.Session))
            {
                // Sessions were drawn, so sessions are what can be compared; a router that counts requests all the same does not add to them.
                sources.RemoveAll(s => s.Key.Unit != TrafficUnit.Session);
            }

            var canary = sources.Where(s => s.Key.VersionSet == asked.VersionSet).ToList();
            var stable = sources.Where(s => s.Key.VersionSet == asked.StableVersionSet).ToList();
            // Before the rollout's first shift what was not on stable was on some earlier version: this one's share was none.
            var weight = canary.Count > 0 ? canary[0].Key.Weight : stable.Count > 0 && second >= shift && !isBaseline ? 100 - stable[0].Key.Weight : 0;

            // A baseline arm has as much as the canary, as far as there is: the share is of the two that are compared.
            var other = isBaseline ? Math.Min(weight, 100 - weight) : 100 - weight;
            var observed = new ObservedSecond(second, generation, weight == 0 ? 0 : weight / (double)(weight + other), ArmOf(canary.Select(c => c.Value)), ArmOf(stable.Select(c => c.Value)));
            if (full is { } since && second >= since && weight == 100)
            {
                watch ??= new WatchAnalysis(settings, analysis.Baseline());
                watch.Observe(observed);
            }
            else if (weight < 100)
            {
                analysis.Observe(observed);
            }
        }

        private static ArmSecond ArmOf(IEnumerable<TrafficSecond> seconds)
        {
            long units = 0, bad = 0, open = 0;
            var finished = new Dictionary<long, long>();
            var inFlight = new Dictionary<long, long>();
            foreach (var s in seconds)
            {
                units += s.Started - s.ClientGone;
                bad += s.Errors5xx + s.ConnectFailures + s.TimedOut;
                open += Math.Max(0, s.Started - s.Finished - s.ConnectFailures - s.TimedOut - s.ClientGone);
                Add(finished, s.Latency);
                Add(inFlight, s.InFlightOver);
            }

            return new ArmSecond
            {
                Units = units,
                Bad = bad,
                Open = open,
                Finished = [.. finished.Select(f => new LatencyCount(LatencyScale.UpperMicros(f.Key), f.Value))],
                InFlight = [.. inFlight.Select(f => new LatencyCount(LatencyScale.UpperMicros(f.Key - 1), f.Value))],
            };
        }

        private static void Add(Dictionary<long, long> counts, IReadOnlyList<long> pairs)
        {
            for (var i = 0; i + 1 < pairs.Count; i += 2)
            {
                counts[pairs[i]] = counts.GetValueOrDefault(pairs[i]) + pairs[i + 1];
            }
        }

        /// <summary>Seconds too old to change are of no more use here.</summary>
        private void Prune()
        {
            foreach (var old in known.Keys.Where(k => k < newest - 240).ToList())
            {
                known.Remove(old);
            }
        }

        private static bool Same(TrafficSecond a, TrafficSecond b) =>
            a.Started == b.Started && a.Finished == b.Finished && a.Errors5xx == b.Errors5xx && a.ConnectFailures == b.ConnectFailures && a.TimedOut == b.TimedOut
            && a.ClientGone == b.ClientGone && a.Latency.SequenceEqual(b.Latency) && a.InFlightOver.SequenceEqual(b.InFlightOver);
    }
}
