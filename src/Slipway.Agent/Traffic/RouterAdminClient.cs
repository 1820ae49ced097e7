using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Slipway.Agent.Instances;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Traffic;

/// <summary>What became of a configuration.</summary>
internal abstract record RouterPut
{
    private RouterPut() { }

    /// <summary>In force and on the router's disk.</summary>
    /// <param name="Ports">Those of lanes and previews, by host.</param>
    public sealed record Applied(IReadOnlyDictionary<string, int> Ports) : RouterPut;

    /// <summary>The one in force has this sequence or a later one.</summary>
    public sealed record Stale : RouterPut;

    public sealed record Refused(string Why) : RouterPut;
}

/// <summary>Speaks with the admin port of the router that wrote its address into a data directory.</summary>
internal sealed class RouterAdminClient(string routerDirectory, HttpMessageInvoker http, TimeProvider time)
{
    public string Directory => routerDirectory;

    /// <returns>The router that runs, as its file says; null when there is no file or its process has ended.</returns>
    public RouterAdmin? FindRunning() => FindRunning(routerDirectory);

    public static RouterAdmin? FindRunning(string routerDirectory)
    {
        var file = Path.Combine(routerDirectory, RouterAdmin.FileName);
        try
        {
            return File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllBytes(file), RouterProtocolJson.Default.RouterAdmin) is { } admin && Runs(admin) ? admin : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            // Being written, or a leftover: the router that comes next writes it anew.
            return null;
        }
    }

    /// <summary>
    /// In the environment of every router that an agent started on this directory: one that has not written its address yet is found by it, so that no twin is
    /// started and none is left behind.
    /// </summary>
    public string Mark => MarkOf(routerDirectory);

    public static string MarkOf(string routerDirectory) => $"{MarkVariable}={routerDirectory}";
    public const string MarkVariable = "SLIPWAY_ROUTER_DIR";

    public static bool Runs(RouterAdmin admin) => ProcFs.Read(admin.Pid) is { HasEnded: false } stat && stat.StartTime == admin.StartTime;

    /// <returns>The configuration in force; null when there is none yet.</returns>
    /// <exception cref="HttpRequestException">The router does not answer as it should.</exception>
    public async Task<RouterConfiguration?> GetConfigurationAsync(RouterAdmin admin, CancellationToken cancellation)
    {
        using var answer = await SendAsync(admin, HttpMethod.Get, "/config", null, AgentLimits.RouterCall, cancellation);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent)
        {
            return null;
        }
        answer.EnsureSuccessStatusCode();
        return await ReadAsync(answer, RouterProtocolJson.Default.RouterConfiguration, cancellation);
    }

    public async Task<RouterPut> PutConfigurationAsync(RouterAdmin admin, RouterConfiguration configuration, CancellationToken cancellation)
    {
        using var answer = await SendAsync(admin, HttpMethod.Put, "/config", JsonContent.Create(configuration, RouterProtocolJson.Default.RouterConfiguration), AgentLimits.RouterCall, cancellation);
        return answer.IsSuccessStatusCode ? new RouterPut.Applied((await ReadAsync(answer, RouterProtocolJson.Default.RouterApplied, cancellation))?.Ports ?? throw new HttpRequestException("the router's answer is empty"))
            : answer.StatusCode == HttpStatusCode.Conflict ? new RouterPut.Stale()
            : new RouterPut.Refused($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    public async Task<RouterCounts?> GetCountsAsync(RouterAdmin admin, RouterCounts? since, TimeSpan within, CancellationToken cancellation)
    {
        var query = since is null ? "" : $"?incarnation={Uri.EscapeDataString(since.Incarnation)}&since={since.Sequence}";
        using var answer = await SendAsync(admin, HttpMethod.Get, "/counts" + query, null, within, cancellation);
        answer.EnsureSuccessStatusCode();
        return await ReadAsync(answer, RouterProtocolJson.Default.RouterCounts, cancellation);
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancellation);
        }
        catch (JsonException notOurs)
        {
            throw new HttpRequestException("the router's answer cannot be read: " + notOurs.Message, notOurs);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(RouterAdmin admin, HttpMethod method, string path, HttpContent? content, TimeSpan within, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{admin.Port}{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", admin.Token);
        try
        {
            var answer = await http.SendAsync(request, either.Token);
            // The whole body under the same time limit.
            await answer.Content.LoadIntoBufferAsync(either.Token);
            return answer;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"the router did not answer {method} {path} within {within.TotalSeconds:0.#} s");
        }
    }
}
