using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Engine;
using Slipway.Engine.Analysis;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Metric sources: which there are, and what they say.</summary>
internal static class MetricsApi
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromSeconds(30);

    /// <summary>More steps than may be, whatever the step is; and no further back than the calendar goes.</summary>
    private static readonly TimeSpan Longest = Limits.MetricLongestStep * Limits.MetricPoints;

    public static void Map(IEndpointRouteBuilder api)
    {
        var metrics = api.MapGroup("/metrics").WithTags("metrics");
        metrics.MapGet("", List).RequirePermission(Permission.Operate).WithName("listMetricSources").WithSummary("The metric sources that the platform declares.");
        metrics.MapPost("/{source}/query", Ask).RequirePermission(Permission.AskSources).WithName("askMetricSource").WithSummary("Asks a metric source, and says what came of it. Nothing is changed.");
    }

    private static Ok<MetricSourceList> List(MetricSources sources) => TypedResults.Ok(new MetricSourceList
    {
        Items = [.. sources.All.Select(s => new MetricSourceView { Name = s.Name, Kind = JsonWords.Of(s.Kind), Url = s.Url, Run = s.Command?.Run, Timeout = MetricQuery.Duration(s.Timeout), Retries = s.Retries })],
    });

    private static async Task<Results<Ok<MetricAnswerView>, ApiProblem>> Ask(string source, AskMetric body, MetricSources sources, Platform platform, IStore store, CancellationToken cancel)
    {
        if (sources.Find(source) is not { } found)
        {
            return Answers.Problem(Missing.MetricSource(platform, source));
        }

        if (!Durations.TryRead(body.Range, out var range) || !Durations.TryRead(body.Step, out var step))
        {
            return Durations.Problem(Durations.TryRead(body.Range, out _) ? "step" : "range");
        }

        var query = MetricQuery.Read(found.Kind, body.Query ?? "");
        if (query.Query is null)
        {
            return ApiProblem.Invalid("The query cannot be used.", "Mend it; nobody was asked.", "invalidQuery", InFile("query", query.Problems));
        }

        Expression? value = null;
        if (body.Value is { } text)
        {
            var read = MetricValue.Read(text);
            if (read.Expression is null)
            {
                return ApiProblem.Invalid(
                    "The expression for the value cannot be used.", "Mend it; it speaks of `body`, the answer. `slipway docs expressions` prints the language.", "invalidExpression",
                    [.. read.Problems.Select(p => new FileProblem("value", p.Line, p.Column, p.Message, p.Suggestion))]);
            }

            value = read.Expression;
        }

        var now = store.Now;
        var question = new MetricQuestion
        {
            Source = source, Query = body.Query ?? "", Arguments = body.Arguments ?? new Dictionary<string, string>(), Step = step ?? DefaultStep, Value = value,
            Span = range is { } back ? new MetricSpan.Window(now - (back < Longest ? back : Longest), now) : new MetricSpan.Moment(now),
        };
        if (MetricSources.Unfit(question) is { } unfit)
        {
            return ApiProblem.Invalid(unfit, "Ask otherwise; nobody was asked.", "invalidQuestion");
        }

        // What the source itself speaks of is as good as unknown to who writes only the query.
        var url = found.Kind == MetricSourceKind.Http ? MetricQuery.ReadAddress(found.Url).Query : null;
        FileProblem[] without = [.. InFile("url", url?.Without(question.Arguments) ?? []), .. InFile("query", query.Query.Without(question.Arguments))];
        var names = new[] { url, query.Query }.SelectMany(q => q?.Used ?? []).Where(name => MetricQuery.Arguments.Contains(name) && !question.Arguments.ContainsKey(name)).Distinct();
        return without.Length > 0
            ? ApiProblem.Invalid($"{source} cannot be asked without values for its placeholders. Nobody was asked.", string.Join(' ', names.Select(name => $"--set {name}={Example(name)}")) + " (`arguments` in the API)", "missingValues", without)
            : TypedResults.Ok(View(await sources.AskAsync(question, cancel)));
    }

    private static string Example(string name) => name switch { "version" => "1.2.3", "stableVersion" => "1.2.2", "service" => "NAME", "environment" => "prod", _ => "ID" };

    private static FileProblem[] InFile(string part, IReadOnlyList<MetricQueryProblem> problems) => [.. problems.Select(p => new FileProblem(part, p.Line, p.Column, p.Message, p.Suggestion))];

    private static MetricAnswerView View(MetricAnswer answer)
    {
        IReadOnlyList<MetricTryView> tries = [.. answer.Tries.Select(t => new MetricTryView(t.At, Math.Round(t.Took.TotalMilliseconds, 1), t.Words))];
        return answer switch
        {
            MetricAnswer.Value value => new MetricAnswerView { Outcome = MetricOutcomeView.Value, Value = value.Number, Tries = tries },
            MetricAnswer.Values values => new MetricAnswerView { Outcome = MetricOutcomeView.Values, Values = [.. values.Points.Select(p => new MetricPointView(p.At, p.Value))], Tries = tries },
            MetricAnswer.NoData none => new MetricAnswerView { Outcome = MetricOutcomeView.NoData, Why = none.Why, Tries = tries },
            MetricAnswer.Failed failed => new MetricAnswerView { Outcome = MetricOutcomeView.Failed, Why = failed.Why, Retryable = failed.Retryable, Tries = tries },
            _ => throw new InvalidOperationException($"Nothing is known of {answer.GetType().Name}."),
        };
    }
}
