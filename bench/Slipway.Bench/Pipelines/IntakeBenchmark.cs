using System.Collections.Concurrent;
using System.Diagnostics;
using Slipway.Client.Http;

namespace Slipway.Bench.Pipelines;

/// <summary>
/// A thousand services whose repositories are folders on the server's machine: what it costs to look at them when nothing happens, and how soon a commit is noticed. The commits have
/// no definition, so that none makes a run: the ledger says of each that it was read, which is later than when it was noticed.
/// </summary>
public sealed class IntakeBenchmark : IBenchmark
{
    private const int Repositories = 1000, Commits = 200, AtOnce = 8;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15), Watched = TimeSpan.FromSeconds(30), Between = TimeSpan.FromMilliseconds(173);

    public string Name => "intake";
    public string Summary => "processor time of polling 1,000 local repositories, and how soon a commit is noticed";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var platform = await BenchPlatform.StartAsync(0, cancel);
        var first = await BenchRepository.CreateAsync(Path.Combine(platform.Home, "first"), "nothing that is a definition\n", cancel);
        var repositories = Enumerable.Range(0, Repositories).Select(n => first.CopyTo(Path.Combine(platform.Home, "repositories", $"{n}"))).ToList();
        var read = new ConcurrentDictionary<(string Service, string Commit), DateTimeOffset>();
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var listener = ListenAsync(platform.Client, read, listening.Token);
        await Parallel.ForEachAsync(Enumerable.Range(0, Repositories), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (n, stop) =>
            await platform.AddServiceAsync($"service-{n}", repositories[n].Folder, stop));
        while (read.Count < Repositories)
        {
            await Task.Delay(200, cancel);
        }

        await Task.Delay(Settle, cancel);
        var before = Processor(platform.ServerPid);
        await Task.Delay(Watched, cancel);
        var share = new Figure("of a core, at rest", 100 * ((Processor(platform.ServerPid) - before) / Watched), "%");

        var made = new List<((string Service, string Commit) What, DateTimeOffset At)>();
        for (var n = 0; n < Commits; n++)
        {
            var chosen = n * 7 % Repositories;
            var at = DateTimeOffset.UtcNow;
            made.Add((($"service-{chosen}", repositories[chosen].Commit()), at));
            await Task.Delay(Between, cancel);
        }

        while (!made.TrueForAll(each => read.ContainsKey(each.What)))
        {
            await Task.Delay(100, cancel);
        }

        await listening.CancelAsync();
        await listener.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var waits = made.Select(each => (read[each.What] - each.At).TotalSeconds).Order().ToList();
        var p99 = new Figure("commit to noticed and read, p99", waits[(int)(Commits * 0.99)], "s");
        return new Outcome([share, new("commit to noticed and read, median", waits[Commits / 2], "s"), p99, new("commit to noticed and read, longest", waits[^1], "s")], [Goal.Most(share, 5), Goal.Most(p99, 6)]);
    }

    private static async Task ListenAsync(SlipwayClient client, ConcurrentDictionary<(string Service, string Commit), DateTimeOffset> read, CancellationToken cancel)
    {
        await foreach (var entry in client.Events(new LedgerFilter(), 0, cancel))
        {
            if (entry.Type == "source.commitRefused" && entry.Body?["commit"]?.GetValue<string>() is { } commit)
            {
                read.TryAdd((entry.Service!, commit), entry.At);
            }
        }
    }

    private static TimeSpan Processor(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }
}
