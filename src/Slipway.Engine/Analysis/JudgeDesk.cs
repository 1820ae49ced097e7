using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>
/// Judges rollouts on what the routers counted. What each look has before it is first kept as a row, so that a judgement can be rebuilt after a restart, drawn and judged again at any
/// time; what is in memory is only a fold of those rows.
/// </summary>
public sealed class JudgeDesk(IStore store, TrafficIntake traffic, AgentRegistry agents, Measurer measurer)
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
    private readonly ConcurrentDictionary<string, JudgeCase> cases = new(StringComparer.Ordinal);

    public async Task<JudgeAnswer> AskAsync(AskJudge asked, CancellationToken cancel)
    {
        var (open, countedUntil) = await LookAsync(asked, cancel);
        var measured = await measurer.LookAsync(KeyOf(asked), asked, open.Dispersion, cancel);
        return asked.HasTraffic
            ? JudgeAnswers.Of(Judge.Combine([.. open.Result().Checks, .. measured]), store.Now, countedUntil)
            : JudgeAnswers.Of(Judge.Combine(measured), store.Now, countedUntil: store.Now);
    }

    /// <summary>Keeps what was counted of a version that has failed and waits for a person: to be seen, and judged no more.</summary>
    public Task CountOnAsync(AskJudge asked, CancellationToken cancel) => LookAsync(asked, cancel);

    /// <summary>Takes in what was counted since the last look.</summary>
    private async Task<(JudgeCase Case, DateTimeOffset? CountedUntil)> LookAsync(AskJudge asked, CancellationToken cancel)
    {
        var key = KeyOf(asked);
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

        open.AskedAt = now;

        // Read before the counts: what comes in between is news next time.
        var countedUntil = traffic.CountedUntil(asked.Lane, agent => IsOf(asked, agent));
        var complete = traffic.CountedUntilByThoseThatTell(asked.Lane, agent => IsOf(asked, agent));
        var fresh = open.NewsOf([.. traffic.Since(asked.Lane, open.From).Where(kept => IsOf(asked, kept.Source.Agent))]);
        if (open.NextLook(asked, fresh, complete) is { } look)
        {
            await store.WriteBinsAsync(asked.Rollout, [look.RowOf(asked.Since, now, open.From)], cancel);
            if (open.KnowsCountersOf(look))
            {
                open.Fold(look);
            }
            else
            {
                // Each session counts less from now on, and what was counted before must not count more: all of it is judged anew.
                cases[key] = open = await RebuildAsync(asked, cancel);
            }
        }

        return (open, countedUntil);
    }

    /// <summary>Counts of these lanes have come: whoever judges by them is woken, unless it looked just now or was woken since: the counts of many routers come one by one.</summary>
    public async Task CountsCameAsync(IReadOnlyCollection<LaneId> lanes, CancellationToken cancel)
    {
        var now = store.Now;
        var waiting = cases.Values.Where(c => lanes.Contains(c.Asked.Lane) && now - c.AskedAt is var since && since >= Limits.JudgeInterval && since < Awake && c.WokenAt <= c.AskedAt).ToList();
        if (waiting.Count > 0)
        {
            await store.AppendAsync(new Append { Events = [.. waiting.Select(c => new NewMessage(RolloutFlow.ProcessOf(c.Asked.Rollout), $"counts:{incarnation}:{Interlocked.Increment(ref number)}", Flow.TimeCame))] }, cancel);
            waiting.ForEach(c => c.WokenAt = now);
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
        var traces = Measurer.Traces(asked, rows);
        var measured = Measurer.Heard(asked, traces);
        var result = open.HasTraffic ? Judge.Combine([.. open.Result().Checks, .. measured]) : Judge.Combine(measured);
        return new(result, bins, [.. open.Traces([.. bins, .. open.Unsettled()]), .. traces]);
    }

    /// <summary>What <see cref="Replay(AskJudge, IReadOnlyList{BinRow})"/> comes to, without how it came to it: drawing that takes longer than judging.</summary>
    public static AnalysisResult ReplayResult(AskJudge asked, IReadOnlyList<BinRow> rows) => ReplayParts(asked, rows).Last;

    /// <summary>As <see cref="ReplayResult"/>, and beside it what the steps came to where the last word is of the watch after them.</summary>
    /// <returns>Steps: null where the last word is of them, or nothing had come to the new version in them.</returns>
    public static (AnalysisResult Last, AnalysisResult? Steps) ReplayParts(AskJudge asked, IReadOnlyList<BinRow> rows)
    {
        var open = Rebuild(asked, new JudgeJournal(rows));
        var measured = Measurer.Results(asked, rows);
        var last = open.HasTraffic ? Judge.Combine([.. open.Result().Checks, .. measured]) : Judge.Combine(measured);
        var counted = open.HasTraffic ? open.ResultOfSteps() : null;
        if (asked.FullAt?.ToUnixTimeSeconds() is not { } full || (open.HasTraffic && counted is null))
        {
            return (last, null);
        }

        var until = Measurer.Results(asked with { FullAt = null }, [.. rows.Where(row => row.Second < full)]);
        List<CheckResult> steps = [.. counted?.Checks ?? [], .. until];
        return (last, steps.TrueForAll(check => check.CanaryUnits == 0) ? null : Judge.Combine(steps));
    }

    /// <summary>Rings have users of their own: what another one's routers count says nothing of this one, neither of the new version nor of stable.</summary>
    private bool IsOf(AskJudge asked, string agent) => !asked.InRing || agents.RingOf(agent, asked.Rings.Select(ring => (ring.Name, ring.Labels))) == asked.Rings[^1].Name;

    private static string KeyOf(AskJudge asked) => $"{asked.Rollout}@{asked.Since.ToUnixTimeMilliseconds()}";

    private static long FirstSecondOf(AskJudge asked) => (asked.KnownSince ?? asked.Since).ToUnixTimeSeconds() - SecondsBefore;

    private async Task<JudgeCase> RebuildAsync(AskJudge asked, CancellationToken cancel)
    {
        var open = Rebuild(asked, new JudgeJournal(await store.ReadBinsAsync(asked.Rollout, FirstSecondOf(asked), cancel)));
        open.AskedAt = store.Now;
        if (asked.Spec.Checks.Any(Measurer.NeedsDispersion))
        {
            // The minutes of an analysis say little of how instances differ; the hour before it says more.
            open.KnownDispersion = (await store.ReadDocumentAsync(SelfWatchRecord.Collection, asked.Lane.ToString(), cancel))?.As(SelfWatchJson.Default.SelfWatchRecord).Dispersion;
        }

        return open;
    }

    private static JudgeCase Rebuild(AskJudge asked, JudgeJournal journal, Action<IReadOnlyList<AnalysisBin>>? judged = null)
    {
        // What was kept before is of other rings; a ring's own seconds before its turn are in its first look.
        var (before, looks) = (asked.InRing ? [] : journal.SecondsBefore(asked.Since), journal.LooksOf(asked.Since));
        var open = new JudgeCase(asked, FirstSecondOf(asked), JudgeCase.CountersOfSessions(asked, [.. before, .. looks.Where(look => !look.HasFailed).SelectMany(look => look.Readings)]));
        foreach (var second in before.Where(r => r.Second.Second >= open.From).GroupBy(r => r.Second.Second).OrderBy(g => g.Key))
        {
            Judged(open.Fold([.. second], asked.FullAt?.ToUnixTimeSeconds(), second.Key));
        }

        foreach (var look in looks)
        {
            Judged(open.Fold(look));
        }

        return open;

        void Judged(IReadOnlyList<AnalysisBin> settled) => judged?.Invoke(settled);
    }
}
