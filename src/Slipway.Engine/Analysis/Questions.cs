using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Analysis;

/// <summary>What a measured check asks of its source at one time.</summary>
internal static class Questions
{
    /// <summary>Asks all of them side by side; what a source cannot say is said in the measurement.</summary>
    public static async Task<Measurement> AskAsync(CheckSpec check, long number, DateTimeOffset at, AskJudge asked, IMetricSource source, CancellationToken cancel)
    {
        var parts = await Task.WhenAll(Of(check, at, asked).Select(async question =>
        {
            var answer = question.Ask is { } ask ? await source.AskAsync(ask, cancel) : new MetricAnswer.Failed(question.Problem!, Retryable: false);
            var part = answer switch
            {
                MetricAnswer.Value value => new MeasuredPart(question.Part, Value: value.Number),
                MetricAnswer.Values values => new MeasuredPart(question.Part, Values: [.. values.Points.Select(p => p.Value)]),
                MetricAnswer.NoData none => new MeasuredPart(question.Part, NoData: none.Why),
                MetricAnswer.Failed failed => new MeasuredPart(question.Part, Failure: failed.Why),
                _ => throw new InvalidOperationException("An answer is none of those that there are."),
            };
            return part with { Command = answer.Command };
        }));
        return new Measurement(check.Title, number, at, parts);
    }

    private static IEnumerable<(string Part, MetricQuestion? Ask, string? Problem)> Of(CheckSpec check, DateTimeOffset at, AskJudge asked)
    {
        switch (check)
        {
            case { Counts: { } counts }:
                foreach (var (part, isBad, canary) in new[] { (CountsCheck.CanaryTotal, false, true), (CountsCheck.CanaryBad, true, true), (CountsCheck.StableTotal, false, false), (CountsCheck.StableBad, true, false) })
                {
                    var (query, value) = isBad ? (counts.Bad, counts.BadValue) : (counts.Total, counts.TotalValue);
                    yield return Ask(part, counts.Source, query, value ?? counts.Value, new MetricSpan.Moment(at), counts.Step, asked, canary);
                }

                break;
            case { Threshold: { } threshold }:
                yield return threshold.Range is { } range
                    ? Ask("values", threshold.Source, threshold.Query, threshold.Value, new MetricSpan.Window(at - range, at), threshold.Step, asked, canary: true)
                    : Ask(ThresholdCheck.Value, threshold.Source, threshold.Query, threshold.Value, new MetricSpan.Moment(at), threshold.Step, asked, canary: true);
                if (ThresholdCheck.AsksStable(threshold))
                {
                    yield return Ask(ThresholdCheck.Stable, threshold.Source, threshold.Query, threshold.Value, new MetricSpan.Moment(at), threshold.Step, asked, canary: false);
                }

                break;
            case { Ranks: { } ranks }:
                // As much of the time since the beginning as one answer can hold.
                var longest = ranks.Step * (Limits.MetricPoints - 1);
                var from = at - asked.Since > longest ? at - longest : asked.Since;
                foreach (var metric in ranks.Metrics)
                {
                    foreach (var canary in new[] { true, false })
                    {
                        yield return Ask(RankCheck.PartOf(metric.Name, canary), ranks.Source, metric.Query, metric.Value, new MetricSpan.Window(from, at), ranks.Step, asked, canary);
                    }
                }

                break;
        }
    }

    private static (string, MetricQuestion?, string?) Ask(string part, string source, string query, string? value, MetricSpan span, TimeSpan step, AskJudge asked, bool canary)
    {
        Expression? expression = null;
        if (value is not null && MetricValue.Read(value) is var read)
        {
            if (read.Expression is null)
            {
                return (part, null, $"The expression {value} cannot be read: {string.Join(' ', read.Problems)}");
            }

            expression = read.Expression;
        }

        var (version, set) = canary ? (asked.Version, asked.VersionSet) : (asked.StableVersion, asked.StableVersionSet);
        var arguments = new Dictionary<string, string?>
        {
            ["service"] = asked.Lane.Service,
            ["environment"] = asked.Lane.Environment,
            ["version"] = version,
            ["versionSet"] = set,
            ["stableVersion"] = asked.StableVersion,
            ["stableVersionSet"] = asked.StableVersionSet,
        };
        return (part, new MetricQuestion
        {
            Source = source,
            Query = query,
            Arguments = arguments.Where(a => !string.IsNullOrEmpty(a.Value)).ToDictionary(a => a.Key, a => a.Value!),
            Span = span,
            Step = step,
            Value = expression,
        }, null);
    }
}
