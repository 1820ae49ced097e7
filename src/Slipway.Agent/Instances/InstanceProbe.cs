using System.Net;
using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>Asks an instance for its health.</summary>
internal sealed class InstanceProbe : IDisposable
{
    // Every probe is a new connection: whether one can be made is part of the question.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ActivityHeadersPropagator = null,
    });

    /// <returns>Null when the answer was 200 to 399 in time; else what happened, as the end of a sentence.</returns>
    public async Task<string?> AskAsync(int port, WantedHealth health, TimeProvider time, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(health.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{health.Path}");
        request.Headers.UserAgent.ParseAdd("slipway-health");
        request.Headers.ConnectionClose = true;
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return (int)response.StatusCode is >= 200 and < 400 ? null : $"GET {health.Path} answered {(int)response.StatusCode} {Phrase(response.StatusCode)}".TrimEnd();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"GET {health.Path} did not answer within {health.Timeout.TotalSeconds:0.###} s";
        }
        catch (HttpRequestException failed)
        {
            return $"GET {health.Path} failed: {failed.InnerException?.Message ?? failed.Message}";
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Phrase(HttpStatusCode status) => Enum.IsDefined(status) ? status.ToString() : "";
}
