using Slipway.Engine.Ports;

namespace Slipway.Engine;

/// <summary>An idempotency key as a request carried it, within its identity, and a fingerprint of the request that it stands for.</summary>
/// <param name="Key">Unique for (identity, key).</param>
/// <param name="Fingerprint">Hash over method, path and body.</param>
public sealed record RequestKey(string Key, string Fingerprint);

/// <summary>How an append under a <see cref="RequestKey"/> ended.</summary>
public abstract record OnceResult
{
    private OnceResult()
    {
    }

    /// <param name="Number">See <see cref="AppendResult.Number"/>.</param>
    public sealed record Written(long Number) : OnceResult;

    /// <summary>The same request was carried out before; <paramref name="Result"/> is what it remembered.</summary>
    public sealed record Repeated(string Result) : OnceResult;

    /// <summary>A document had another revision; nothing was written.</summary>
    public sealed record Conflict(string Document) : OnceResult;

    /// <summary>The key stands for another request; nothing was written.</summary>
    public sealed record KeyReused : OnceResult
    {
        public static Refusal Refusal { get; } = new(
            RefusalKind.KeyReused, "idempotencyKeyReused", "The Idempotency-Key was used before for another request.", "Use a new key for a new request.");
    }
}

/// <summary>Appends that happen once per <see cref="RequestKey"/>.</summary>
public static class AppendOnce
{
    /// <summary>Appends; with a key, at most once, remembering <paramref name="result"/> for repeats.</summary>
    public static async Task<OnceResult> AppendOnceAsync(this IStore store, Append append, RequestKey? key, string result, CancellationToken cancel)
    {
        var written = await store.AppendAsync(
            key is null ? append : append with { IdempotencyKey = key.Key, Answer = key.Fingerprint + "\n" + result }, cancel);
        return written.Repeated ? Before(key, written.Stored)
            : written.Done ? new OnceResult.Written(written.Number)
            : new OnceResult.Conflict(written.Conflict ?? "");
    }

    /// <summary>What became of the request when it was made before; null: it has not been.</summary>
    public static async Task<OnceResult?> FindAsync(this IStore store, RequestKey? key, CancellationToken cancel) =>
        key is not null && await store.FindAnswerAsync(key.Key, cancel) is { } stored ? Before(key, stored) : null;

    private static OnceResult Before(RequestKey? key, string? stored)
    {
        var parts = (stored ?? "").Split('\n', 2);
        return parts.Length == 2 && parts[0] == key?.Fingerprint ? new OnceResult.Repeated(parts[1]) : new OnceResult.KeyReused();
    }
}
