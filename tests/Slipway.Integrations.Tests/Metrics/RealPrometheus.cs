using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Tests.Metrics;

/// <summary>Debian's Prometheus on a free loopback port, and a target that it asks five times a second.</summary>
public sealed class RealPrometheus : IAsyncLifetime
{
    /// <summary>What it exposes of each version is the place in this list.</summary>
    public static readonly string[] Versions =
        ["1.2.3", "1x2x3", "1\"} or vector(1) #", "1'} or vector(2) #", "\\", "\\\\\"", ".*", "a|b", "a", "b", "[a-z]+", "(?i)A", "^$", "{{service}}", "`", "a\nb", "x\ty", "ä→😀", "a-b_c d", "$1", "\\.", "1.2.3\\E", "#", "=~\".*"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder folder = new();
    private readonly RawServer target = new();
    private readonly MetricAdapters adapters = new(TimeProvider.System);
    private readonly ConcurrentQueue<string> said = new();
    private Process? process;

    /// <summary>When it began to have all of the target's values.</summary>
    public DateTimeOffset Since { get; private set; }

    public MetricSourceDefinition Source { get; private set; } = null!;

    public Task<MetricAnswer> AskAsync(MetricQuestion question) => adapters.Make(Source).AskAsync(question, TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        var scrapes = 0;
        target.Answer = (_, stream, _) => RawServer.SendAsync(stream, 200, Exposition(Interlocked.Increment(ref scrapes)), "text/plain; version=0.0.4");
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Source = new MetricSourceDefinition { Name = "prom", Kind = MetricSourceKind.Prometheus, Url = $"http://{free.LocalEndpoint}", Timeout = TimeSpan.FromSeconds(10), Retries = 2 };
        }

        var file = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(file, $"global: {{ scrape_interval: 200ms }}\nscrape_configs: [ {{ job_name: target, static_configs: [ {{ targets: ['{target.Url["http://".Length..]}'] }} ] }} ]\n");
        process = new Process
        {
            StartInfo = new ProcessStartInfo("prometheus", [$"--config.file={file}", $"--storage.tsdb.path={Path.Combine(folder.Path, "data")}", $"--web.listen-address={Source.Url["http://".Length..]}", "--log.level=warn"])
            {
                RedirectStandardError = true, WorkingDirectory = folder.Path,
            },
        };
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginErrorReadLine();
        await UntilItHasAsync("count(weird)", count => count == Versions.Length);
        Since = DateTimeOffset.UtcNow;
        await UntilItHasAsync("count_over_time(up[10s])", count => count >= 10);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        adapters.Dispose();
        await target.DisposeAsync();
        folder.Dispose();
    }

    private async Task UntilItHasAsync(string query, Func<double, bool> enough)
    {
        var begin = Stopwatch.GetTimestamp();
        while (await AskAsync(Now(query)) is not MetricAnswer.Value { Number: var number } || !enough(number))
        {
            if (process!.HasExited || Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new InvalidOperationException($"Prometheus has nothing for {query}: {string.Join('\n', said)}");
            }

            await Task.Delay(100);
        }
    }

    public static MetricQuestion Now(string query) => new() { Source = "prom", Query = query, Span = new MetricSpan.Moment(DateTimeOffset.UtcNow), Step = TimeSpan.FromSeconds(5) };

    private static string Exposition(int scrape)
    {
        var text = new StringBuilder($"# TYPE asked counter\nasked {scrape}\n# TYPE broken gauge\nbroken NaN\nendless +Inf\n");
        for (var i = 0; i < Versions.Length; i++)
        {
            var label = Versions[i].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"weird{{version=\"{label}\"}} {i}\n");
        }

        return text.ToString();
    }
}
