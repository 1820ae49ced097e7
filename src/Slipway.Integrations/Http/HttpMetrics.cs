using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Http;

/// <summary>A source that is asked by a GET and answers JSON, of which an expression takes the number.</summary>
internal sealed class HttpMetrics(MetricSourceDefinition source, MetricRequests requests) : IMetricSource
{
    private const int MostAddress = 16_000;

    public async Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel)
    {
        var address = MetricReplies.Fill(MetricQuery.ReadAddress(source.Url), question);
        var parameters = MetricReplies.Fill(MetricQuery.Read(MetricSourceKind.Http, question.Query), question);
        if (address.Text is not { } filled || parameters.Text is not { } more)
        {
            return new MetricAnswer.Failed((address.Problem ?? parameters.Problem)!, false);
        }

        var text = more.Length == 0 ? filled : $"{filled}{(filled.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{more}";
        if (text.Length > MostAddress || !Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return new MetricAnswer.Failed($"With its values filled in, the address has {text.Length} characters; at most {MostAddress} are sent.", false);
        }

        return await requests.AskAsync(source, Origin(), () => new HttpRequestMessage(HttpMethod.Get, url), reply => Read(reply, question), cancel);
    }

    /// <summary>As it is declared, before any value is in it.</summary>
    private Uri Origin()
    {
        var host = source.Url.IndexOfAny(['/', '?'], source.Url.IndexOf("://", StringComparison.Ordinal) + 3);
        return new Uri(host < 0 ? source.Url : source.Url[..host]);
    }

    private MetricAnswer Read(MetricReply reply, MetricQuestion question)
    {
        if (reply.Status is < 200 or >= 300)
        {
            return MetricReplies.Status(source, reply.Status, MetricRequests.Shown(reply.Body));
        }

        using var document = MetricReplies.Json(reply, out var wrong);
        if (document is null)
        {
            return wrong!;
        }

        var value = question.Value ?? MetricValue.Whole;
        return MetricReplies.Answer(question.Span is MetricSpan.Window window
            ? MetricValue.Many(value, document.RootElement, window.From, window.To, question.Step)
            : MetricValue.One(value, document.RootElement, ((MetricSpan.Moment)question.Span).At, question.Step));
    }
}
