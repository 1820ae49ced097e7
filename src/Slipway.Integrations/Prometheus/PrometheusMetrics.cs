using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Prometheus;

/// <summary>The HTTP API of Prometheus: <c>/api/v1/query</c> for a moment, <c>/api/v1/query_range</c> for a window, both as a form by POST, for queries may be long.</summary>
internal sealed class PrometheusMetrics(MetricSourceDefinition source, MetricRequests requests) : IMetricSource
{
    public async Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel)
    {
        if (question.Value is not null)
        {
            return new MetricAnswer.Failed($"{source.Name} is a Prometheus, whose answers need no expression. Say in PromQL what the number is.", false);
        }

        var query = MetricReplies.Fill(MetricQuery.Read(MetricSourceKind.Prometheus, question.Query), question);
        if (query.Text is not { } promql)
        {
            return new MetricAnswer.Failed(query.Problem!, false);
        }

        var (path, form) = Form(promql, question);
        var (origin, url) = (new Uri(source.Url), new Uri($"{source.Url.TrimEnd('/')}/api/v1/{path}"));
        return await requests.AskAsync(source, origin, () => new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) }, reply => PrometheusAnswer.Read(source, reply, question), cancel);
    }

    private (string Path, Dictionary<string, string> Form) Form(string promql, MetricQuestion question)
    {
        var form = new Dictionary<string, string>
        {
            ["query"] = promql,
            ["timeout"] = MetricQuery.Duration(source.Timeout),
            // Without it a series that has ended goes on for five minutes. Versions up to 2.42 leave it aside.
            ["lookback_delta"] = MetricQuery.Duration(MetricSoundness.StepsToStale * question.Step),
        };
        switch (question.Span)
        {
            case MetricSpan.Moment moment:
                form["time"] = MetricQuery.Seconds(moment.At);
                return ("query", form);
            case MetricSpan.Window window:
                form["start"] = MetricQuery.Seconds(window.From);
                form["end"] = MetricQuery.Seconds(window.To);
                form["step"] = MetricQuery.Duration(question.Step);
                return ("query_range", form);
            default:
                throw new InvalidOperationException($"Nothing is known of {question.Span.GetType().Name}.");
        }
    }
}
