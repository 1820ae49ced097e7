using System.Collections.Concurrent;

namespace Slipway.Bench.Rolling;

/// <summary>Requests to all routers in turn, at a rate; every answer but 200 is a failure.</summary>
internal sealed class RouterLoad(IReadOnlyList<int> ports, string host, int perSecond)
{
    private long sent, failed;

    public long Sent => Interlocked.Read(ref sent);
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>What the answers said they come from.</summary>
    public ConcurrentDictionary<string, long> Versions { get; } = new();

    public async Task RunAsync(CancellationToken end)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        List<Task> underWay = [];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            for (var next = 0; await timer.WaitForNextTickAsync(end);)
            {
                for (var i = 0; i < perSecond / 50; i++)
                {
                    underWay.Add(AskAsync(http, ports[next++ % ports.Count]));
                }

                underWay.RemoveAll(request => request.IsCompleted);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await Task.WhenAll(underWay);
        }
    }

    private async Task AskAsync(HttpClient http, int port)
    {
        Interlocked.Increment(ref sent);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/");
            request.Headers.Host = host;
            using var response = await http.SendAsync(request, CancellationToken.None);
            if (response.IsSuccessStatusCode && response.Headers.TryGetValues("X-Slipway-Version", out var version))
            {
                Versions.AddOrUpdate(version.First(), 1, (_, count) => count + 1);
            }
            else
            {
                Interlocked.Increment(ref failed);
            }
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref failed);
        }
    }
}
