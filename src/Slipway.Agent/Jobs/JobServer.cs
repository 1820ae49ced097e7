using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What a request for a job came to.</summary>
internal abstract record ServerAnswer
{
    private ServerAnswer() { }

    public sealed record Done : ServerAnswer;

    /// <param name="End">Where the log ends at the server.</param>
    public sealed record LogIs(LogEnd End) : ServerAnswer;

    /// <param name="Found">Null: nothing is kept.</param>
    public sealed record CacheIs(CacheFound? Found) : ServerAnswer;

    public sealed record CacheWas(CacheTaken Taken) : ServerAnswer;

    /// <summary>It may be had later.</summary>
    public sealed record NotNow(string Why) : ServerAnswer;

    /// <summary>The server answered, and will not.</summary>
    public sealed record Refused(string Why) : ServerAnswer;
}

/// <summary>The requests of <see cref="JobPaths"/>.</summary>
internal sealed partial class JobServer(AgentOptions options, HttpMessageInvoker http)
{
    // A transfer may be as long as it is large; slower than this is standing still.
    private const long SlowestBytesPerSecond = 64 * 1024;

    public Uri SourceOf(string service) => new(options.Server, $"{JobPaths.SourcePath}/{service}.git");

    /// <summary>The agent's token, as it is now; null: it has none.</summary>
    public string? Token => options.ReadToken();

    /// <summary>The header that lets git in.</summary>
    public string? Authorization => Token is { } token ? "Authorization: Bearer " + token : null;

    /// <summary>Appends a piece of a log.</summary>
    public async Task<ServerAnswer> AppendLogAsync(WantedJob job, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        var path = $"{JobPaths.LogPath}/{Uri.EscapeDataString(job.Run)}/{Uri.EscapeDataString(job.Job)}/{job.Attempt.ToString(CultureInfo.InvariantCulture)}?offset={offset.ToString(CultureInfo.InvariantCulture)}";
        using var request = Request(HttpMethod.Post, path);
        request.Content = new ReadOnlyMemoryContent(piece);
        request.Content.Headers.ContentType = new("text/plain") { CharSet = "utf-8" };
        return await SendAsync(request, AgentLimits.LogCall, async (response, cancel) =>
        {
            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Conflict))
            {
                return null;
            }
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return await JsonSerializer.DeserializeAsync(body, AgentProtocolJson.Default.LogEnd, cancel) is { } end ? new ServerAnswer.LogIs(end) : null;
        }, cancellation);
    }

    /// <summary>Keeps a file's bytes at the server.</summary>
    public Task<ServerAnswer> PutBlobAsync(string digest, string file, CancellationToken cancellation) => PutAsync($"{JobPaths.BlobPath}/{digest}", file, cancellation);

    /// <summary>Tells what an attempt has reported of tests.</summary>
    public Task<ServerAnswer> PutTestsAsync(WantedJob job, string file, CancellationToken cancellation) => PutAsync(
        $"{AttemptTests.Path}/{Uri.EscapeDataString(job.Run)}/{Uri.EscapeDataString(job.Job)}/{job.Attempt.ToString(CultureInfo.InvariantCulture)}", file, cancellation);

    private async Task<ServerAnswer> PutAsync(string path, string file, CancellationToken cancellation)
    {
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);
        using var request = Request(HttpMethod.Put, path);
        request.Content = new StreamContent(content);
        request.Content.Headers.ContentType = new("application/gzip");
        request.Content.Headers.ContentLength = content.Length;
        return await SendAsync(request, AgentLimits.LogCall + TimeSpan.FromSeconds(content.Length / SlowestBytesPerSecond),
            (response, _) => Task.FromResult<ServerAnswer?>(response.IsSuccessStatusCode ? new ServerAnswer.Done() : null), cancellation);
    }

    /// <summary>Writes a blob to a file; done only if its bytes have the digest.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Task<ServerAnswer> GetBlobAsync(string digest, string file, long most, CancellationToken cancellation) =>
        DownloadAsync($"{JobPaths.BlobPath}/{digest}", digest, file, most, AgentLimits.LogCall + TimeSpan.FromSeconds(most / SlowestBytesPerSecond), cancellation);

    private async Task<ServerAnswer> DownloadAsync(string path, string digest, string file, long most, TimeSpan longest, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, path);
        return await SendAsync(request, longest, async (response, cancel) =>
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return null;
            }
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var content = await response.Content.ReadAsStreamAsync(cancel);
            File.Delete(file);
            await using var target = options.CreateDownload(file);
            var buffer = new byte[128 * 1024];
            long total = 0;
            while (await ReadAsync(content, buffer, cancel) is var read and > 0)
            {
                total += read;
                if (total > most)
                {
                    return new ServerAnswer.Refused($"more than {most} bytes came");
                }
                hash.AppendData(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
            var actual = "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
            return actual == digest ? new ServerAnswer.Done() : new ServerAnswer.NotNow($"what came has the digest {actual}");
        }, cancellation);
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(options.Server, path));
        if (options.ReadToken() is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        return request;
    }

    // Nothing for so long is nothing; the same bound as for artifacts.
    private async Task<int> ReadAsync(Stream content, Memory<byte> buffer, CancellationToken cancellation)
    {
        using var stalled = new CancellationTokenSource(AgentLimits.ArtifactStall, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stalled.Token);
        return await content.ReadAsync(buffer, either.Token);
    }

    private async Task<ServerAnswer> SendAsync(
        HttpRequestMessage request, TimeSpan longest, Func<HttpResponseMessage, CancellationToken, Task<ServerAnswer?>> read, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(longest, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            if (await read(response, either.Token) is { } answer)
            {
                return answer;
            }
            // What a proxy or a server that starts or is overloaded says may change; so may whether a token is accepted.
            var why = $"the server answered {(int)response.StatusCode}";
            return (int)response.StatusCode is >= 500 or 401 or 408 or 429 ? new ServerAnswer.NotNow(why) : new ServerAnswer.Refused(why);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ServerAnswer.NotNow("the server did not answer in time");
        }
        catch (Exception broken) when (broken is HttpRequestException or HttpIOException or JsonException)
        {
            return new ServerAnswer.NotNow($"the server could not be asked ({broken.Message})");
        }
    }
}
