using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Kernel;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Analysis;

/// <summary>Makes what asks a source of a certain kind.</summary>
public delegate IMetricSource MakeMetricSource(MetricSourceDefinition definition);

/// <summary>The metric sources of the platform as it is now, by name.</summary>
public sealed class MetricSources(Platform platform, MakeMetricSource make) : IMetricSource
{
    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<MetricSourceDefinition> All => platform.Current.Metrics;

    public MetricSourceDefinition? Find(string name) => All.FirstOrDefault(s => s.Name == name);

    public Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel)
    {
        if (Find(question.Source) is not { } source)
        {
            var missing = Missing.MetricSource(platform, question.Source);
            return Refused($"{missing.Detail} {missing.NextStep}");
        }

        return Unfit(question) is { } unfit ? Refused(unfit) : make(source).AskAsync(question, cancel);
    }

    /// <summary>Why nobody can be asked this, whatever the source; null: somebody can.</summary>
    public static string? Unfit(MetricQuestion question)
    {
        if (question.Step < Limits.MetricShortestStep || question.Step > Limits.MetricLongestStep)
        {
            return $"The step must be from {MetricQuery.Duration(Limits.MetricShortestStep)} to {MetricQuery.Duration(Limits.MetricLongestStep)}, not {MetricQuery.Duration(question.Step)}.";
        }

        if (question.Arguments.Keys.FirstOrDefault(a => !MetricQuery.Arguments.Contains(a)) is { } unknown)
        {
            return $"There is no argument '{unknown}'. There are {string.Join(", ", MetricQuery.Arguments)}.";
        }

        return question.Span is not MetricSpan.Window { From: var from, To: var to } ? null
            : to <= from ? "The window ends before it begins."
            : (to - from) / question.Step >= Limits.MetricPoints ? $"The window has more than {Limits.MetricPoints} steps. Ask for a shorter one, or with a longer step."
            : null;
    }

    private static Task<MetricAnswer> Refused(string why) => Task.FromResult<MetricAnswer>(new MetricAnswer.Failed(why, Retryable: false));
}
