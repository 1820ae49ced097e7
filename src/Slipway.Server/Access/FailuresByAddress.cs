using System.Collections.Concurrent;
using System.Net;

namespace Slipway.Server.Access;

/// <summary>Counts what failed by the address that it came from, within a minute.</summary>
internal sealed class FailuresByAddress(TimeProvider time)
{
    public const int MostFailures = 30;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int MostEntries = 10_000;
    private readonly ConcurrentDictionary<IPAddress, (DateTimeOffset Since, int Count)> failures = new();

    /// <summary>How long this address has to wait; null: not at all.</summary>
    public TimeSpan? RetryAfter(IPAddress? address)
    {
        if (address is null || !failures.TryGetValue(address, out var seen) || seen.Count < MostFailures)
        {
            return null;
        }

        var left = seen.Since + Window - time.GetUtcNow();
        return left <= TimeSpan.Zero ? null : left;
    }

    public void Failed(IPAddress? address)
    {
        if (address is null)
        {
            return;
        }

        var now = time.GetUtcNow();
        if (failures.Count >= MostEntries)
        {
            foreach (var old in failures.Where(f => f.Value.Since + Window < now))
            {
                failures.TryRemove(old);
            }

            // An attacker with ten thousand addresses within a minute: forget rather than grow.
            if (failures.Count >= MostEntries)
            {
                failures.Clear();
            }
        }

        failures.AddOrUpdate(address, (now, 1), (_, seen) => seen.Since + Window < now ? (now, 1) : (seen.Since, seen.Count + 1));
    }
}
