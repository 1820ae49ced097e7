using System.Diagnostics;
using System.Net.Http.Headers;
using Slipway.Client.Api;

namespace Slipway.Bench.Platform;

/// <summary>A server with ten thousand lanes in which nothing happens; each lane has a hold, so that it is one that the store knows.</summary>
public sealed class IdleBenchmark : IBenchmark
{
    private const int Services = 2000, Environments = 5, AtOnce = 32, Looks = 200;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20), Watched = TimeSpan.FromSeconds(30);

    public string Name => "idle";
    public string Summary => "memory, processor time and GET /status of a server with 10,000 lanes at rest";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var up = new UpProcess();
        await up.StartAsync("environments:\n" + string.Concat(Enumerable.Range(1, Environments).Select(n => $"  stage-{n}: {{ promote: manual, traffic: expected }}\n")), cancel);
        using var client = up.Client();
        await Parallel.ForEachAsync(Enumerable.Range(0, Services), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (n, stop) =>
        {
            await client.AddService(new AddService { Name = $"service-{n}" }, stop);
            for (var stage = 1; stage <= Environments; stage++)
            {
                await client.AddHold(new AddHold { Service = $"service-{n}", Environment = $"stage-{stage}", Why = "at rest" }, stop);
            }
        });
        await Task.Delay(Settle, cancel);

        var cpu = await ShareOfACoreAsync(up.Pid, cancel);
        var share = new Figure("of a core", 100 * cpu, "%");
        var atRest = new Figure("memory of the server, at rest", Megabytes(up.Pid), "MB");
        var (median, p99, bytes) = await StatusAsync(up, cancel);
        var memory = new Figure("memory of the server, after the looks", Megabytes(up.Pid), "MB");
        var status = new Figure("GET /status, p99", p99, "ms");
        return new Outcome(
            [new("lanes", Services * Environments, "lanes"), atRest, memory, share, new("GET /status, median", median, "ms"), status, new("bytes of its answer", bytes, "bytes")],
            [Goal.Most(memory, 500), Goal.Most(share, 2), Goal.Most(status, 100)]);
    }

    private static async Task<(double Median, double P99, double Bytes)> StatusAsync(UpProcess up, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = up.Server };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(up.Home, "data", "admin-token"), cancel)).Trim());
        var millis = new List<double>();
        var bytes = 0;
        for (var look = -10; look < Looks; look++)
        {
            var watch = Stopwatch.StartNew();
            bytes = (await http.GetByteArrayAsync("/api/v1/status", cancel)).Length;
            if (look >= 0)
            {
                millis.Add(watch.Elapsed.TotalMilliseconds);
            }
        }

        millis.Sort();
        return (millis[Looks / 2], millis[(int)(Looks * 0.99)], bytes);
    }

    private static async Task<double> ShareOfACoreAsync(int pid, CancellationToken cancel)
    {
        var before = Processor(pid);
        await Task.Delay(Watched, cancel);
        return (Processor(pid) - before) / Watched;
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
