using System.Collections.Concurrent;
using System.Net;
using Slipway.Engine.Access;

namespace Slipway.Server.Access;

/// <summary>
/// Bounds how often one address may try unknown credentials. Who showed a valid one lately from anywhere goes on: on one machine all share an address, and a
/// script with an old token must not lock its user out.
/// </summary>
internal sealed class FailedAttempts(TimeProvider time)
{
    public const int MostFailures = 30;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int MostEntries = 10_000;
    private readonly ConcurrentDictionary<IPAddress, (DateTimeOffset Since, int Count)> failures = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> valid = new(StringComparer.Ordinal);

    /// <summary>How long this address has to wait before this credential is looked at; null: not at all.</summary>
    public TimeSpan? RetryAfter(IPAddress? address, string secret)
    {
        if (address is null || !failures.TryGetValue(address, out var seen) || seen.Count < MostFailures)
        {
            return null;
        }

        var left = seen.Since + Window - time.GetUtcNow();
        return left <= TimeSpan.Zero || valid.ContainsKey(Secret.HashOf(secret)) ? null : left;
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

    public void Passed(string secret)
    {
        if (valid.Count >= MostEntries)
        {
            valid.Clear();
        }

        valid[Secret.HashOf(secret)] = time.GetUtcNow();
    }
}
