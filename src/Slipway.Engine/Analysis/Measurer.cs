using System.Collections.Concurrent;
using System.Text.Json;
using Slipway.Core.Analysis;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Analysis;

/// <summary>
/// Measures what rollouts' checks ask of metric sources. A look never waits for a source: it starts what is due, and takes in what has come since the last look. Every measurement is kept as a row
/// before it is judged; what is in memory is only a fold of those rows.
/// </summary>
public sealed class Measurer(IStore store, IMetricSource sources)
{
    private const string RowPrefix = "metric/";
    private readonly ConcurrentDictionary<string, IReadOnlyList<OpenCheck>> cases = new(StringComparer.Ordinal);

    /// <summary>Whether a row is a measurement, and not a second of a router.</summary>
    public static bool IsMeasurement(BinRow row) => row.Source.StartsWith(RowPrefix, StringComparison.Ordinal);

    /// <summary>Whether a check compares units that Slipway did not draw.</summary>
    internal static bool NeedsDispersion(CheckSpec check) => check.Kind == CheckKind.Counts;

    public static Measurement MeasurementOf(BinRow row) =>
        JsonSerializer.Deserialize(row.Payload, BinJson.Default.Measurement) ?? throw new JsonException($"The measurement {row.Source}/{row.Key} is null.");

    /// <param name="key">Names the judgement: another one begins from nothing.</param>
    /// <param name="dispersion">Gives φ of the stable arm as it is known now.</param>
    /// <returns>What each measured check says now; those that compare versions are left out once there is but one.</returns>
    public async Task<IReadOnlyList<CheckResult>> LookAsync(string key, AskJudge asked, Func<(double? Dispersion, bool TooEarly)> dispersion, CancellationToken cancel)
    {
        if (!asked.Spec.Checks.Any(c => c.IsMeasured))
        {
            return [];
        }

        if (!cases.TryGetValue(key, out var checks))
        {
            checks = await OpenAsync(asked, cancel);
            cases[key] = checks;
        }

        foreach (var check in checks.Where(c => Applies(c.Spec.Kind, asked)))
        {
            if (check.TakeFinished() is { } finished)
            {
                var measurement = finished;
                if (NeedsDispersion(check.Spec) && dispersion() is var (known, tooEarly))
                {
                    measurement = finished with { Dispersion = known, TooEarly = tooEarly };
                }

                await store.WriteBinsAsync(asked.Rollout, [RowOf(check.Source, measurement)], cancel);
                check.Fold.Fold(measurement);
            }

            check.StartDue(store.Now, asked, sources);
        }

        return [.. checks.Where(c => Applies(c.Spec.Kind, asked)).Select(c => c.Fold.Result())];
    }

    /// <summary>Lets go of a judgement; what is being asked for it is no longer waited for.</summary>
    public void Forget(string key)
    {
        if (cases.TryRemove(key, out var checks))
        {
            foreach (var check in checks)
            {
                check.Dispose();
            }
        }
    }

    /// <summary>How the measured checks of a rollout came to what they say; those that compare versions, up to 100 %.</summary>
    public static IReadOnlyList<CheckTrace> Traces(AskJudge asked, IReadOnlyList<BinRow> kept)
    {
        var settings = AnalysisSettings.From(asked.Spec, asked.RequestTimeout);
        return [.. asked.Spec.Checks.Where(c => c.IsMeasured).Select(check => IMeasuredCheck.Trace(check, settings, MeasurementsOf(SourceOf(check, asked), kept)))];
    }

    /// <summary>What those of them say that are heard: the same as a look at the same measurements has.</summary>
    public static IReadOnlyList<CheckResult> Heard(AskJudge asked, IEnumerable<CheckTrace> traces) => [.. traces.Where(trace => Applies(trace.Kind, asked)).Select(trace => trace.Result)];

