using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>One rollout's judgement in memory.</summary>
internal sealed class JudgeCase
{
    private readonly AskJudge asked;
    private readonly IReadOnlySet<(string Agent, string Incarnation)> countersOfSessions;
    private readonly AnalysisSettings settings;
    private readonly RunningAnalysis analysis;
    private readonly StableHalves halves = new();
    private readonly Dictionary<long, Dictionary<TrafficSource, TrafficSecond>> known = [];

    /// <summary>The new version's, by generation.</summary>
    private readonly Dictionary<long, int> weights = [];
    private readonly bool isBaseline;

    /// <summary>The first second that is wholly of this judgement.</summary>
    private readonly long shift;

    /// <summary>What each router has of the two that are compared, whether or not requests have come to it.</summary>
    private readonly HashSet<TrafficSource> told = [];
    private WatchAnalysis? watch;

    /// <summary>The watch as long as nothing has come for it: made anew when more is known of stable before it.</summary>
    private WatchAnalysis? idle;
    private long newest, looks;
    private (long ReadAt, long? FullAt, bool HasTraffic)? last;

    public JudgeCase(AskJudge asked, long from, IReadOnlySet<(string Agent, string Incarnation)> countersOfSessions)
    {
        (this.asked, this.countersOfSessions, From) = (asked, countersOfSessions, from);
        (isBaseline, shift) = (asked.Spec.Baseline, (asked.Since + TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1)).ToUnixTimeSeconds());
        settings = SettingsOf(asked, countersOfSessions.Count);
        analysis = new(settings);
    }

    public bool HasTraffic => last?.HasTraffic ?? (asked.HasTraffic || newest > 0);

    public long From { get; }

    public AskJudge Asked => asked;

    public DateTimeOffset AskedAt { get; set; }

    /// <summary>When counts last made somebody ask; not after <see cref="AskedAt"/>: it has asked since.</summary>
    public DateTimeOffset WokenAt { get; set; }

    /// <summary>φ of the stable arm. The routers' own counts have no need of it: which arm a request came to was drawn.</summary>
    public (double? Dispersion, bool TooEarly) Dispersion() => halves.Estimate(KnownDispersion);

    /// <summary>φ of the lane before the rollout; null: not known.</summary>
    public double? KnownDispersion { get; set; }

    /// <summary>The routers that counted sessions of this comparison. One that was started again has seen no session, so it is another.</summary>
    public static HashSet<(string Agent, string Incarnation)> CountersOfSessions(AskJudge asked, IEnumerable<(TrafficSource Source, TrafficSecond Second)> readings) =>
        [.. readings.Where(r => r.Source.Unit == TrafficUnit.Session && r.Second.Second >= asked.Since.ToUnixTimeSeconds() && r.Second.Started > 0).Select(r => (r.Source.Agent, r.Source.Incarnation))];

    public bool KnowsCountersOf(JudgeLook look) => look.HasFailed || CountersOfSessions(asked, look.Readings).IsSubsetOf(countersOfSessions);

    /// <summary>The seconds of the two versions whose numbers are new. Marked requests and copies are left out: who gets them was not drawn.</summary>
    public IReadOnlyList<LookNews> NewsOf(IReadOnlyList<(TrafficSource Source, IReadOnlyList<TrafficSecond> Seconds)> kept) =>
        [.. kept
            .Where(k => k.Source.Arm is Arm.Stable or Arm.Canary or Arm.Baseline && (k.Source.VersionSet == asked.StableVersionSet || k.Source.VersionSet == asked.VersionSet))
            .Select(k => new LookNews(k.Source, [.. k.Seconds.Where(s => !(known.TryGetValue(s.Second, out var sources) && sources.TryGetValue(k.Source, out var before)) || !Same(before, s))]))
            .Where(news => news.Seconds.Count > 0 || !told.Contains(news.Source))];

    /// <summary>What a look has before it; null: nothing that the one before had not.</summary>
    /// <param name="complete">Up to when all has been told; one router may be ahead of another. Null: nothing is known to be whole yet.</param>
    public JudgeLook? NextLook(AskJudge now, IReadOnlyList<LookNews> fresh, DateTimeOffset? complete)
    {
        var readAt = Math.Max(last?.ReadAt ?? 0, complete?.ToUnixTimeSeconds() ?? 0);
        var full = now.FullAt?.ToUnixTimeSeconds();
        return fresh.Count == 0 && last == (readAt, full, now.HasTraffic) ? null : new JudgeLook(looks, readAt, full, now.HasTraffic, fresh, now.HasFailed);
    }

    public IReadOnlyList<AnalysisBin> Fold(JudgeLook look)
    {
        looks = look.Number + 1;
        last = (look.ReadAt, look.FullAt, look.HasTraffic);
        told.UnionWith(look.News.Select(news => news.Source));
        if (look.HasFailed)
        {
            Note(look.Readings);
            Prune();
            return [];
        }

        return Fold([.. look.Readings], look.FullAt, look.ReadAt);
    }

    /// <returns>The seconds that are judged for good with this.</returns>
    public IReadOnlyList<AnalysisBin> Fold(IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> fresh, long? full, long readAt)
    {
        Note(fresh);
        List<ObservedSecond> atFull = [];
        foreach (var (second, generation) in fresh.Select(f => (f.Second.Second, f.Source.Generation)).Distinct().Order().ToList())
        {
            if (Observe(second, generation, full) is { } watched)
            {
                atFull.Add(watched);
            }
        }

        // What was known of stable before the switch may have come with the same look.
        idle = null;
        var settled = analysis.Complete(readAt);
        foreach (var watched in atFull)
        {
            watch ??= new WatchAnalysis(settings, analysis.Baseline());
            watch.Observe(watched);
        }

        watch?.Complete(readAt);
        Prune();
        return settled;
    }

    private void Note(IEnumerable<(TrafficSource Source, TrafficSecond Second)> fresh)
    {
        foreach (var (source, second) in fresh)
        {
            if (!known.TryGetValue(second.Second, out var sources))
            {
                known[second.Second] = sources = [];
            }

            if (source.VersionSet == asked.StableVersionSet)
            {
                halves.Add(sources.GetValueOrDefault(source), second);
            }

            told.Add(source);
            sources[source] = second;
            newest = Math.Max(newest, second.Second);
        }
    }

    /// <summary>How the tests came to what they say of both versions.</summary>
    public IEnumerable<CheckTrace> Traces(IReadOnlyList<AnalysisBin> bins)
    {
        var watched = watch?.Traces().ToList() ?? [];
        foreach (var check in analysis.Result().Checks)
        {
            var trace = new EvidenceTrace();

            // One look may have had more seconds before it than those that decided.
            foreach (var bin in bins.Where(bin => check.Verdict != Verdict.Failed || bin.Second <= check.DecidedAt))
            {
                if (bin.Tests.FirstOrDefault(test => test.Test == check.Name) is { } test)
                {
                    trace.Add(test.BinOf(bin), test.Log10Evidence, test.IsWarmUp == check.IsOfWarmUps);
                }
            }

            yield return new(check.Name == "errors" ? CheckKind.Errors : CheckKind.Latency, check, trace.Points(check.Limit, settings.Dispersion), [])
            {
                Watch = watched.FirstOrDefault(each => each.Result.Name == check.Name),
            };
        }
    }

    public AnalysisResult Result() => analysis.HasFailed ? analysis.Result() : Watched is { } watched ? watched.Result() : WithWhereabouts(analysis.Result());

    /// <summary>What is said of the time up to 100 %, where <see cref="Result"/> is of the watch after it. Null: there is no watch, or a failure before it is the last word.</summary>
    public AnalysisResult? ResultOfSteps() => analysis.HasFailed || Watched is null ? null : analysis.Result();

    /// <summary>On several hosts it may be that no request can come to the canary, or that none did where it is: more requests to the others do not help, so it is said what does.</summary>
    private AnalysisResult WithWhereabouts(AnalysisResult result) => result.Checks.Any(check => check.NoTraffic) && Whereabouts.Of(asked, told) is { } where
        ? Judge.Combine([.. result.Checks.Select(check => check.NoTraffic ? check with { Reason = $"{check.Name}: {where}" } : check)])
        : result;

    /// <summary>As <see cref="RunningAnalysis.Unsettled"/>.</summary>
    public IEnumerable<AnalysisBin> Unsettled() => analysis.Unsettled();

    /// <summary>The new version has all traffic, though none may have come since: then there is nothing beside it any more, and no guarantee.</summary>
    private WatchAnalysis? Watched => watch ?? (last?.FullAt is null ? null : idle ??= new WatchAnalysis(settings, analysis.Baseline()));

    /// <returns>A second in which the new version had all traffic, which is for the watch; null: it is none.</returns>
    private ObservedSecond? Observe(long second, long generation, long? full)
    {
        var sources = known[second].Where(k => k.Key.Generation == generation).ToList();
        if (sources.Exists(s => s.Key.Unit == TrafficUnit.Session))
        {
            // Sessions were drawn, so sessions are what can be compared; a router that counts requests all the same does not add to them.
            sources.RemoveAll(s => s.Key.Unit != TrafficUnit.Session);
        }

        if (second < shift)
        {
            // Of the time before only stable is of interest. What the new version did then was another try, which somebody has begun anew, or another ring's.
            sources.RemoveAll(s => s.Key.VersionSet == asked.VersionSet);
        }

        if (isBaseline)
        {
            sources.RemoveAll(s => !IsDrawnBeside(s.Key));
        }

        var canary = sources.Where(s => s.Key.VersionSet == asked.VersionSet).ToList();
        if (second >= shift && (canary.Count == 0 || sources.Exists(s => s.Key.Weight < 100)))
        {
            // Where one version has all that comes to a router nothing was drawn: on a host that runs only one of them, or in another ring.
            sources.RemoveAll(s => s.Key.Weight == 100);
            canary.RemoveAll(s => s.Key.Weight == 100);
        }

        var stable = sources.Where(s => s.Key.VersionSet == asked.StableVersionSet).ToList();
        if (second >= shift && sources.Count == 0)
        {
            return null;
        }

        if (canary.Count > 0)
        {
            weights[generation] = canary[0].Key.Weight;
        }

        // Before the rollout's first shift what was not on stable was on some earlier version: this one's share was none. Of a baseline alone it cannot be told which of two it is: the larger blames less.
        var weight = canary.Count > 0 ? canary[0].Key.Weight
            : stable.Count == 0 || second < shift ? 0
            : isBaseline && weights.TryGetValue(generation, out var drawn) ? drawn
            : 100 - stable[0].Key.Weight;

        // A baseline arm has as much as the canary, as far as there is: the share is of the two that are compared.
        var other = isBaseline ? Math.Min(weight, 100 - weight) : 100 - weight;
        var observed = new ObservedSecond(second, generation, weight == 0 ? 0 : weight / (double)(weight + other), ArmOf(canary.Select(c => c.Value)), ArmOf(stable.Select(c => c.Value)));
        if (weight < 100)
        {
            analysis.Observe(observed);
        }

        return full is { } since && second >= since && weight == 100 ? observed : null;
    }

    /// <summary>
    /// Whether its router draws between both that are compared: it was told of the other one, with the same weight, or with what is left of 100. On other hosts it has no
    /// counterpart, and what is different there is not the version.
    /// </summary>
    private bool IsDrawnBeside(TrafficSource source) => source.Weight > 0 && told.Any(other =>
        other.Agent == source.Agent && other.Incarnation == source.Incarnation && other.Generation == source.Generation && other.VersionSet != source.VersionSet
        && (other.Weight == source.Weight || other.Weight + source.Weight == 100));

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
            units += s.Units();
            bad += s.Bad();
            open += s.Open();
            LatencyScale.Add(finished, s.Latency);
            LatencyScale.Add(inFlight, s.InFlightOver);
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
        && a.ClientGone == b.ClientGone && a.Halves == b.Halves && a.Latency.SequenceEqual(b.Latency) && a.InFlightOver.SequenceEqual(b.InFlightOver);
}
