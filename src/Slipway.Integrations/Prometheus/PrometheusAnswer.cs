using System.Globalization;
using System.Text.Json;
using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Prometheus;

/// <summary>Reads the documents of Prometheus' HTTP API, from https://prometheus.io/docs/prometheus/latest/querying/api/.</summary>
internal static class PrometheusAnswer
{
    private const int MostSeriesShown = 3;
    private const decimal LatestSecond = 253_402_300_799m;

    public static MetricAnswer Read(MetricSourceDefinition source, MetricReply reply, MetricQuestion question)
    {
        var succeeded = reply.Status is >= 200 and < 300;
        using var document = MetricReplies.Json(reply, out var wrong);
        if (document is null)
        {
            return succeeded ? wrong! : MetricReplies.Status(source, reply.Status, MetricRequests.Shown(reply.Body));
        }

        try
        {
            var root = document.RootElement;
            var status = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("status", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
            return status switch
            {
                "error" => Error(source, reply, root),
                "success" when succeeded => Warnings(root) is { } warnings
                    ? new MetricAnswer.Failed($"{source.Name} warns, so the number may be made of a part of what there is, or mean something else: {warnings}", true)
                    : Data(root.GetProperty("data"), question),
                _ when !succeeded => MetricReplies.Status(source, reply.Status, MetricRequests.Shown(reply.Body)),
                _ => Other(reply.Body),
            };
        }
        catch (Exception other) when (other is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            // JSON of another shape.
            return Other(reply.Body);
        }
    }

    private static MetricAnswer.Failed Other(ReadOnlyMemory<byte> body) =>
        new($"The answer is JSON, and not as Prometheus' API answers: {MetricRequests.Shown(body)} Is the url that of a Prometheus, without /api/v1?", false);

    private static MetricAnswer.Failed Error(MetricSourceDefinition source, MetricReply reply, JsonElement root)
    {
        var type = MetricRequests.Shown(Text(root, "errorType"));
        var words = MetricRequests.Shown(Text(root, "error"));
        return type switch
        {
            // What it says of a query that is wrong is told as it is: it names the place.
            "bad_data" or "execution" => new MetricAnswer.Failed($"{source.Name} does not take the query ({type}): {words}", false),
            "timeout" or "canceled" or "unavailable" => new MetricAnswer.Failed($"{source.Name} gave the query up ({type}): {words}", true),
            _ => MetricReplies.Status(source, reply.Status is >= 200 and < 300 ? 500 : reply.Status, type.Length == 0 ? words : $"{type}: {words}"),
        };
    }

    private static string? Warnings(JsonElement root) =>
        root.TryGetProperty("warnings", out var warnings) && warnings.ValueKind != JsonValueKind.Null && warnings.GetArrayLength() > 0 ? MetricRequests.Shown(string.Join("; ", warnings.EnumerateArray().Select(w => w.ToString()))) : null;

    private static MetricAnswer Data(JsonElement data, MetricQuestion question)
    {
        var (type, result) = (Text(data, "resultType"), data.GetProperty("result"));
        return (question.Span, type) switch
        {
            (MetricSpan.Moment moment, "scalar") => One(result, moment, question.Step),
            (MetricSpan.Moment moment, "vector") => Single(result, out var series) ?? One(series.GetProperty("value"), moment, question.Step),
            (MetricSpan.Moment, "matrix") => new MetricAnswer.Failed("The query gives values over a time where one is needed. Put a function such as rate(…) or max_over_time(…) around it.", false),
            (MetricSpan.Window window, "matrix") => Single(result, out var series) ?? Many(series.GetProperty("values"), window, question.Step),
            (_, "string") => new MetricAnswer.Failed("The query gives a text where a number is needed.", false),
            _ => new MetricAnswer.Failed($"The query gives a {MetricRequests.Shown(type)} where {(question.Span is MetricSpan.Window ? "values over a window are" : "one value is")} needed.", false),
        };
    }

    /// <summary>Null: there is exactly one series, of numbers.</summary>
    private static MetricAnswer? Single(JsonElement result, out JsonElement series)
    {
        series = default;
        var count = result.GetArrayLength();
        if (count == 0)
        {
            return new MetricAnswer.NoData("No series has a value for the query in that time. Are the metric's name and its labels right, and is the step at least as long as values are apart?");
        }

        if (count > 1)
        {
            var shown = string.Join(", ", result.EnumerateArray().Take(MostSeriesShown).Select(s => Labels(s.GetProperty("metric"))));
            return new MetricAnswer.Failed($"The query gives {count} series where one is needed: {shown}{(count > MostSeriesShown ? ", …" : "")}. Put sum(…), max(…) or the like around it, or say more labels.", false);
        }

        series = result[0];
        return series.TryGetProperty("histogram", out _) || series.TryGetProperty("histograms", out _)
            ? new MetricAnswer.Failed("The query gives a histogram where a number is needed. Put histogram_quantile(…), histogram_count(…) or the like around it.", false)
            : null;
    }

    private static MetricAnswer One(JsonElement pair, MetricSpan.Moment moment, TimeSpan step)
    {
        var point = Point(pair);
        return MetricReplies.Answer(MetricSoundness.One(point.Value, point.At, moment.At, step));
    }

    private static MetricAnswer Many(JsonElement pairs, MetricSpan.Window window, TimeSpan step) =>
        MetricReplies.Answer(MetricSoundness.Many([.. pairs.EnumerateArray().Select(Point)], window.From, window.To, step));

    /// <summary><c>[seconds since 1970, "number"]</c>.</summary>
    private static MetricPoint Point(JsonElement pair)
    {
        if (pair.GetArrayLength() != 2 || !pair[0].TryGetDecimal(out var seconds) || seconds is < 0 or > LatestSecond)
        {
            throw new FormatException("A time is a number of seconds since 1970.");
        }

        var value = pair[1].GetString() switch
        {
            "NaN" => double.NaN,
            "+Inf" or "Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            { Length: > 0 } text when char.IsAsciiDigit(text[^1]) || text[^1] == '.' => double.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture),
            _ => throw new FormatException("A value is a number in quotes."),
        };
        return new MetricPoint(DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)), value);
    }

    private static string Labels(JsonElement metric) =>
        MetricRequests.Shown("{" + string.Join(", ", metric.EnumerateObject().Select(l => $"{l.Name}=\"{l.Value}\"")) + "}");

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
