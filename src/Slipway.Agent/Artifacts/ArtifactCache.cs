using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Artifacts;

/// <summary>What asking for an artifact came to.</summary>
internal abstract record ArtifactOutcome
{
    private ArtifactOutcome() { }

    /// <param name="Directory">The unpacked artifact; read-only, shared.</param>
    public sealed record Ready(string Directory) : ArtifactOutcome;

    /// <param name="Retryable">Whether the same digest may be had later.</param>
    public sealed record Unusable(InstanceFailure Failure, bool Retryable) : ArtifactOutcome;
}

/// <summary>
/// Unpacked artifacts by digest. Bytes are trusted only when their SHA-256 is the digest; they are unpacked under a temporary name that gets its real one last,
/// so that a directory with a digest's name is whole.
/// </summary>
internal sealed class ArtifactCache(AgentOptions options, AgentPaths paths, HttpMessageInvoker http, ILogger logger) : IDisposable
{
    private const string TemporaryPrefix = ".new-";
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly ArtifactLimits _limits = ArtifactLimits.Default;

    /// <summary>Removes what a crash left half made. Nothing runs from it: its name was never a digest's.</summary>
    public void RemoveLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(paths.Artifacts, TemporaryPrefix + "*"))
        {
            File.Delete(file);
        }
        foreach (var directory in Directory.EnumerateDirectories(paths.Artifacts, TemporaryPrefix + "*"))
        {
            ArtifactExtractor.Remove(directory);
        }
    }

    /// <param name="expectedBytes">Length of the packed artifact, as the server announced it.</param>
    public async Task<ArtifactOutcome> GetAsync(string digest, long expectedBytes, CancellationToken cancellation)
    {
        var directory = DirectoryOf(digest);
        if (Directory.Exists(directory))
        {
            // Not behind somebody else's download. Its age begins anew, so that it is not removed just now.
            Directory.SetLastWriteTimeUtc(directory, options.Time.GetUtcNow().UtcDateTime);
            return new ArtifactOutcome.Ready(directory);
        }
        // One after the other: two downloads at once would share the same line and disk anyway, and instances of a version set want the same one.
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            if (Directory.Exists(directory))
            {
                return new ArtifactOutcome.Ready(directory);
            }
            return await FetchAsync(digest, expectedBytes, directory, cancellation);
        }
        catch (IOException full) when (Libc.IsDiskFull(full))
        {
            AgentLog.DiskFull(logger, paths.Artifacts, full.Message);
            return new ArtifactOutcome.Unusable(Instances.InstanceFailures.DiskFull(paths.Artifacts, full.Message), Retryable: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Missing(digest, $"the server sent nothing for {AgentLimits.ArtifactStall.TotalSeconds:0} s");
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or HttpIOException)
        {
            return Missing(digest, $"the server could not be asked ({unreachable.Message})");
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Removes unpacked artifacts that nothing uses.</summary>
    /// <param name="keep">Digests that a version set or an instance needs.</param>
    public async Task CleanAsync(IReadOnlySet<string> keep, DateTimeOffset now, TimeSpan unusedFor, CancellationToken cancellation)
    {
        var kept = keep.Select(DirectoryOf).ToHashSet();
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            foreach (var directory in new DirectoryInfo(paths.Artifacts).EnumerateDirectories())
            {
                if (!directory.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && !kept.Contains(directory.FullName))
                {
                    directory.Refresh();
                    if (now - directory.LastWriteTimeUtc > unusedFor)
                    {
                        AgentLog.ArtifactRemoved(logger, directory.Name);
                        ArtifactExtractor.Remove(directory.FullName);
                    }
                    continue;
                }
                // Its age is how long nobody has wanted it.
                directory.LastWriteTimeUtc = now.UtcDateTime;
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private string DirectoryOf(string digest) => Path.Combine(paths.Artifacts, digest["sha256:".Length..]);

    private async Task<ArtifactOutcome> FetchAsync(string digest, long expectedBytes, string directory, CancellationToken cancellation)
    {
        var hex = Path.GetFileName(directory);
        var download = Path.Combine(paths.Artifacts, $"{TemporaryPrefix}{hex}.packed");
        var unpacked = Path.Combine(paths.Artifacts, TemporaryPrefix + hex);
        try
        {
            File.Delete(download);
            ArtifactExtractor.Remove(unpacked);
            if (await DownloadAsync(digest, expectedBytes, download, cancellation) is { } unusable)
            {
                return unusable;
            }
            return await Task.Run(() => Unpack(digest, download, unpacked, directory, cancellation), cancellation);
        }
        finally
        {
            File.Delete(download);
            ArtifactExtractor.Remove(unpacked);
        }
    }

    private async Task<ArtifactOutcome.Unusable?> DownloadAsync(string digest, long expectedBytes, string download, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Server, $"{AgentProtocol.ArtifactPath}/{digest}"));
        if (options.ReadToken() is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        // A download may be as long as it is large; it may not stand still.
        using var stalled = new CancellationTokenSource(AgentLimits.ArtifactStall, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stalled.Token);
        using var response = await http.SendAsync(request, either.Token);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Missing(digest, $"the server answered {(int)response.StatusCode}");
        }
        var limit = Math.Min(expectedBytes > 0 ? expectedBytes : long.MaxValue, _limits.MaxPackedBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var content = await response.Content.ReadAsStreamAsync(either.Token);
        await using var file = options.CreateDownload(download);
        var buffer = new byte[64 * 1024];
        long total = 0;
        int read;
        while ((read = await content.ReadAsync(buffer, either.Token)) > 0)
        {
            stalled.CancelAfter(AgentLimits.ArtifactStall);
            total += read;
            if (total > limit)
            {
                return Corrupt($"More than the {limit} bytes came that the artifact {Short(digest)} has.");
            }
            hash.AppendData(buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        await file.FlushAsync(cancellation);
        var actual = "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
        return actual == digest ? null : Corrupt($"The bytes that came for the artifact {Short(digest)} have the digest {Short(actual)}.");
    }

    private ArtifactOutcome Unpack(string digest, string download, string unpacked, string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(unpacked);
        using (var packed = File.OpenRead(download))
        {
            if (ArtifactExtractor.Extract(packed, unpacked, _limits, cancellation) is ExtractOutcome.Refused refused)
            {
                AgentLog.ArtifactRefused(logger, digest, refused.ToString());
                return new ArtifactOutcome.Unusable(
                    new("artifactRefused", $"The artifact {Short(digest)} cannot be unpacked safely: {refused}.", "Make the artifact anew with `slipway release create --artifact DIR`, which packs only what can be unpacked."),
                    Retryable: false);
            }
        }
        ArtifactExtractor.Seal(unpacked);
        Libc.SyncFileSystem(unpacked);
        // Renaming a directory needs the write permission on it, since its ".." changes.
        File.SetUnixFileMode(unpacked, File.GetUnixFileMode(unpacked) | UnixFileMode.UserWrite);
        Directory.Move(unpacked, directory);
        File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) & ~UnixFileMode.UserWrite);
        Libc.SyncDirectory(paths.Artifacts);
        AgentLog.ArtifactReady(logger, digest);
        return new ArtifactOutcome.Ready(directory);
    }

    private static ArtifactOutcome.Unusable Missing(string digest, string why) => new(
        new("artifactMissing", $"The artifact {Short(digest)} could not be fetched: {why}.", "See that the server runs and still has the artifact (`slipway release show`); the agent tries again by itself."),
        Retryable: true);

    private static ArtifactOutcome.Unusable Corrupt(string seen) => new(
        new("artifactCorrupt", seen + " Nothing of it was used.", "See what lies between server and agent (a proxy, a failing disk); if it stays, create the release anew."),
        Retryable: true);

    private static string Short(string digest) => digest.Length > 19 ? digest[..19] + "…" : digest;
}
