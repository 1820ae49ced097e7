namespace Slipway.Client.Api;

/// <summary>Where numbers can be asked for.</summary>
public sealed record MetricSourceView
{
    public required string Name { get; init; }

    /// <summary><c>prometheus</c>, <c>http</c> or <c>exec</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Empty of a command.</summary>
    public required string Url { get; init; }

    /// <summary>The script of a command.</summary>
    public string? Run { get; init; }

    /// <summary>Of one try, such as <c>5s</c>.</summary>
    public required string Timeout { get; init; }

    /// <summary>How often it is asked again after a failure that may pass.</summary>
    public required int Retries { get; init; }
}

/// <summary>The metric sources that the platform declares.</summary>
public sealed record MetricSourceList
{
    /// <summary>In the order of the platform's file.</summary>
    public required IReadOnlyList<MetricSourceView> Items { get; init; }
}

/// <summary>A question to a metric source.</summary>
public sealed record AskMetric
{
    /// <summary>With placeholders such as <c>{{version}}</c>: PromQL; for a source of the kind <c>http</c> further parameters of its address; null: none.</summary>
    public string? Query { get; init; }

    /// <summary>What the placeholders stand for, by name.</summary>
    public IReadOnlyDictionary<string, string>? Arguments { get; init; }

    /// <summary>Values over so long up to now; null: one value, as it is now.</summary>
    public string? Range { get; init; }

    /// <summary>Between two values of a range; one value is stale when it is older than two. 30s when it is not said.</summary>
    public string? Step { get; init; }

    /// <summary>For the kind <c>http</c>: an expression over <c>body</c> that takes the number out of the answer; null: the answer is the number.</summary>
    public string? Value { get; init; }
}

/// <summary>What came of a question to a metric source.</summary>
public sealed record MetricAnswerView
{
    public required MetricOutcomeView Outcome { get; init; }

    /// <summary>With the outcome <c>value</c>.</summary>
    public double? Value { get; init; }

    /// <summary>With the outcome <c>values</c>: in the order of time, at least one.</summary>
    public IReadOnlyList<MetricPointView>? Values { get; init; }

    /// <summary>With the outcomes <c>noData</c> and <c>failed</c>: what came instead, and what to do.</summary>
    public string? Why { get; init; }

    /// <summary>With the outcome <c>failed</c>: whether it may pass by itself.</summary>
    public bool? Retryable { get; init; }

    /// <summary>Empty when nobody was asked.</summary>
    public required IReadOnlyList<MetricTryView> Tries { get; init; }
}

public enum MetricOutcomeView { Value, Values, NoData, Failed }

public sealed record MetricPointView(DateTimeOffset At, double Value);

/// <summary>One try of asking.</summary>
/// <param name="TookMilliseconds">To the last byte, or to the failure.</param>
/// <param name="Text">What came, in a line.</param>
public sealed record MetricTryView(DateTimeOffset At, double TookMilliseconds, string Text);
