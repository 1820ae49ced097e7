using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Analysis;

/// <summary>A metric source that says what a test wants it to.</summary>
internal sealed class ScriptedSource(Func<MetricQuestion, Task<MetricAnswer>> answer) : IMetricSource
{
    public List<MetricQuestion> Asked { get; } = [];

    public Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel)
    {
        lock (Asked)
        {
            Asked.Add(question);
        }

        return answer(question);
    }
}
