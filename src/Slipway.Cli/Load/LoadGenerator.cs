using System.Net;
using System.Net.Sockets;

namespace Slipway.Cli.Load;

/// <summary>
/// Sends requests at a steady rate that does not wait for answers (an open loop), as users do: a service that slows down gets no fewer of them. Many can run in one
/// process; <see cref="Report"/> may be asked at any time.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    private const string VersionHeader = "X-Slipway-Version";

    /// <summary>Of answers that no version gave.</summary>
    public const string NoVersion = "none";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);
    private readonly LoadTarget target;
    private readonly HttpMessageInvoker http;
    private readonly Lock gate = new();
    private readonly Dictionary<string, VersionTally> versions = [];
    private readonly Dictionary<string, long> unanswered = [];
    private long begun, ended, leftOut, startedAt, stoppedAt;

    public LoadGenerator(LoadTarget target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.RequestsPerSecond, 1);
        this.target = target;
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectCallback = Connect,
        });
    }

    /// <summary>Runs until cancelled, then waits for the answers that are still to come. Never throws for what the service does.</summary>
    public async Task Run(CancellationToken cancel)
    {
        startedAt = target.Time.GetTimestamp();
        var due = 0L;
        var running = new List<Task>();
        using var timer = new PeriodicTimer(Tick, target.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                var elapsed = target.Time.GetElapsedTime(startedAt).TotalSeconds;
                // The first is due at once, each next one a period later.
                for (var until = (long)(elapsed * target.RequestsPerSecond) + 1; due < until; due++)
                {
                    if (begun - Interlocked.Read(ref ended) >= target.MostUnderWay)
                    {
                        leftOut++;
                        continue;
                    }

                    begun++;
                    running.Add(Send(startedAt + (long)((double)due / target.RequestsPerSecond * target.Time.TimestampFrequency)));
                }

                running.RemoveAll(task => task.IsCompleted);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough: what is under way is still waited for.
        }

        stoppedAt = target.Time.GetTimestamp();
        await Task.WhenAll(running);
    }

    public LoadReport Report()
    {
        lock (gate)
        {
            var seconds = startedAt == 0 ? 0 : target.Time.GetElapsedTime(startedAt, stoppedAt == 0 ? target.Time.GetTimestamp() : stoppedAt).TotalSeconds;
            var loads = versions.Values.OrderBy(tally => tally.Version, StringComparer.Ordinal).Select(tally => tally.Report()).ToList();
            var requests = Interlocked.Read(ref begun);
            var errors = loads.Sum(load => load.Errors);
            return new()
            {
                Url = target.Url,
                Seconds = Math.Round(seconds, 1),
                TargetRps = target.RequestsPerSecond,
                AchievedRps = seconds > 0 ? Math.Round(requests / seconds, 1) : 0,
                Requests = requests,
                UnderWay = requests - Interlocked.Read(ref ended),
                Good = loads.Sum(load => load.Requests) - errors,
                Errors = errors,
                Unanswered = new SortedDictionary<string, long>(unanswered, StringComparer.Ordinal),
                LeftOut = Interlocked.Read(ref leftOut),
                Versions = loads,
            };
        }
    }

    public void Dispose() => http.Dispose();

    private async Task Send(long dueAt)
    {
        await Task.Yield();
        string? reason = null;
        var version = NoVersion;
        var status = 0;
        try
        {
            using var limit = new CancellationTokenSource(target.Timeout, target.Time);
            using var request = new HttpRequestMessage(HttpMethod.Get, target.Url);
            using var response = await http.SendAsync(request, limit.Token);
            await response.Content.CopyToAsync(Stream.Null, limit.Token);
            status = (int)response.StatusCode;
            version = response.Headers.TryGetValues(VersionHeader, out var values) ? string.Join(',', values) : NoVersion;
        }
        catch (OperationCanceledException)
        {
            reason = "timeout";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            reason = "connection";
        }

        var micros = target.Time.GetElapsedTime(dueAt).TotalMicroseconds;
        lock (gate)
        {
            if (reason is not null)
            {
                unanswered[reason] = unanswered.GetValueOrDefault(reason) + 1;
            }
            else
            {
                if (!versions.TryGetValue(version, out var tally))
                {
                    versions.Add(version, tally = new VersionTally(version));
                }

                tally.Add(status, micros);
            }
        }

        Interlocked.Increment(ref ended);
    }

    /// <summary>Names under <c>.localhost</c> are this machine (RFC 6761), whatever its resolver thinks of them.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var point = target.Router ?? context.DnsEndPoint;
            if (point.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, point.Port), cancel);
            }
            else
            {
                await socket.ConnectAsync(point, cancel);
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
