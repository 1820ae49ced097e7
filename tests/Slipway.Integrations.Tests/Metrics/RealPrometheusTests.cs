using Slipway.Engine.Ports;

namespace Slipway.Integrations.Tests.Metrics;

public sealed class RealPrometheusTests(RealPrometheus prometheus) : IClassFixture<RealPrometheus>
{
    public static TheoryData<int> Versions => [.. Enumerable.Range(0, RealPrometheus.Versions.Length)];

    [Fact]
    public async Task A_value_is_given() => (await AskAsync("sum(up)")).ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(1);

    [Fact]
    public async Task A_scalar_is_given() => (await AskAsync("scalar(up) * 2.5e-3")).ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(0.0025);

    [Fact]
    public async Task A_rate_over_the_step_is_given() => (await AskAsync("rate(asked[{{step}}])")).ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBeInRange(0.5, 10);

    [Fact]
    public async Task A_window_is_given()
    {
        var (from, to) = (prometheus.Since, prometheus.Since.AddSeconds(1));
        var values = (await prometheus.AskAsync(new MetricQuestion { Source = "prom", Query = "asked", Span = new MetricSpan.Window(from, to), Step = TimeSpan.FromMilliseconds(250) })).ShouldBeOfType<MetricAnswer.Values>();
        values.Points.Select(p => p.At.ToUnixTimeMilliseconds() - from.ToUnixTimeMilliseconds()).ShouldBe([0, 250, 500, 750, 1000]);
        values.Points.Select(p => p.Value).ShouldBeInOrder();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_version_is_that_version_alone_whatever_its_name_is(int version)
    {
        foreach (var query in new[] { "weird{version=\"{{version}}\"}", "weird{version='{{version}}'}", "weird{version=~\"{{version}}\"}", "weird{version=~'|({{version}})'}" })
        {
            var answer = await prometheus.AskAsync(RealPrometheus.Now(query) with { Arguments = new Dictionary<string, string> { ["version"] = RealPrometheus.Versions[version] } });
            answer.ShouldBeOfType<MetricAnswer.Value>($"{query}: {answer}").Number.ShouldBe(version, query);
        }

        var others = await prometheus.AskAsync(RealPrometheus.Now("count(weird{version!=\"{{version}}\", version!~'{{version}}'})") with { Arguments = new Dictionary<string, string> { ["version"] = RealPrometheus.Versions[version] } });
        others.ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(RealPrometheus.Versions.Length - 1);
    }

    [Theory]
    [InlineData("no_such_metric", "No series has a value")]
    [InlineData("weird{version=\"none\"}", "No series has a value")]
    [InlineData("0 / 0", "The value is NaN")]
    [InlineData("broken", "The value is NaN")]
    [InlineData("endless", "The value is +Inf")]
    [InlineData("-1 / 0", "The value is -Inf")]
    public async Task What_is_no_number_is_no_data(string query, string words) => (await AskAsync(query)).ShouldBeOfType<MetricAnswer.NoData>().Why.ShouldStartWith(words);

    [Theory]
    [InlineData("weird", "The query gives 24 series where one is needed: {__name__=\"weird\"")]
    [InlineData("up[5s]", "The query gives values over a time where one is needed.")]
    [InlineData("\"a text\"", "The query gives a text where a number is needed.")]
    [InlineData("sum(", "prom does not take the query (bad_data):")]
    [InlineData("up + on() weird", "prom does not take the query (execution):")]
    public async Task What_is_no_answer_is_told_in_words(string query, string words)
    {
        var failed = (await AskAsync(query)).ShouldBeOfType<MetricAnswer.Failed>();
        failed.Why.ShouldStartWith(words);
        failed.Retryable.ShouldBeFalse();
        failed.Tries.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_window_before_there_was_anything_is_no_data() =>
        (await prometheus.AskAsync(new MetricQuestion { Source = "prom", Query = "up", Span = new MetricSpan.Window(prometheus.Since.AddHours(-2), prometheus.Since.AddHours(-1)), Step = TimeSpan.FromMinutes(1) })).ShouldBeOfType<MetricAnswer.NoData>();

    private Task<MetricAnswer> AskAsync(string query) => prometheus.AskAsync(RealPrometheus.Now(query));
}
