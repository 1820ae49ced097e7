using System.Globalization;
using System.Net;
using System.Text;
using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;

namespace Slipway.Integrations.Tests.Metrics;

public sealed class PrometheusMetricsTests : MetricSourceConformance
{
    private const string Query = "sum(rate(errors{version=\"{{version}}\"}[{{step}}]))";

    private protected override MetricSourceKind Kind => MetricSourceKind.Prometheus;

    private protected override (string Moment, string Window) Empty => (Answer("vector", ""), Answer("matrix", ""));

    private protected override string Text => """{"status":"success","data":{"resultType":"string","result":[1772366400,"12"]}}""";

    private protected override (string Moment, string Window) Several =>
        (Answer("vector", $"{Series("value", Pair(Asked, "1"))},{Series("value", Pair(Asked, "2"))}"), Answer("matrix", $"{Series("values", $"[{Pair(Asked, "1")}]")},{Series("values", $"[{Pair(Asked, "2")}]")}"));

    private protected override string One(string number, DateTimeOffset at) => Answer("vector", Series("value", Pair(at, number)));

    private protected override string Many(params IEnumerable<(DateTimeOffset At, string Number)> points) => Answer("matrix", Series("values", $"[{string.Join(',', points.Select(p => Pair(p.At, p.Number)))}]"));

    private protected override MetricQuestion Question(MetricSpan span) => new() { Source = "prom", Query = Query, Span = span, Step = Step, Arguments = new Dictionary<string, string> { ["version"] = "1.2.3" } };

    private protected override string VersionIn(RawRequest request)
    {
        var query = Form(request)["query"];
        query.ShouldStartWith("sum(rate(errors{version=\"");
        query.ShouldEndWith("\"}[30s]))");
        var inner = query["sum(rate(errors{version=\"".Length..^"\"}[30s]))".Length];
        inner.Replace("\\\\", "", StringComparison.Ordinal).ShouldNotContain('"');
        return Unescaped(inner);
    }

    [Fact]
    public async Task A_moment_is_asked_for_by_a_form()
    {
        Server.Says(One("1", Asked));
        await AskAsync();
        var request = Server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target).ShouldBe(("POST", "/api/v1/query"));
        Form(request).ShouldBe(new Dictionary<string, string>
        {
            ["query"] = "sum(rate(errors{version=\"1.2.3\"}[30s]))", ["timeout"] = "20s", ["lookback_delta"] = "60s", ["time"] = "1772366400",
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_window_is_asked_for_with_its_step_below_the_path_of_the_url()
    {
        Server.Says(Many((Asked, "1")));
        await AskWindowAsync();
        var request = Server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target).ShouldBe(("POST", "/api/v1/query_range"));
        var form = Form(request);
        (form["start"], form["end"], form["step"]).ShouldBe(("1772366280", "1772366400", "30s"));
    }

    [Fact]
    public async Task A_path_of_the_url_stays_before_that_of_the_API()
    {
        Server.Says(One("1", Asked));
        using var adapters = new Integrations.Metrics.MetricAdapters(TimeProvider.System);
        await adapters.Make(Source($"{Server.Url}/prom/")).AskAsync(Question(new MetricSpan.Moment(Asked)), TestContext.Current.CancellationToken);
        Server.Requests.ShouldHaveSingleItem().Target.ShouldBe("/prom/api/v1/query");
    }

    [Fact]
    public async Task A_scalar_is_a_value()
    {
        Server.Says("""{"status":"success","data":{"resultType":"scalar","result":[1772366400.123,"3"]},"infos":["no trouble"]}""");
        (await AskAsync()).ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(3);
    }

    [Theory]
    [InlineData(400, "bad_data", "prom does not take the query (bad_data): 1:4: parse error", false)]
    [InlineData(422, "execution", "prom does not take the query (execution): 1:4: parse error", false)]
    [InlineData(503, "timeout", "prom gave the query up (timeout): 1:4: parse error", true)]
    [InlineData(500, "internal", "prom cannot answer now (500): internal: 1:4: parse error", true)]
    [InlineData(200, "internal", "prom cannot answer now (500): internal: 1:4: parse error", true)]
    [InlineData(404, "not_found", "prom does not take the question (404): not_found: 1:4: parse error", false)]
    public async Task An_error_document_is_told_in_its_words(int status, string type, string words, bool retryable)
    {
        Server.Says($$"""{"status":"error","errorType":"{{type}}","error":"1:4: parse error"}""", status);
        var failed = (await AskAsync()).ShouldBeOfType<MetricAnswer.Failed>();
        (failed.Why, failed.Retryable).ShouldBe((words, retryable));
    }

    [Fact]
    public async Task A_number_with_a_warning_is_not_relied_on()
    {
        Server.Says(One("1", Asked)[..^1] + ",\"warnings\":[\"remote read: store a is away\"]}");
        var failed = (await AskAsync()).ShouldBeOfType<MetricAnswer.Failed>();
        failed.Why.ShouldContain("store a is away");
        failed.Retryable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"status":"success"}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector"}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":{}}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772366400,1]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":["1772366400","1"]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772366400,"1,5"]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772366400,"0x10"]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1e300,"1"]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1772366400,"1"],"histogram":[1772366400,{}]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"streams","result":[]}}""")]
    [InlineData("""{"status":"success","warnings":5,"data":{"resultType":"vector","result":[]}}""")]
    [InlineData("""{"status":1}""")]
    [InlineData("null")]
    public async Task A_document_of_another_shape_is_no_answer(string body)
    {
        Server.Says(body);
        (await AskAsync()).ShouldBeOfType<MetricAnswer.Failed>().Retryable.ShouldBeFalse();
    }

    [Fact]
    public async Task Several_series_are_named()
    {
        Server.Says(Several.Moment);
        (await AskAsync()).ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldBe("The query gives 2 series where one is needed: {pod=\"a\"}, {pod=\"a\"}. Put sum(…), max(…) or the like around it, or say more labels.");
    }

    [Fact]
    public async Task An_expression_for_the_value_is_refused_since_it_would_go_unused()
    {
        var question = Question(new MetricSpan.Moment(Asked)) with { Value = MetricValue.Whole };
        (await AskAsync(question)).ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldContain("answers need no expression");
    }

    private static string Answer(string type, string result) => $$$"""{"status":"success","data":{"resultType":"{{{type}}}","result":[{{{result}}}]}}""";

    private static string Series(string name, string value) => $$$"""{"metric":{"pod":"a"},"{{{name}}}":{{{value}}}}""";

    private static string Pair(DateTimeOffset at, string number) =>
        $"[{(at.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture)},\"{number switch { "Infinity" => "+Inf", "-Infinity" => "-Inf", _ => number }}\"]";

    private static Dictionary<string, string> Form(RawRequest request) =>
        request.Body.Split('&').Select(p => p.Split('=')).ToDictionary(p => WebUtility.UrlDecode(p[0]), p => WebUtility.UrlDecode(p[1]));

    private static string Unescaped(string text)
    {
        var read = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                read.Append(text[at]);
            }
            else if (text[++at] == '\\')
            {
                read.Append('\\');
            }
            else
            {
                read.Append((char)Convert.ToInt32(text.Substring(at + 1, 2), 16));
                at += 2;
            }
        }

        return read.ToString();
    }
}
