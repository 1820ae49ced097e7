using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Slipway.Client.Api;

namespace Slipway.Bench.Pipelines;

/// <summary>
/// Output as fast as a step can write it, from the step through agent and server to the disk, and from there to a reader that follows: jobs of 45 MB, close to what a log takes
/// with the times of its lines, two at a time. Every byte is read live, once.
/// </summary>
public sealed class LogsBenchmark : IBenchmark
{
    private const int Jobs = 16, Places = 2, LineBytes = 100;
    private const long JobBytes = 45_000_000;

    public string Name => "logs";
    public string Summary => "output through agent and server to disk and to a live reader, and what the server's memory grows by";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var platform = await BenchPlatform.StartAsync(Places, cancel);
        var definition = BenchPlatform.Definition("talk", $"    talk:\n      labels: {{ bench: 'yes' }}\n      network: false\n      matrix: {{ n: [{string.Join(", ", Enumerable.Range(1, Jobs))}] }}\n      steps:\n"
            + $"        - run: '(yes \"$(printf \"%{LineBytes - 1}s\" | tr \" \" \".\")\" || true) | head -c {JobBytes}'\n");
        var repository = await BenchRepository.CreateAsync(Path.Combine(platform.Home, "talk"), definition, cancel);
        var before = Megabytes(platform.ServerPid);
        var (server, agent) = (Processor(platform.ServerPid), Processor(platform.AgentPid));
        using var measuring = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var memory = MostMegabytesAsync([platform.ServerPid, platform.AgentPid], measuring.Token);
        await platform.AddServiceAsync("talk", repository.Folder, cancel);
        RunView? run;
        while ((run = await platform.FindAsync("talk-run-1", cancel)) is null)
        {
            await Task.Delay(20, cancel);
        }

        var watched = await Task.WhenAll(run.Jobs.Select(job => ReadAsync(platform, job.Name, cancel)));
        run = await platform.EndedAsync(run.Id, cancel);
        await measuring.CancelAsync();
        var most = await memory;
        var first = run.Jobs.Min(job => job.Steps[0].StartedAt)!.Value;
        var seconds = (watched.Max(each => each.EndedAt) - first).TotalSeconds;
        var rate = new Figure("output", Jobs * JobBytes / 1e6 / seconds, "MB/s");
        var growth = new Figure("growth of the server's memory", (most[0] - before) * 1e6 / (1 << 20), "MiB");
        return new Outcome(
            [
                rate, new("written by steps", Jobs * JobBytes / 1e6, "MB"), new("events read live", watched.Sum(each => each.Bytes) / 1e6, "MB"), new("from the first step's start to the last event read", seconds, "s"),
                growth, new("memory of the server, at most", most[0], "MB"), new("memory of the agent, at most", most[1], "MB"),
                new("processor time of the server", (Processor(platform.ServerPid) - server).TotalSeconds, "s"), new("processor time of the agent", (Processor(platform.AgentPid) - agent).TotalSeconds, "s"),
            ],
            [Goal.Least(rate, 100), Goal.Most(growth, 100)]);
    }

    /// <summary>Reads as any reader of events does, without looking at them.</summary>
    private static async Task<(long Bytes, DateTimeOffset EndedAt)> ReadAsync(BenchPlatform platform, string job, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = platform.Up.Server, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(platform.Home, "data", "admin-token"), cancel)).Trim());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/runs/talk-run-1/jobs/{Uri.EscapeDataString(job)}/log?attempt=1", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = (await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)).EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var (buffer, total, tail) = (new byte[256 * 1024], 0L, "");
        while (await body.ReadAsync(buffer, cancel) is var count and > 0)
        {
            total += count;
            tail = (tail + Encoding.UTF8.GetString(buffer, Math.Max(0, count - 200), Math.Min(count, 200)))[^Math.Min(200, tail.Length + Math.Min(count, 200))..];
        }

        return tail.Contains("event: end", StringComparison.Ordinal) && total > JobBytes ? (total, DateTimeOffset.UtcNow) : throw new InvalidOperationException($"The log of {job} broke off after {total} bytes: …{tail}");
    }

    private static async Task<double[]> MostMegabytesAsync(int[] pids, CancellationToken cancel)
    {
        var most = new double[pids.Length];
        while (!cancel.IsCancellationRequested)
        {
            for (var i = 0; i < pids.Length; i++)
            {
                most[i] = Math.Max(most[i], Megabytes(pids[i]));
            }

            await Task.Delay(50, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return most;
    }

    private static TimeSpan Processor(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    private static double Megabytes(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.WorkingSet64 / 1e6;
    }
}
