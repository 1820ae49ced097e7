using System.Text.Json.Nodes;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class MetricsTests
{
    private static readonly MetricTryView Well = new(Canned.Earlier, 12.3, "200, 98 bytes");

    [Fact]
    public async Task A_value_is_printed_alone_and_the_question_goes_as_it_was_written()
    {
        await using var server = await AnsweringAsync(new() { Outcome = MetricOutcomeView.Value, Value = 0.025, Tries = [Well] });
        var run = await CliRun.Of(server, "metrics", "try", "prom", "x{v=\"{{version}}\"}", "--set", "version=1=2", "--set", "service=shop", "--step", "90s");
        run.All.ShouldBe("exit 0\n0.025\n");
        JsonNode.DeepEquals(JsonNode.Parse(server.Requests.ShouldHaveSingleItem().Body!), JsonNode.Parse("""{"query":"x{v=\u0022{{version}}\u0022}","arguments":{"version":"1=2","service":"shop"},"step":"90000ms"}""")).ShouldBeTrue();
    }

    [Fact]
    public async Task Values_are_printed_with_their_times_and_a_try_that_failed_before()
    {
        await using var server = await AnsweringAsync(new()
        {
            Outcome = MetricOutcomeView.Values, Values = [new(Canned.Earlier, 1), new(Canned.Earlier.AddMilliseconds(500), -2.5)], Tries = [new(Canned.Earlier, 5000, "127.0.0.1:9090 did not answer within 5s."), Well],
        });
        (await CliRun.Of(server, "metrics", "try", "prom", "x", "--range", "1m", "--step", "500ms")).All.ShouldBe(
            "exit 0\nAT                         VALUE\n2026-03-01 11:57:00 UTC        1\n2026-03-01 11:57:00.5 UTC   -2.5\n  try 1, 5000 ms: 127.0.0.1:9090 did not answer within 5s.\n  try 2, 12 ms: 200, 98 bytes\n");
    }

    [Fact]
    public async Task No_data_and_failures_are_told_in_words_and_fail()
    {
        await using var nothing = await AnsweringAsync(new() { Outcome = MetricOutcomeView.NoData, Why = "The value is NaN.", Tries = [Well with { Text = "The value is NaN." }] });
        (await CliRun.Of(nothing, "metrics", "try", "prom", "0/0")).All.ShouldBe("exit 1\nno data: The value is NaN.\n  try 1, 12 ms: as above\n");
        await using var failing = await AnsweringAsync(new() { Outcome = MetricOutcomeView.Failed, Why = "It says \e[2Jno.", Retryable = false, Tries = [] });
        (await CliRun.Of(failing, "metrics", "try", "prom", "0/0")).All.ShouldBe("exit 1\nfailed: It says no.\n");
        var json = await CliRun.Of(failing, "metrics", "try", "prom", "0/0", "--json");
        json.ExitCode.ShouldBe(1);
        JsonNode.Parse(json.Out)!["outcome"]!.GetValue<string>().ShouldBe("failed");
    }

    [Theory]
    [InlineData("slipway: --set: 'version' is not written like version=1.2.3.", "--set", "version")]
    [InlineData("slipway: --set: version is given twice.", "--set", "version=1", "--set", "version=2")]
    [InlineData("slipway: --step: 'soon' is no duration", "--step", "soon")]
    public async Task A_wrong_option_is_told(string words, params string[] options)
    {
        var run = await CliRun.Of(["metrics", "try", "prom", "x", .. options]);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldStartWith(words);
    }

    [Fact]
    public async Task Sources_are_listed()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/metrics", ApiClientJson.Default.MetricSourceList, new MetricSourceList
        {
            Items = [new() { Name = "prom", Kind = "prometheus", Url = "http://127.0.0.1:9090", Timeout = "5s", Retries = 2 }, new() { Name = "orders", Kind = "http", Url = "https://metrics.example.com/?v={{version}}", Timeout = "500ms", Retries = 0 }],
        });
        (await CliRun.Of(server, "metrics", "list")).All.ShouldBe(
            "exit 0\nSOURCE  KIND        TIMEOUT  RETRIES  URL\nprom    prometheus  5s             2  http://127.0.0.1:9090\norders  http        500ms          0  https://metrics.example.com/?v={{version}}\n");
        server.On("GET /api/v1/metrics", ApiClientJson.Default.MetricSourceList, new MetricSourceList { Items = [] });
        (await CliRun.Of(server, "metrics", "list")).All.ShouldBe("exit 0\nNo metric sources. `metrics` in platform.yaml declares them → slipway docs platform\n");
    }

    private static async Task<FakeServer> AnsweringAsync(MetricAnswerView answer) =>
        (await FakeServer.Start()).On("POST /api/v1/metrics/prom/query", ApiClientJson.Default.MetricAnswerView, answer);
}
