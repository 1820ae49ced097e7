using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>How much is kept for jobs.</summary>
/// <param name="MostBytes">Of all together, as packed; what was not used for the longest time goes first.</param>
/// <param name="MostBytesOfOne">A larger state is not taken.</param>
/// <param name="SpareBytes">Left free on the disk for what matters more.</param>
public sealed record CacheBounds(long MostBytes, long MostBytesOfOne, long SpareBytes);

/// <summary>What a job finds.</summary>
/// <param name="Scope">Whose it is.</param>
public sealed record KeptCache(CacheScope Scope, string Digest, long Bytes);

/// <summary>
/// Kept states of jobs' folders: (scope, key) → digest. Whose states a job takes and for whom it saves comes from its plan, which the server made; an agent says only the key. What is
/// kept is never replaced. All of it may be lost without harm, so that a crash between bytes and record costs no more than the bytes, which the next look for room takes away.
/// </summary>
public sealed class CacheShelf(IStore store, ICacheFiles files, CacheBounds bounds) : IDisposable
{
    private const string Collection = "cache";
    private const int Most = 100_000;
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Sixty-four lower-case hex digits.</summary>
    public static bool IsKey(string key) => key.Length == 64 && key.All(char.IsAsciiHexDigitLower);

    /// <summary>What is kept under a key for this job: of its own scope first. It counts as used now. Null: nothing.</summary>
    public async Task<KeptCache?> FindAsync(JobPlan plan, string key, CancellationToken cancel)
    {
        foreach (var scope in plan.CachesReadFrom)
        {
            if (await ReadAsync(scope, key, cancel) is not var (record, revision))
            {
                continue;
            }

            if (store.Now - record.UsedAt >= Limits.CacheUseNoted)
            {
                // Another note, or the record's end, may have come first: then this one is of no use.
                await store.AppendAsync(new Append { Documents = [Write(IdOf(scope, key), record with { UsedAt = store.Now }, revision)] }, cancel);
            }

            return new KeptCache(scope, record.Digest, record.Bytes);
        }

        return null;
    }

    /// <summary>The bytes of a state that this job may take; null: they are not there (any more).</summary>
    public async Task<Stream?> OpenAsync(JobPlan plan, string key, string digest, CancellationToken cancel)
    {
        foreach (var scope in plan.CachesReadFrom)
        {
            if (await ReadAsync(scope, key, cancel) is var (record, _) && record.Digest == digest)
            {
                if (files.Open(digest) is { } bytes)
                {
                    return bytes;
                }

                // A store that came back from a backup knows states whose bytes have gone.
                await DropAsync(scope, key, digest, cancel);
            }
        }

        return null;
    }

    /// <summary>Keeps a state for this job's scope.</summary>
    /// <param name="announced">How many bytes are said to come; null: that is not said.</param>
    /// <returns>Why it is not kept; null: it is.</returns>
    public async Task<string?> SaveAsync(JobPlan plan, string key, string digest, Stream bytes, long? announced, CancellationToken cancel)
    {
        if (plan.CachesWrittenTo is not { } scope)
        {
            return "its run is of a bare commit, and saves for no branch";
        }

        if (await ReadAsync(scope, key, cancel) is not null)
        {
            return Kept(scope);
        }

        if (announced > bounds.MostBytesOfOne)
        {
            return TooLarge;
        }

        try
        {
            await using var staged = await files.StageAsync(bytes, bounds.MostBytesOfOne, cancel);
            return staged.Digest != digest ? "it was damaged on its way to the server" : await KeepAsync(plan, scope, key, staged, cancel);
        }
        catch (ArtifactTooLargeException)
        {
            return TooLarge;
        }
        catch (StoreUnavailableException full) when (full.Full)
        {
            return "the server's disk is full";
        }
    }

    /// <summary>Forgets what cannot be used, so that the next job saves anew. Only a job that could have saved it may say so.</summary>
    public Task ForgetAsync(JobPlan plan, string key, string digest, CancellationToken cancel) =>
        plan.CachesWrittenTo is { } scope ? DropAsync(scope, key, digest, cancel) : Task.CompletedTask;

    /// <summary>Forgets, wherever this job could take it from, what the server itself has found to be other bytes than were saved.</summary>
    public async Task SpoiltAsync(JobPlan plan, string key, string digest, CancellationToken cancel)
    {
        foreach (var scope in plan.CachesReadFrom)
        {
            await DropAsync(scope, key, digest, cancel);
        }
    }

