using System.Collections.Concurrent;
using System.Text.Json;
using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>
/// Judges rollouts on what the routers counted. Every second that is judged is first kept as a row, so that a judgement can be rebuilt after a restart and drawn at any
/// time; what is in memory is only a fold of those rows.
/// </summary>
public sealed class JudgeDesk(IStore store, TrafficIntake traffic, Measurer measurer)
{
    /// <summary>A judgement that nobody has asked for in this time is let go; it is rebuilt if somebody does. Longer than the asker's intervals and pauses of the loop.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Seconds before the new version's first request that are looked at: latency thresholds are read from them.</summary>
    private const int SecondsBefore = 60;
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
            open = await RebuildAsync(asked, cancel);
            cases[key] = open;
        }

        // Read before the counts: what comes in between is news next time.
        var countedUntil = traffic.CountedUntil(asked.Lane);
        var fresh = open.NewsOf(traffic.Since(asked.Lane, open.From));
        await store.WriteBinsAsync(asked.Rollout, [.. fresh.Select(RowOf)], cancel);
        if (open.RoutersOfSessionsWith(fresh) > open.RoutersOfSessions)
        {
            // Each session counts less from now on, and what was counted before must not count more: all of it is judged anew.
            cases[key] = open = await RebuildAsync(asked, cancel);
        }

        open.AskedAt = now;
        open.Fold(fresh, asked.FullAt, countedUntil);
        var measured = await measurer.LookAsync(key, asked, open.Dispersion, cancel);
        return asked.HasTraffic
            ? AnswerOf(Judge.Combine([.. open.Result().Checks, .. measured]), store.Now, countedUntil)
            : AnswerOf(Judge.Combine(measured), store.Now, countedUntil: store.Now);
    }

    /// <summary>The seconds of routers among a rollout's rows.</summary>
    public static IEnumerable<(TrafficSource Source, TrafficSecond Second)> ReadingsOf(IEnumerable<BinRow> rows) => rows.Where(row => !Measurer.IsMeasurement(row)).Select(ReadingOf);

    /// <summary>Every second that has been judged of a rollout.</summary>
    /// <param name="kept">All that was kept of it: what <see cref="ReadingsOf"/> makes of its rows.</param>
    public static IReadOnlyList<AnalysisBin> Replay(AskJudge asked, IEnumerable<(TrafficSource Source, TrafficSecond Second)> kept)
    {
        var bins = new List<AnalysisBin>();
        Rebuild(asked, [.. kept.Where(r => r.Second.Second >= FirstSecondOf(asked))], bins.AddRange);
        return bins;
    }

    private static long FirstSecondOf(AskJudge asked) => asked.Since.ToUnixTimeSeconds() - SecondsBefore;

    private async Task<Case> RebuildAsync(AskJudge asked, CancellationToken cancel)
    {
        var open = Rebuild(asked, [.. ReadingsOf(await store.ReadBinsAsync(asked.Rollout, FirstSecondOf(asked), cancel))]);
        if (asked.Spec.Checks.Any(Measurer.NeedsDispersion))
        {
            // The minutes of an analysis say little of how instances differ; the hour before it says more.
            open.KnownDispersion = (await store.ReadDocumentAsync(SelfWatchRecord.Collection, asked.Lane.ToString(), cancel))?.As(SelfWatchJson.Default.SelfWatchRecord).Dispersion;
        }

        return open;
    }

    private static Case Rebuild(AskJudge asked, IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> kept, Action<IReadOnlyList<AnalysisBin>>? judged = null)
    {
        var open = new Case(asked, FirstSecondOf(asked), CountersOfSessions(asked, kept));
        foreach (var second in kept.GroupBy(r => r.Second.Second).OrderBy(g => g.Key))
        {
            var settled = open.Fold([.. second], asked.FullAt, countedUntil: null);
            judged?.Invoke(settled);
        }

        return open;
    }

    /// <summary>The routers that counted sessions of this comparison. One that was started again has seen no session, so it is another.</summary>
    private static HashSet<(string Agent, string Incarnation)> CountersOfSessions(AskJudge asked, IEnumerable<(TrafficSource Source, TrafficSecond Second)> readings) =>
        [.. readings.Where(r => r.Source.Unit == TrafficUnit.Session && r.Second.Second >= asked.Since.ToUnixTimeSeconds() && r.Second.Started > 0).Select(r => (r.Source.Agent, r.Source.Incarnation))];

    private static BinRow RowOf((TrafficSource Source, TrafficSecond Second) bin)
    {
        var (source, second) = bin;
        var reading = new BinReading(source, second);
        return new BinRow($"{source.Agent}/{source.Incarnation}/{source.Generation}/{source.VersionSet}", second.Second.ToString(), second.Second, JsonSerializer.Serialize(reading, BinJson.Default.BinReading));
    }

    /// <summary>A kept second of one source.</summary>
    private static (TrafficSource Source, TrafficSecond Second) ReadingOf(BinRow row)
    {
        var reading = JsonSerializer.Deserialize(row.Payload, BinJson.Default.BinReading) ?? throw new JsonException($"The bin {row.Source}/{row.Key} is null.");
        return (reading.Source, reading.Second);
    }

    private static JudgeAnswer AnswerOf(AnalysisResult result, DateTimeOffset at, DateTimeOffset? countedUntil) => new()
    {
        CountedUntil = countedUntil,
        Verdict = VerdictOf(result.Verdict),
        Reason = result.Reason,
        Guaranteed = result.Guarantee == Guarantee.Guaranteed,
        At = at,
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
            Guaranteed = c.Guarantee == Guarantee.Guaranteed,
            DryRun = c.DryRun,
            Measured = c.Measured,
        })],
    };

    private static JudgeVerdict VerdictOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => JudgeVerdict.Passed,
        Verdict.Failed => JudgeVerdict.Failed,
        _ => JudgeVerdict.Inconclusive,
    };

    /// <summary>One rollout's judgement in memory.</summary>
    private sealed class Case(AskJudge asked, long from, HashSet<(string Agent, string Incarnation)> countersOfSessions)
    {
        private readonly AnalysisSettings settings = SettingsOf(asked, countersOfSessions.Count);
        private readonly RunningAnalysis analysis = new(SettingsOf(asked, countersOfSessions.Count));
        private readonly StableHalves halves = new();
        private readonly Dictionary<(TrafficSource Source, long Second), TrafficSecond> known = [];
        private readonly bool isBaseline = asked.Spec.Baseline;
        private readonly long shift = asked.Since.ToUnixTimeSeconds();
        private WatchAnalysis? watch;
        private long newest;

        public long From { get; } = from;

        public DateTimeOffset AskedAt { get; set; }

        /// <summary>How many routers have counted sessions; 0 where requests are counted.</summary>
        public int RoutersOfSessions => countersOfSessions.Count;

        public int RoutersOfSessionsWith(IEnumerable<(TrafficSource Source, TrafficSecond Second)> fresh) => CountersOfSessions(asked, fresh).Union(countersOfSessions).Count();

        /// <summary>φ of the stable arm. The routers' own counts have no need of it: which arm a request came to was drawn.</summary>
        public (double? Dispersion, bool TooEarly) Dispersion() => halves.Estimate(KnownDispersion);

        /// <summary>φ of the lane before the rollout; null: not known.</summary>
        public double? KnownDispersion { get; set; }

        /// <summary>The seconds of the two versions whose numbers are new. Marked requests and copies are left out: who gets them was not drawn.</summary>
        public IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> NewsOf(IReadOnlyList<(TrafficSource Source, IReadOnlyList<TrafficSecond> Seconds)> kept) =>
            [.. kept
                .Where(k => k.Source.Arm is Arm.Stable or Arm.Canary or Arm.Baseline && (k.Source.VersionSet == asked.VersionSet || k.Source.VersionSet == asked.StableVersionSet))
                .SelectMany(k => k.Seconds.Select(s => (k.Source, s)))
                .Where(k => !known.TryGetValue((k.Source, k.s.Second), out var before) || !Same(before, k.s))
                .OrderBy(k => k.s.Second)];

        /// <param name="countedUntil">Null: up to the newest second that is known.</param>
        /// <returns>The seconds that are judged for good with this.</returns>
        public IReadOnlyList<AnalysisBin> Fold(IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> fresh, DateTimeOffset? fullAt, DateTimeOffset? countedUntil)
        {
            foreach (var (source, second) in fresh)
            {
                if (source.VersionSet == asked.StableVersionSet)
                {
                    halves.Add(known.GetValueOrDefault((source, second.Second)), second);
                }

                known[(source, second.Second)] = second;
                newest = Math.Max(newest, second.Second);
            }

            var full = fullAt?.ToUnixTimeSeconds();
            foreach (var (second, generation) in fresh.Select(f => (f.Second.Second, f.Source.Generation)).Distinct().Order().ToList())
            {
                Observe(second, generation, full);
            }

            var readAt = Math.Max(newest, countedUntil?.ToUnixTimeSeconds() ?? 0);
            var settled = analysis.Complete(readAt);
            watch?.Complete(readAt);
            Prune();
            return settled;
        }

        public AnalysisResult Result() => analysis.HasFailed || watch is null ? analysis.Result() : watch.Result();

        private void Observe(long second, long generation, long? full)
        {
            var sources = known.Where(k => k.Key.Second == second && k.Key.Source.Generation == generation).ToList();
            if (sources.Exists(s => s.Key.Source.Unit == TrafficUnit.Session))
            {
                // Sessions were drawn, so sessions are what can be compared; a router that counts requests all the same does not add to them.
                sources.RemoveAll(s => s.Key.Source.Unit != TrafficUnit.Session);
            }

            var canary = sources.Where(s => s.Key.Source.VersionSet == asked.VersionSet).ToList();
            var stable = sources.Where(s => s.Key.Source.VersionSet == asked.StableVersionSet).ToList();
            // Before the rollout's first shift what was not on stable was on some earlier version: this one's share was none.
            var weight = canary.Count > 0 ? canary[0].Key.Source.Weight : stable.Count > 0 && second >= shift && !isBaseline ? 100 - stable[0].Key.Source.Weight : 0;

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

        // Routers know nothing of each other's sessions: one that came to several counts at each, always on the same arm. Divided by their number it counts once at most. With one
        // router alone the draw assigned each unit, and the false-alarm rate is a theorem.
        private static AnalysisSettings SettingsOf(AskJudge asked, int routers)
        {
            var settings = AnalysisSettings.From(asked.Spec, asked.RequestTimeout);
            return routers <= 1 ? settings : settings with
            {
                Randomised = false, Dispersion = routers, Because = $"{routers} routers counted sessions, which may be the same ones, so counts are divided by {routers}",
            };
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
            foreach (var old in known.Keys.Where(k => k.Second < newest - 240).ToList())
            {
                known.Remove(old);
            }
        }

        private static bool Same(TrafficSecond a, TrafficSecond b) =>
            a.Started == b.Started && a.Finished == b.Finished && a.Errors5xx == b.Errors5xx && a.ConnectFailures == b.ConnectFailures && a.TimedOut == b.TimedOut
            && a.ClientGone == b.ClientGone && a.Halves == b.Halves && a.Latency.SequenceEqual(b.Latency) && a.InFlightOver.SequenceEqual(b.InFlightOver);
    }
}
