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
    private const int MostEntries = 10_000;
    private readonly FailuresByAddress failures = new(time);
    private readonly ConcurrentDictionary<string, DateTimeOffset> valid = new(StringComparer.Ordinal);

    /// <summary>How long this address has to wait before this credential is looked at; null: not at all.</summary>
    public TimeSpan? RetryAfter(IPAddress? address, string secret) =>
        failures.RetryAfter(address) is { } left && !valid.ContainsKey(Secret.HashOf(secret)) ? left : null;

    public void Failed(IPAddress? address) => failures.Failed(address);

    public void Passed(string secret)
    {
        if (valid.Count >= MostEntries)
        {
            valid.Clear();
        }

        valid[Secret.HashOf(secret)] = time.GetUtcNow();
    }
}
