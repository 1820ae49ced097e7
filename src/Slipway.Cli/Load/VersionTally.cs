using Slipway.Client.Traffic;

namespace Slipway.Cli.Load;

/// <summary>Answers of one version. Its owner locks.</summary>
internal sealed class VersionTally(string version)
{
    private readonly long[] latencies = new long[LatencyBuckets.Count];
    private readonly SortedDictionary<int, long> statuses = [];
    private long requests, errors;

    public string Version => version;
    public long Requests => requests;
    public long Errors => errors;

    public void Add(int status, double micros)
    {
        requests++;
        errors += status >= 500 ? 1 : 0;
        statuses[status] = statuses.GetValueOrDefault(status) + 1;
        latencies[LatencyBuckets.IndexOf(micros)]++;
    }

    public VersionLoad Report() => new(
        version, requests, statuses.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value), errors, Quantile(0.5), Quantile(0.95), Quantile(0.99));

    /// <summary>The upper edge of the bucket that the quantile falls into.</summary>
    private double? Quantile(double share)
    {
        if (requests == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(share * requests));
        long below = 0;
        for (var bucket = 0; ; bucket++)
        {
            below += latencies[bucket];
            if (below >= rank)
            {
                return Math.Round(LatencyBuckets.UpperMicros(bucket) / 1000, 3);
            }
        }
    }
}
