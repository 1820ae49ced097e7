using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Traffic;
using Slipway.Engine.Access;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>
/// Judges each lane's stable version against itself between rollouts, so that people see how often the judge blames what is no worse. Nothing else follows from an alarm. What was seen is kept
/// by lane; a window under way is in memory alone, and one that a rollout, another version or a restart cuts short counts as broken off.
/// </summary>
public sealed partial class SelfWatch(IStore store, TrafficIntake traffic, LaneStates lanes, TimeProvider time, ILogger<SelfWatch> log)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    /// <summary>Routers add what comes even later to another second; and the intake keeps seconds for longer than this.</summary>
    private const int LongestWait = 120, OldestRead = 160;

    /// <summary>How far a window may go on before what it has seen so far is kept.</summary>
    private const int SavedEvery = 300;
    private readonly ConcurrentDictionary<LaneId, Watched> watched = new();

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await LookAsync(cancel);
            }
            catch (StoreUnavailableException away) when (away.Retryable)
            {
                LogStoreAway(away);
            }
        }
    }

    /// <summary>One look at all lanes.</summary>
    public async Task LookAsync(CancellationToken cancel) =>
        await LookAsync([.. (await lanes.ListAsync(null, cancel)).Where(lane => lane.Stable is not null).Select(RestingLane.Of)], cancel);

    /// <summary>What was seen of a service, by environment; of a lane that was never watched there is nothing.</summary>
    public async Task<IReadOnlyList<(string Environment, SelfWatchRecord Record)>> OfServiceAsync(string service, CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(SelfWatchRecord.Collection, service + "/", int.MaxValue, newestFirst: false, cancel)).Select(d => (d.Key[(service.Length + 1)..], d.As(SelfWatchJson.Default.SelfWatchRecord)))];

    /// <summary>What goes on in a lane now, in words; null: it has not been looked at.</summary>
    public string? NoteOf(LaneId lane) => watched.GetValueOrDefault(lane)?.Note;

    /// <summary>One look at these lanes, which are all that there are.</summary>
    public async Task LookAsync(IReadOnlyList<RestingLane> all, CancellationToken cancel)
    {
        foreach (var gone in watched.Keys.Except(all.Select(lane => lane.Lane)).ToList())
        {
            await BreakOffAsync(gone, watched[gone], cancel);
            watched.TryRemove(gone, out _);
        }

        foreach (var lane in all)
        {
            if (!watched.TryGetValue(lane.Lane, out var state))
            {
                watched[lane.Lane] = state = new Watched(await ReadAsync(lane.Lane, cancel));
            }

            await LookAsync(lane, state, cancel);
        }
    }

    private async Task LookAsync(RestingLane lane, Watched state, CancellationToken cancel)
    {
        if (state.Window is null ? state.Record.OpenSince is not null : !lane.Rests || state.VersionSet != lane.VersionSet)
        {
            await BreakOffAsync(lane.Lane, state, cancel);
        }

        if (!lane.Rests || traffic.CountedUntil(lane.Lane)?.ToUnixTimeSeconds() is not { } until)
        {
            state.Rest(lane.Rests ? "no router has told anything yet" : "a rollout is under way");
            return;
        }

        // What a rollout was part of is not looked at: the first bin begins now.
        var next = state.VersionSet == lane.VersionSet && state.Next is { } known ? Math.Max(known, UpToBin(until - OldestRead)) : UpToBin(until);
        (state.VersionSet, state.Next) = (lane.VersionSet, next);
        var settled = until - Math.Min(LongestWait, (long)Math.Ceiling(lane.Settings.RequestTimeout.TotalSeconds) + 2);
        var readings = next + SelfWindow.BinSeconds <= settled ? Halves(lane, next) : [];
        for (; next + SelfWindow.BinSeconds <= settled; next += SelfWindow.BinSeconds)
        {
            // Before it is taken in: should the store fail meanwhile, it is not taken in twice.
            state.Next = next + SelfWindow.BinSeconds;
            await FoldAsync(lane, state, next, [.. readings.Where(r => r.Second >= next && r.Second < next + SelfWindow.BinSeconds)
                .GroupBy(r => r.Router).Select(r => new HalvesBin(r.Sum(s => s.Halves.FirstUnits), r.Sum(s => s.Halves.FirstBad), r.Sum(s => s.Halves.SecondUnits), r.Sum(s => s.Halves.SecondBad)))], cancel);
        }
    }

    private async Task FoldAsync(RestingLane lane, Watched state, long second, IReadOnlyList<HalvesBin> routers, CancellationToken cancel)
    {
        if (state.Window is { } before && before.IsOver(second))
        {
            await SaveAsync(lane.Lane, state, state.Ended() with { Windows = state.Record.Windows + 1 }, cancel);
            state.End();
        }

        if (state.Window is null && routers.Any(SelfWindow.Compares))
        {
            await SaveAsync(lane.Lane, state, state.Record with { OpenSince = DateTimeOffset.FromUnixTimeSeconds(second), FalseAlarmRate = lane.Settings.FalseAlarmRate }, cancel);
            state.Begin(new SelfWindow(second, lane.Settings));
        }

        if (state.Window is not { } window)
        {
            state.Note = "no router has had requests at two instances of it";
            return;
        }

        window.Fold(second, routers);
        state.Note = "watched";
        if (!state.ToldAlarm && window is { Alarm: { Totals: var totals } alarm, Words: { } words })
        {
            var told = new SelfAlarm(
                DateTimeOffset.FromUnixTimeSeconds(alarm.Second), lane.Version, (long)totals.CanaryUnits, (long)totals.CanaryBad, (long)totals.StableUnits, (long)totals.StableBad, words);
            LogAlarm(lane.Lane, words);
            await SaveAsync(lane.Lane, state, state.SoFar() with { Alarms = state.Record.Alarms + 1, LastAlarms = [.. state.Record.LastAlarms.Prepend(told).Take(SelfWatchRecord.MostAlarms)] }, cancel);
            state.ToldAlarm = true;
        }
        else if (window.Watched - state.Saved >= SavedEvery)
        {
            await SaveAsync(lane.Lane, state, state.SoFar(), cancel);
        }
    }

    private async Task BreakOffAsync(LaneId lane, Watched state, CancellationToken cancel)
    {
        if (state.Record.OpenSince is not null)
        {
            await SaveAsync(lane, state, state.Ended() with { BrokenOff = state.Record.BrokenOff + 1 }, cancel);
        }

        state.Rest("no window is under way");
    }

    private List<(string Router, long Second, TrafficHalves Halves)> Halves(RestingLane lane, long from) =>
        [.. traffic.Since(lane.Lane, from)
            .Where(s => s.Source.VersionSet == lane.VersionSet && s.Source.Arm is Arm.Stable or Arm.Canary)
            .SelectMany(s => s.Seconds.Where(second => second.Halves is not null).Select(second => ($"{s.Source.Agent}/{s.Source.Incarnation}", second.Second, second.Halves!)))];

    private async Task<SelfWatchRecord> ReadAsync(LaneId lane, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(SelfWatchRecord.Collection, lane.ToString(), cancel))?.As(SelfWatchJson.Default.SelfWatchRecord) ?? new();

    private async Task SaveAsync(LaneId lane, Watched state, SelfWatchRecord record, CancellationToken cancel)
    {
        await store.AppendAsync(new Append { Documents = [new DocumentWrite(SelfWatchRecord.Collection, lane.ToString(), DocumentJson.ToNode(record, SelfWatchJson.Default.SelfWatchRecord))] }, cancel);
        state.Record = record;
        state.Saved = state.Window?.Watched ?? 0;
    }

    private static long UpToBin(long second) => (second + SelfWindow.BinSeconds - 1) / SelfWindow.BinSeconds * SelfWindow.BinSeconds;

    [LoggerMessage(1411, LogLevel.Information, "{Lane} compared with itself: the judge would have blamed it ({Words}). Nothing follows from that.")]
    private partial void LogAlarm(LaneId lane, string words);

    [LoggerMessage(1412, LogLevel.Warning, "The store is away; lanes are compared with themselves again when it is back.")]
    private partial void LogStoreAway(Exception fault);

    /// <summary>One lane's window, and what is kept of it.</summary>
    private sealed class Watched(SelfWatchRecord record)
    {
        public SelfWatchRecord Record { get; set; } = record;
        public SelfWindow? Window { get; set; }
        public string? VersionSet { get; set; }

        /// <summary>The first second of the next bin; null: not known yet.</summary>
        public long? Next { get; set; }

        /// <summary>Seconds of the window that the record has.</summary>
        public long Saved { get; set; }
        public bool ToldAlarm { get; set; }
        public string Note { get; set; } = "";

        public void Begin(SelfWindow window) => (Window, Saved, ToldAlarm) = (window, 0, false);

        public void End() => (Window, Saved) = (null, 0);

        public void Rest(string note)
        {
            End();
            (Next, Note) = (null, note);
        }

        public SelfWatchRecord SoFar() => Record with { SecondsWatched = Record.SecondsWatched + (Window?.Watched ?? 0) - Saved };

        public SelfWatchRecord Ended() => SoFar() with { OpenSince = null, Dispersion = Window?.Dispersion ?? Record.Dispersion };
    }
}

/// <summary>A lane with a stable version, and whether nothing moves in it.</summary>
public sealed record RestingLane(LaneId Lane, string VersionSet, string Version, AnalysisSettings Settings, bool Rests)
{
    public static RestingLane Of(LaneState lane)
    {
        var stable = lane.Stable!;
        return new(lane.Lane, stable.Spec.Id, stable.Spec.Version, AnalysisSettings.From(stable.Inputs.Definition.Rollout, stable.Spec.Run.RequestTimeout), Rests: lane.Active is null);
    }
}
