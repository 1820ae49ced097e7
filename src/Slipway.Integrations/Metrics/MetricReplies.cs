using System.Text.Json;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Integrations.Metrics;

/// <summary>What answers of all sources have in common.</summary>
internal static class MetricReplies
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.MetricAnswerDepth, AllowDuplicateProperties = false };

    /// <summary>The JSON of an answer; null, with the words of why not: it holds none.</summary>
    public static JsonDocument? Json(MetricReply reply, out MetricAnswer.Failed? wrong)
    {
        wrong = null;
        var body = reply.Body.Span is [0xEF, 0xBB, 0xBF, ..] ? reply.Body[3..] : reply.Body;
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException notJson)
        {
            wrong = new MetricAnswer.Failed(
                body.Length == 0 ? $"The answer ({reply.Status}) is empty; JSON is expected."
                : body.Span.TrimStart(" \r\n\t"u8) is [(byte)'<', ..] ? $"The answer ({reply.Status}) is a page, not JSON: {MetricRequests.Shown(body)} Is this the address of the API, and does it want a sign-in?"
                : $"The answer ({reply.Status}) is no JSON that can be read ({MetricRequests.Shown(notJson.Message)}): {MetricRequests.Shown(body)}",
                false);
            return null;
        }
    }

    /// <summary>What a status says that is no success.</summary>
    /// <param name="words">What the source says about it.</param>
    public static MetricAnswer.Failed Status(MetricSourceDefinition source, int status, string words)
    {
        var said = words.Length == 0 ? "" : $": {words}";
        return status switch
        {
            401 or 403 or 407 => new($"{source.Name} does not let Slipway in ({status}){said}", false),
            408 or 425 or 429 or >= 500 => new($"{source.Name} cannot answer now ({status}){said}", true),
            _ => new($"{source.Name} does not take the question ({status}){said}", false),
        };
    }

    public static MetricAnswer Answer(MetricReading reading) => reading switch
    {
        MetricReading.One one => new MetricAnswer.Value(one.Value),
        MetricReading.Many many => new MetricAnswer.Values(many.Points),
        MetricReading.None none => new MetricAnswer.NoData(none.Why),
        MetricReading.Wrong wrong => new MetricAnswer.Failed(wrong.Why, false),
        _ => throw new InvalidOperationException($"Nothing is known of {reading.GetType().Name}."),
    };

    /// <summary>The query of a question with its values; or why there is none.</summary>
    public static MetricQueryText Fill(MetricQueryReading read, MetricQuestion question)
    {
        if (read.Query is not { } query)
        {
            return new MetricQueryText(null, $"The query cannot be used. {string.Join(" ", read.Problems)}");
        }

        var (from, to) = question.Span switch
        {
            MetricSpan.Moment moment => (moment.At - question.Step, moment.At),
            MetricSpan.Window window => (window.From, window.To),
            _ => throw new InvalidOperationException($"Nothing is known of {question.Span.GetType().Name}."),
        };
        return query.Fill(question.Arguments, question.Step, from, to);
    }
}
