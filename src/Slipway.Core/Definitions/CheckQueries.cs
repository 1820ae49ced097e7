using System.Text.RegularExpressions;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Environments;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Definitions;

/// <summary>What a check asks of its source, held against what the platform says of that source.</summary>
internal static partial class CheckQueries
{
    /// <param name="kind">counts, threshold or mannWhitney.</param>
    /// <param name="asked">What stands under it.</param>
    /// <param name="platform">Null: its sources are not known, and nothing is said.</param>
    public static void Check(string kind, MapNode asked, PlatformDefinition? platform, Findings findings)
    {
        if (platform is null || asked["source"] is not Scalar { IsEmpty: false } source)
        {
            return;
        }

        if (platform.Metrics.FirstOrDefault(m => m.Name == source.Text) is not { } declared)
        {
            findings.Add(source, $"There is no metric source {source.Kind}.", platform.Metrics.Count == 0 ? "platform.yaml declares none, under metrics." : NearWords.Suggest(source.Text, [.. platform.Metrics.Select(m => m.Name)]));
            return;
        }

        if (declared.Command is { } command)
        {
            if (kind != "threshold")
            {
                findings.Add(source, $"{source.Text} is a command, which gives one number at a time.", "Use it in a threshold.");
                return;
            }

            CheckCommand(asked, source, command, findings);
        }

        CheckMissing(kind == "threshold" ? [asked] : Asking(asked).Where(part => part != asked), declared, findings);
        foreach (var query in Asking(asked).SelectMany(part => new[] { part["bad"], part["total"], part["query"] }).OfType<Scalar>().Where(q => !q.IsEmpty))
        {
            foreach (var problem in MetricQuery.Read(declared.Kind, query.Text).Problems)
            {
                ExpressionShape.Tell(query, "query", problem.Line, problem.Column, problem.Message, problem.Suggestion, findings);
            }
        }

        foreach (var value in Asking(asked).Select(m => m.Find("value")).OfType<Entry>().Where(_ => declared.Kind == MetricSourceKind.Prometheus))
        {
            findings.Add(value.Key, "value is for sources that answer JSON; Prometheus answers with numbers.", "Remove it, and say in the query what is meant.");
        }
    }

    /// <summary>The parts that say what is asked: the check, its metrics, and bad and total with a value of their own.</summary>
    private static IEnumerable<MapNode> Asking(MapNode asked) =>
        asked.List("metrics").OfType<MapNode>().Append(asked).Concat(new[] { asked["bad"], asked["total"] }.OfType<MapNode>());

    /// <summary>A Prometheus has nothing to answer without a query, nor has a command that speaks of it; an http source has its url.</summary>
    private static void CheckMissing(IEnumerable<MapNode> parts, MetricSourceDefinition declared, Findings findings)
    {
        var why = declared.Kind == MetricSourceKind.Prometheus ? "is a Prometheus, which is asked in PromQL"
            : declared.Command is { } command && SpeaksOfQuery().IsMatch(command.Run) ? "is a command that speaks of $QUERY"
            : null;
        foreach (var part in parts.Where(part => why is not null && part["query"] is null && !part.HasMisspelt("query", CheckKeys.Part.Allowed)))
        {
            findings.Add(part, $"query is missing: {declared.Name} {why}.", "Say what is asked, such as query: …");
        }
    }

    /// <summary>A command costs a job each time, so it is asked for one number now and then.</summary>
    private static void CheckCommand(MapNode asked, Scalar source, MetricCommand command, Findings findings)
    {
        if (asked.Find("range") is { } range)
        {
            findings.Add(range.Key, $"{source.Text} is a command, which gives one number and no window of them.", "Remove range, or let the command look at a time.");
        }

        if ((Values.Span(asked["interval"]) ?? new ThresholdSpec { Source = "", Query = "" }.Interval) is var interval && interval < command.Interval)
        {
            findings.Add(asked["interval"] ?? source, $"{source.Text} may be asked every {Values.Words(command.Interval)} at most, not every {Values.Words(interval)}.", $"Write interval: {Values.Words(command.Interval)}, or more.");
        }
    }

    /// <summary><c>$QUERY</c> or <c>${QUERY}</c>, but for where the script itself says what is meant without one: <c>${QUERY:-all}</c>.</summary>
    [GeneratedRegex(@"(?<!\\)\$(?:QUERY(?![A-Za-z0-9_])|\{QUERY(?![A-Za-z0-9_])(?!:?[-+=]))", RegexOptions.CultureInvariant)]
    private static partial Regex SpeaksOfQuery();
}
