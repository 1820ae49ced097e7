namespace Slipway.Core.Analysis;

/// <summary>
/// The seconds that are not settled, in order of second and generation; bounded. A second is settled when it is over and none of its requests is open, or when the request timeout
/// has passed: then what is still open will not be known.
/// </summary>
internal sealed class OpenSeconds(TimeSpan requestTimeout)
{
    /// <summary>More than the router keeps; beyond it the oldest second is settled as it is.</summary>
    public const int Most = 160;

    /// <summary>The router keeps its seconds for two minutes.</summary>
    private const long LongestWait = 120;

    /// <summary>No second is open for longer, or is told of so late.</summary>
    public const long LongestSeconds = 2 * LongestWait;

    /// <summary>The router notices a timeout a moment after it has passed.</summary>
    private const long Grace = 2;

    private readonly long wait = Math.Min(LongestWait, (long)Math.Ceiling(requestTimeout.TotalSeconds) + Grace);
    private readonly List<OpenSecond> seconds = [];
    private (long Second, long Generation) settled = (long.MinValue, long.MinValue);

    public IReadOnlyList<OpenSecond> All => seconds;

    /// <summary>What is known of a test's seconds up to one of them.</summary>
    public IEnumerable<OpenSecond> Through(long second) => seconds.Where(open => open.Second <= second);

    public bool IsSettled(long second, long generation) => (second, generation).CompareTo(settled) <= 0;

    /// <summary>The second's place; null when it is settled already and can no longer change.</summary>
    /// <param name="isWarmUp">Of a second that is new.</param>
    public OpenSecond? Find(long second, long generation, double share, int tests, bool isWarmUp)
    {
        if (IsSettled(second, generation))
        {
            return null;
        }

        var i = seconds.Count;
        while (i > 0 && (seconds[i - 1].Second, seconds[i - 1].Generation).CompareTo((second, generation)) >= 0)
        {
            i--;
        }

        if (i < seconds.Count && seconds[i].Second == second && seconds[i].Generation == generation)
        {
            return seconds[i];
        }

        seconds.Insert(i, new OpenSecond(second, generation, share, tests, isWarmUp));
        return seconds[i];
    }

    /// <summary>
    /// Takes out the oldest second if it is settled now, that is, after all that started before <paramref name="readAt"/> has been reported as of then. Null: nothing more.
    /// </summary>
    public OpenSecond? TakeSettled(long readAt)
    {
        if (seconds.Count == 0)
        {
            return null;
        }

        var oldest = seconds[0];
        var isSettled = oldest.Second < readAt && (oldest.IsComplete() || readAt - oldest.Second > wait);
        if (!isSettled && seconds.Count <= Most)
        {
            return null;
        }

        seconds.RemoveAt(0);
        settled = (oldest.Second, oldest.Generation);
        return oldest;
    }

    /// <summary>Takes note that everything up to here was settled before.</summary>
    public void SettledThrough(long second, long generation) => settled = (second, generation);
}