    /// <summary>As <see cref="Heard"/> of their <see cref="Traces"/>, which are not drawn for it.</summary>
    public static IReadOnlyList<CheckResult> Results(AskJudge asked, IReadOnlyList<BinRow> kept)
    {
        var settings = AnalysisSettings.From(asked.Spec, asked.RequestTimeout);
        return [.. asked.Spec.Checks.Where(check => check.IsMeasured && Applies(check.Kind, asked)).Select(check =>
        {
            var fold = IMeasuredCheck.Of(check, settings);
            foreach (var measurement in MeasurementsOf(SourceOf(check, asked), kept))
            {
                fold.Fold(measurement);
            }

            return fold.Result();
        })];
    }

    private async Task<IReadOnlyList<OpenCheck>> OpenAsync(AskJudge asked, CancellationToken cancel) =>
        Checks(asked, [.. (await store.ReadBinsAsync(asked.Rollout, asked.Since.ToUnixTimeSeconds(), cancel)).Where(IsMeasurement)]);

    private static List<OpenCheck> Checks(AskJudge asked, IReadOnlyList<BinRow> rows)
    {
        var settings = AnalysisSettings.From(asked.Spec, asked.RequestTimeout);
        return [.. asked.Spec.Checks.Where(c => c.IsMeasured).Select(check =>
        {
            var open = new OpenCheck(check, IMeasuredCheck.Of(check, settings), asked.Since, SourceOf(check, asked));
            foreach (var measurement in MeasurementsOf(open.Source, rows))
            {
                open.Resume(measurement);
            }

            return open;
        })];
    }

    /// <summary>A comparison needs two versions: after 100 % there is but one.</summary>
    private static bool Applies(CheckKind kind, AskJudge asked) => kind == CheckKind.Threshold || asked.FullAt is null;

    private static string SourceOf(CheckSpec check, AskJudge asked) => $"{RowPrefix}{check.Title}/{asked.Since.ToUnixTimeMilliseconds()}";

    private static IOrderedEnumerable<Measurement> MeasurementsOf(string source, IEnumerable<BinRow> rows) =>
        rows.Where(row => row.Source == source).Select(MeasurementOf).OrderBy(measurement => measurement.Number);

    private static BinRow RowOf(string source, Measurement measurement) =>
        new(source, measurement.Number.ToString(), measurement.At.ToUnixTimeSeconds(), JsonSerializer.Serialize(measurement, BinJson.Default.Measurement));

    /// <summary>One check of one judgement.</summary>
    private sealed class OpenCheck(CheckSpec check, IMeasuredCheck fold, DateTimeOffset since, string source) : IDisposable
    {
        private readonly CancellationTokenSource cancellation = new();
        private readonly (TimeSpan Delay, TimeSpan Interval) pace = check switch
        {
            { Counts: { } counts } => (counts.Step, counts.Step),
            { Threshold: { } threshold } => (threshold.InitialDelay, threshold.Interval),
            { Ranks: { } ranks } => (ranks.Interval, ranks.Interval),
            _ => throw new ArgumentException($"{check.Title} is not measured.", nameof(check)),
        };

        private Task<Measurement>? running;
        private long next;

        public IMeasuredCheck Fold => fold;

        /// <summary>What its rows are kept under.</summary>
        public string Source => source;

        public CheckSpec Spec => check;

        public void Resume(Measurement measurement)
        {
            fold.Fold(measurement);
            next = measurement.Number + 1;
        }

        public Measurement? TakeFinished()
        {
            if (running is not { IsCompleted: true } done)
            {
                return null;
            }

            running = null;
            return done.IsCompletedSuccessfully ? done.Result : null;
        }

        /// <summary>Those that were missed meanwhile are not made up for: only the newest one that is due.</summary>
        public void StartDue(DateTimeOffset at, AskJudge asked, IMetricSource from)
        {
            var first = since + pace.Delay;
            if (running is not null || fold.IsOver || at < first || (long)((at - first) / pace.Interval) is var due && due < next)
            {
                return;
            }

            next = due + 1;
            running = Questions.AskAsync(check, due, first + (due * pace.Interval), asked, from, cancellation.Token);
        }

        public void Dispose()
        {
            cancellation.Cancel();
            cancellation.Dispose();
        }
    }
}
