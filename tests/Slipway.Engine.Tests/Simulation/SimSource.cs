using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>What workers' checks ask: how much of its work a version did, and how much of that failed. Of a version that nobody runs it knows nothing.</summary>
internal sealed class SimSource(World world) : IMetricSource
{
    private const string All = "all", Bad = "bad", Share = "share";
    private const double UnitsPerStep = 400;

    public static readonly MetricSourceDefinition Definition = new() { Name = "work", Kind = MetricSourceKind.Prometheus, Url = "http://127.0.0.1:9090" };

    public static readonly CheckSpec Threshold = new()
    {
        Kind = CheckKind.Threshold, Name = "failing", Threshold = new() { Source = Definition.Name, Query = Share, Pass = "value < 0.2", Interval = TimeSpan.FromSeconds(2) },
    };

    public static readonly CheckSpec Counts = new() { Kind = CheckKind.Counts, Name = "failures", Counts = new(Definition.Name, Bad, All, null, TimeSpan.FromSeconds(1)) };

    public Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel)
    {
        var share = world.QualityOf(question.Arguments["version"]) == Quality.BadAnswers ? 0.5 : 0;
        return Task.FromResult<MetricAnswer>(
            !world.AnyHealthy(question.Arguments["versionSet"]) ? new MetricAnswer.NoData("nothing of it runs")
            : new MetricAnswer.Value(question.Query switch { All => UnitsPerStep, Bad => UnitsPerStep * share, _ => share }));
    }
}
