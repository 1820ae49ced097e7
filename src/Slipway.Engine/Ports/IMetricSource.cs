using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Expressions;

namespace Slipway.Engine.Ports;

/// <summary>Where numbers are asked for. A question is answered or said not to be; it never throws for what a source does, and what is no number is never given as one.</summary>
public interface IMetricSource
{
    /// <summary>Asks until there is an answer, a failure that will not pass, or no try left. Ends within <see cref="Core.Kernel.Limits.MetricDeadline"/>.</summary>
    Task<MetricAnswer> AskAsync(MetricQuestion question, CancellationToken cancel);
}

/// <summary>What is asked of a source.</summary>
public sealed record MetricQuestion
{
    /// <summary>The source's name.</summary>
    public required string Source { get; init; }

    /// <summary>With placeholders; what it may be is said at <see cref="MetricQuery.Read"/>.</summary>
    public required string Query { get; init; }

    /// <summary>What the placeholders stand for, by the names in <see cref="MetricQuery.Arguments"/>.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    public required MetricSpan Span { get; init; }

    /// <summary>Between two values of a window. Of one value: it is stale when it is older than two of them.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>How the number is taken out of a JSON answer, from <see cref="MetricValue.Read"/>; null: the answer is the number. Only for <see cref="MetricSourceKind.Http"/>.</summary>
    public Expression? Value { get; init; }
}

/// <summary>The time that a question is about.</summary>
public abstract record MetricSpan
{
    private MetricSpan()
    {
    }

    /// <summary>One value, as it is at a moment.</summary>
    public sealed record Moment(DateTimeOffset At) : MetricSpan;

    /// <summary>A value for every step, both ends included.</summary>
    public sealed record Window(DateTimeOffset From, DateTimeOffset To) : MetricSpan;
}

/// <summary>What came of a question.</summary>
public abstract record MetricAnswer
{
    private MetricAnswer()
    {
    }

    /// <summary>The command that was run for it, whose log can be read; null: none was.</summary>
    public string? Command { get; init; }

    /// <summary>What happened, try by try; empty when nobody was asked.</summary>
    public IReadOnlyList<MetricTry> Tries { get; init; } = [];

    /// <param name="Number">Finite.</param>
    public sealed record Value(double Number) : MetricAnswer;

    /// <param name="Points">All finite, within the window, in the order of time; at least one. Steps without a value are left out.</param>
    public sealed record Values(IReadOnlyList<MetricPoint> Points) : MetricAnswer;

    /// <summary>The source answered as it should, and has no number that could be relied on. That says nothing good of anything.</summary>
    /// <param name="Why">What came, and what to do.</param>
    public sealed record NoData(string Why) : MetricAnswer;

    /// <summary>There is no answer to this question.</summary>
    /// <param name="Why">What came, and what to do.</param>
    /// <param name="Retryable">It may pass by itself; else somebody must change something.</param>
    public sealed record Failed(string Why, bool Retryable) : MetricAnswer;
}

/// <summary>One try of asking.</summary>
/// <param name="At">When it began.</param>
/// <param name="Took">To the last byte, or to the failure.</param>
/// <param name="Words">What came, in a line.</param>
public sealed record MetricTry(DateTimeOffset At, TimeSpan Took, string Words);
