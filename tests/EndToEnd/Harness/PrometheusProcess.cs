using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Harness;

/// <summary>Debian's Prometheus on a free loopback port.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Process process;

    private PrometheusProcess(string scrapeConfigs, string url)
    {
        Url = url;
        folder.File("prometheus.yml", $"global: {{ scrape_interval: 200ms, scrape_timeout: 200ms }}\nscrape_configs:\n{scrapeConfigs}");
        process = Process.Start(new ProcessStartInfo("prometheus", [$"--config.file={folder.In("prometheus.yml")}", $"--storage.tsdb.path={folder.In("data")}", $"--web.listen-address={Url["http://".Length..]}", "--log.level=warn"]) { WorkingDirectory = folder.Path })!;
    }

    public string Url { get; }

    /// <summary>Where one can be started, for what must know it before.</summary>
    public static string FreeUrl()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return $"http://{free.LocalEndpoint}";
    }

    /// <param name="scrapeConfigs">Items of <c>scrape_configs</c>.</param>
    /// <param name="job">The one that must be up before this returns.</param>
    /// <param name="url">From <see cref="FreeUrl"/>.</param>
    public static async Task<PrometheusProcess> Start(string scrapeConfigs, string job, string? url = null)
    {
        var started = new PrometheusProcess(scrapeConfigs, url ?? FreeUrl());
        using var http = new HttpClient();
        await Until.True(
            async () =>
            {
                started.process.HasExited.ShouldBeFalse("Prometheus has ended");
                try
                {
                    return (await http.GetStringAsync(new Uri($"{started.Url}/api/v1/query?query={Uri.EscapeDataString($"up{{job=\"{job}\"}} == 1")}"), TestContext.Current.CancellationToken)).Contains($"\"job\":\"{job}\"", StringComparison.Ordinal);
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            $"the first scrape of {job}");
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        folder.Dispose();
    }
}
