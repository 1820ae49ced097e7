namespace Slipway.Core.Kernel;

public static partial class Limits
{
    /// <summary>Metric sources of one installation.</summary>
    public const int MetricSources = 50;

    /// <summary>Longest name of a metric source.</summary>
    public const int MetricSourceName = 40;

    /// <summary>Longest query and longest address of a metric source, in characters.</summary>
    public const int MetricQueryLength = 4000;

    /// <summary>Longest value that a placeholder of a query stands for, in characters.</summary>
    public const int MetricArgumentLength = 500;

    /// <summary>Largest answer of a metric source that is read, in bytes.</summary>
    public const int MetricAnswerBytes = 1024 * 1024;

    /// <summary>Deepest nesting of JSON in such an answer.</summary>
    public const int MetricAnswerDepth = 64;

    /// <summary>Most values of one window. So many, with their times, are well below <see cref="MetricAnswerBytes"/>.</summary>
    public const int MetricPoints = 10_000;

    /// <summary>How often a metric source is asked again at most, after the first time.</summary>
    public const int MetricRetries = 5;

    /// <summary>The shortest and the longest time between two values.</summary>
    public static readonly TimeSpan MetricShortestStep = TimeSpan.FromMilliseconds(100), MetricLongestStep = TimeSpan.FromDays(1);

    /// <summary>The longest that one try may be given; shorter than <see cref="MetricDeadline"/>.</summary>
    public static readonly TimeSpan MetricTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The first wait before a metric source is asked again; each further one is twice as long, up to the second.</summary>
    public static readonly TimeSpan MetricFirstWait = TimeSpan.FromMilliseconds(250), MetricLongestWait = TimeSpan.FromSeconds(5);

    /// <summary>The most that a command of a metric source may print, in bytes. As base64, with its name, it is less than an agent takes of a job's values.</summary>
    public const int MetricOutputBytes = 16 * 1024;

    /// <summary>The shortest time between two runs of a command for the same question.</summary>
    public static readonly TimeSpan MetricCommandInterval = TimeSpan.FromSeconds(10);

    /// <summary>The longest that a command may be given: with what an agent needs to begin it, less than <see cref="MetricDeadline"/>.</summary>
    public static readonly TimeSpan MetricCommandTimeout = TimeSpan.FromSeconds(45);

    /// <summary>All tries of one question, and the waits between them, end by then.</summary>
    public static readonly TimeSpan MetricDeadline = TimeSpan.FromSeconds(60);
}