    private async Task DropAsync(CacheScope scope, string key, string digest, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (await ReadAsync(scope, key, cancel) is var (record, revision) && record.Digest == digest)
            {
                await store.AppendAsync(new Append { Documents = [new DocumentWrite(Collection, IdOf(scope, key), null, revision)] }, cancel);
                await RemoveUnnamedAsync(cancel);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<string?> KeepAsync(JobPlan plan, CacheScope scope, string key, IStagedArtifact staged, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (!await MakeRoomAsync(staged.Bytes, cancel))
            {
                return "the server has no room for it";
            }

            await staged.KeepAsync(cancel);
            var record = new CacheRecord { Scope = scope, Digest = staged.Digest, Bytes = staged.Bytes, SavedAt = store.Now, UsedAt = store.Now, Run = plan.Run, Job = plan.Job };
            return (await store.AppendAsync(new Append { Documents = [Write(IdOf(scope, key), record, 0)] }, cancel)).Done ? null : Kept(scope);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Lets go what was not used for the longest time, until there is room for so much more.</summary>
    private async Task<bool> MakeRoomAsync(long bytes, CancellationToken cancel)
    {
        var (records, there) = await RemoveUnnamedAsync(cancel);
        var left = records.ToLookup(r => r.Record.Digest).ToDictionary(r => r.Key, r => r.Count(), StringComparer.Ordinal);
        var total = there.Values.Sum();
        foreach (var (id, record) in records.OrderBy(r => r.Record.UsedAt))
        {
            if (HasRoom())
            {
                break;
            }

            await store.AppendAsync(new Append { Documents = [new DocumentWrite(Collection, id, null)] }, cancel);
            if (--left[record.Digest] == 0)
            {
                files.Remove(record.Digest);
                total -= there.GetValueOrDefault(record.Digest);
            }
        }

        return HasRoom();

        // What is taken in lies on the disk already.
        bool HasRoom() => total + bytes <= bounds.MostBytes && files.FreeBytes >= bounds.SpareBytes;
    }

    /// <summary>Removes bytes that no record names: of states that went, and of a server that ended between the two.</summary>
    /// <returns>What is left: records by their ids, and bytes by digest.</returns>
    private async Task<(IReadOnlyList<(string Id, CacheRecord Record)> Records, Dictionary<string, long> There)> RemoveUnnamedAsync(CancellationToken cancel)
    {
        List<(string Id, CacheRecord Record)> records = [.. (await store.ListDocumentsAsync(Collection, null, Most, newestFirst: false, cancel)).Select(d => (d.Key, d.As(CacheJson.Default.CacheRecord)))];
        var there = files.List().ToDictionary(StringComparer.Ordinal);
        foreach (var digest in there.Keys.Except(records.Select(r => r.Record.Digest)).ToList())
        {
            files.Remove(digest);
            there.Remove(digest);
        }

        return (records, there);
    }

    private async Task<(CacheRecord Record, long Revision)?> ReadAsync(CacheScope scope, string key, CancellationToken cancel) =>
        await store.ReadDocumentAsync(Collection, IdOf(scope, key), cancel) is { } document ? (document.As(CacheJson.Default.CacheRecord), document.Revision) : null;

    private string TooLarge => $"it has more than the {bounds.MostBytesOfOne} bytes that one may have";

    private static string Kept(CacheScope scope) => $"another job has saved it for {scope.Words} meanwhile";

    // Names of repositories and refs hold anything; a digest of them is a key.
    private static string IdOf(CacheScope scope, string key) => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{scope.Repository}\n{scope.Ref}")))[..32]}/{key}";

    private static DocumentWrite Write(string key, CacheRecord record, long revision) => new(Collection, key, DocumentJson.ToNode(record, CacheJson.Default.CacheRecord), revision);
}

/// <summary>A kept state, as it is kept.</summary>
internal sealed record CacheRecord
{
    public required CacheScope Scope { get; init; }
    public required string Digest { get; init; }
    public required long Bytes { get; init; }
    public required DateTimeOffset SavedAt { get; init; }
    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>Who saved it.</summary>
    public required string Run { get; init; }
    public required string Job { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CacheRecord))]
internal sealed partial class CacheJson : JsonSerializerContext;
