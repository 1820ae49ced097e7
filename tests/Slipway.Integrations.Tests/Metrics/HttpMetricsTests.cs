using System.Globalization;
using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Tests.Metrics;

public sealed class HttpMetricsTests : MetricSourceConformance
{
    private const string OneExpression = "type(body) == map && size(body) == 0 ? dyn(null) : dyn({'value': double(body.number), 'at': body.time})";
    private const string ManyExpression = "body.points.map(p, {'value': double(p.number), 'at': p.time})";

    private protected override MetricSourceKind Kind => MetricSourceKind.Http;

    private protected override (string Moment, string Window) Empty => ("{}", """{"points":[]}""");

    private protected override string Text => """{"number":"many","time":"2026-03-01T12:00:00Z"}""";

    private protected override (string Moment, string Window) Several => ("""[{"number":1},{"number":2}]""", """[{"points":[]},{"points":[]}]""");

    private protected override string One(string number, DateTimeOffset at) => $$"""{"number":{{(number.EndsWith('N') || number.EndsWith('y') ? $"\"{number}\"" : number)}},"time":"{{at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}"}""";

    private protected override string Many(params IEnumerable<(DateTimeOffset At, string Number)> points) => $$"""{"points":[{{string.Join(',', points.Select(p => One(p.Number, p.At)))}}]}""";

    private protected override MetricQuestion Question(MetricSpan span) => new()
    {
        Source = "prom", Query = "kind=errors&version={{version}}", Span = span, Step = Step, Arguments = new Dictionary<string, string> { ["version"] = "1.2.3" },
        Value = MetricValue.Read(span is MetricSpan.Window ? ManyExpression : OneExpression).Expression!,
    };

    private protected override string VersionIn(RawRequest request)
    {
        request.Method.ShouldBe("GET");
        request.Target.ShouldStartWith("/?kind=errors&version=");
        var version = request.Target["/?kind=errors&version=".Length..];
        version.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '%' || c == '-' || c == '.' || c == '_' || c == '~');
        return Uri.UnescapeDataString(version);
    }

    [Fact]
    public async Task Parameters_of_the_query_come_behind_those_of_the_url()
    {
        Server.Says(One("1", Asked));
        await AskUrlAsync($"{Server.Url}/v1/{{{{version}}}}/orders?from={{{{from}}}}&to={{{{to}}}}&step={{{{step}}}}", Question(new MetricSpan.Moment(Asked)));
        Server.Requests.ShouldHaveSingleItem().Target.ShouldBe("/v1/1.2.3/orders?from=1772366370&to=1772366400&step=30s&kind=errors&version=1.2.3");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public async Task A_version_that_would_lead_up_is_not_sent(string version)
    {
        var answer = await AskUrlAsync($"{Server.Url}/v1/{{{{version}}}}/orders", Question(new MetricSpan.Moment(Asked)) with { Arguments = new Dictionary<string, string> { ["version"] = version } });
        answer.ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldContain("would lead to another address");
        Server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_version_within_the_path_stays_within_its_part()
    {
        Server.Says(One("1", Asked));
        await AskUrlAsync($"{Server.Url}/v1/{{{{version}}}}/orders", Question(new MetricSpan.Moment(Asked)) with { Query = "", Arguments = new Dictionary<string, string> { ["version"] = "../../admin?x=1#y" } });
        Server.Requests.ShouldHaveSingleItem().Target.ShouldBe("/v1/..%2F..%2Fadmin%3Fx%3D1%23y/orders");
    }

    [Theory]
    [InlineData("42", 42)]
    [InlineData("true", 1)]
    [InlineData("""{"value":1.5}""", 1.5)]
    [InlineData("\ufeff7", 7)]
    public async Task Without_an_expression_the_answer_is_the_number(string body, double expected)
    {
        Server.Says(body);
        (await AskAsync(Question(new MetricSpan.Moment(Asked)) with { Value = null })).ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(expected);
    }

    [Fact]
    public async Task An_expression_that_does_not_fit_the_answer_is_told()
    {
        Server.Says("""{"count":3}""");
        var answer = await AskAsync(Question(new MetricSpan.Moment(Asked)) with { Value = MetricValue.Read("body.cuont").Expression });
        answer.ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldContain("cuont");
    }

    [Fact]
    public async Task An_address_that_grows_too_long_is_not_sent()
    {
        var question = Question(new MetricSpan.Moment(Asked)) with { Query = string.Join('&', Enumerable.Repeat("v={{version}}", 100)), Arguments = new Dictionary<string, string> { ["version"] = new string('1', 500) } };
        (await AskAsync(question)).ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldContain("at most 16000 are sent");
        Server.Requests.ShouldBeEmpty();
    }

    private async Task<MetricAnswer> AskUrlAsync(string url, MetricQuestion question)
    {
        using var adapters = new MetricAdapters(TimeProvider.System);
        return await adapters.Make(Source(url) with { Timeout = TimeSpan.FromSeconds(20) }).AskAsync(question, TestContext.Current.CancellationToken);
    }
}
