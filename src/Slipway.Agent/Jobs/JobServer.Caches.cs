using System.Globalization;
using System.Net;
using System.Text.Json;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>The requests of <see cref="CachePaths"/>.</summary>
internal sealed partial class JobServer
{
    // A state that comes more slowly than this is sooner made anew.
    private const long SlowestCacheBytesPerSecond = 1024 * 1024;

    public async Task<ServerAnswer> FindCacheAsync(WantedJob job, string key, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, PathOf(job, key));
        return await SendAsync(request, AgentLimits.LogCall, async (response, cancel) =>
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return new ServerAnswer.CacheIs(null);
            }
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return await JsonSerializer.DeserializeAsync(body, CacheProtocolJson.Default.CacheFound, cancel) is { } found ? new ServerAnswer.CacheIs(found) : null;
        }, cancellation);
    }

    /// <summary>Writes a state to a file; done only if its bytes have the digest.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<ServerAnswer> GetCacheAsync(WantedJob job, string key, CacheFound found, string file, CancellationToken cancellation) =>
        DownloadAsync($"{PathOf(job, key)}{CachePaths.Bytes}?digest={found.Digest}", found.Digest, file, found.Bytes, LongestFor(found.Bytes), cancellation);

    public async Task<ServerAnswer> PutCacheAsync(WantedJob job, string key, string digest, string file, CancellationToken cancellation)
    {
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);
        using var request = Request(HttpMethod.Put, $"{PathOf(job, key)}?digest={digest}");
        request.Content = new StreamContent(content);
        request.Content.Headers.ContentType = new("application/gzip");
        request.Content.Headers.ContentLength = content.Length;
        return await SendAsync(request, LongestFor(content.Length), async (response, cancel) =>
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return await JsonSerializer.DeserializeAsync(body, CacheProtocolJson.Default.CacheTaken, cancel) is { } taken ? new ServerAnswer.CacheWas(taken) : null;
        }, cancellation);
    }

    /// <summary>Says that what is kept cannot be used.</summary>
    public async Task<ServerAnswer> ForgetCacheAsync(WantedJob job, string key, string digest, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Delete, $"{PathOf(job, key)}?digest={digest}");
        return await SendAsync(request, AgentLimits.LogCall, (response, _) => Task.FromResult<ServerAnswer?>(response.IsSuccessStatusCode ? new ServerAnswer.Done() : null), cancellation);
    }

    private static TimeSpan LongestFor(long bytes) => AgentLimits.LogCall + TimeSpan.FromSeconds((double)bytes / SlowestCacheBytesPerSecond);

    private static string PathOf(WantedJob job, string key) =>
        $"{CachePaths.Path}/{Uri.EscapeDataString(job.Run)}/{Uri.EscapeDataString(job.Job)}/{job.Attempt.ToString(CultureInfo.InvariantCulture)}/{key}";
}
