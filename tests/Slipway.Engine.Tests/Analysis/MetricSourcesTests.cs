using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Environments;
using Slipway.Engine.Analysis;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Analysis;

public sealed class MetricSourcesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly List<MetricSourceDefinition> asked = [];
    private readonly Platform platform = new(new PlatformDefinition { Environments = [], Metrics = [Source("prom", "http://one"), Source("orders", "http://two")] });

    [Fact]
    public async Task A_question_goes_to_the_source_of_its_name_as_the_platform_declares_it_now()
    {
        var sources = new MetricSources(platform, Make);
        (await sources.AskAsync(Question("orders"), TestContext.Current.CancellationToken)).ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(1);
        platform.Replace(platform.Current with { Metrics = [Source("orders", "http://three")] });
        await sources.AskAsync(Question("orders"), TestContext.Current.CancellationToken);
        asked.Select(s => s.Url).ShouldBe(["http://two", "http://three"]);
    }

    [Theory]
    [InlineData("prmo", "There is no metric source 'prmo'. Did you mean 'prom'?")]
    [InlineData("datadog", "There is no metric source 'datadog'. There are: prom, orders.")]
    public async Task A_name_that_is_none_fails_with_those_that_there_are(string name, string words) => await FailsAsync(Question(name), words);

    [Fact]
    public async Task Where_none_is_declared_it_is_said_where_to()
    {
        platform.Replace(platform.Current with { Metrics = [] });
        await FailsAsync(Question("prom"), "There is no metric source 'prom'. `metrics` in platform.yaml names them.");
    }

    [Fact]
    public async Task A_question_that_nobody_can_answer_is_not_asked()
    {
        await FailsAsync(Question("prom") with { Step = TimeSpan.FromMilliseconds(99) }, "The step must be from 100ms to 86400s, not 99ms.");
        await FailsAsync(Question("prom") with { Span = new MetricSpan.Window(Now, Now) }, "The window ends before it begins.");
        await FailsAsync(Question("prom") with { Span = new MetricSpan.Window(Now.AddSeconds(-10_000), Now), Step = TimeSpan.FromSeconds(1) }, "The window has more than 10000 steps. Ask for a shorter one, or with a longer step.");
        await FailsAsync(Question("prom") with { Arguments = new Dictionary<string, string> { ["step"] = "1s" } }, "There is no argument 'step'. There are service, environment, version, stableVersion, versionSet, stableVersionSet.");
    }

    private async Task FailsAsync(MetricQuestion question, string words)
    {
        var failed = (await new MetricSources(platform, Make).AskAsync(question, TestContext.Current.CancellationToken)).ShouldBeOfType<MetricAnswer.Failed>();
        (failed.Why, failed.Retryable, asked.Count).ShouldBe((words, false, 0));
    }

    private MakeMetricSource Make => definition =>
    {
        asked.Add(definition);
        return new OneSource();
    };

    private static MetricSourceDefinition Source(string name, string url) => new() { Name = name, Kind = MetricSourceKind.Prometheus, Url = url };

    private static MetricQuestion Question(string source) => new() { Source = source, Query = "up", Span = new MetricSpan.Moment(Now), Step = TimeSpan.FromSeconds(30) };

    private sealed class OneSource : IMetricSource
    {
        public Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel) => Task.FromResult<MetricAnswer>(new MetricAnswer.Value(1));
    }
}
