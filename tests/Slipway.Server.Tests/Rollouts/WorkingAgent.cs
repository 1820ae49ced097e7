using System.Collections.Concurrent;
using System.Net.WebSockets;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;
using Slipway.Core.Access;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>An agent that has at once what is wanted of it, healthy and routed, and runs no process for it. What its jobs write and how they end, and what its router counts, a test says.</summary>
internal sealed class WorkingAgent : IAsyncDisposable
{
    private readonly RunningServer running;
    private readonly FakeAgent connection;
    private readonly HttpClient http;
    private readonly CancellationTokenSource enough = new();
    private readonly Lock turn = new();
    private readonly Dictionary<string, WantedVersionSet> sets = [];
    private readonly Dictionary<string, WantedRoute> routes = [];
    private readonly Dictionary<(string Run, string Job), ObservedJob> jobs = [];
    private readonly ConcurrentDictionary<string, bool> begun = new();
    private readonly SemaphoreSlim sending = new(1);
    private Task working = Task.CompletedTask;

    private WorkingAgent(RunningServer server, FakeAgent agent, HttpClient client) => (running, connection, http) = (server, agent, client);

    /// <summary>What a job writes, and whether it succeeds. Asked once it is wanted; it has no log before that answer.</summary>
    public Func<WantedJob, Task<(string Log, bool Succeeds)>> Runs { get; set; } = _ => Task.FromResult(("1000 0 done\n", true));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<WorkingAgent> StartAsync(RunningServer running, string name = "one", int routerPort = 7380, string? ring = null)
    {
        var connection = await FakeAgent.ConnectAsync(running, name, hello: hello => hello with
        {
            JobCapacity = 4, RouterPort = routerPort, Labels = ring is null ? hello.Labels : new Dictionary<string, string> { ["ring"] = ring },
        });
        await connection.NextAsync<ServerWelcome>();
        var agent = new WorkingAgent(running, connection, running.Client(await running.TokenOfAsync(Role.Agent, name)));
        agent.working = agent.WorkAsync();
        return agent;
    }

    /// <summary>The weights of a lane in percent, by version; null: it has none yet.</summary>
    public IReadOnlyDictionary<string, int>? WeightsOf(string lane)
    {
        lock (turn)
        {
            return routes.TryGetValue(lane, out var route) ? route.Weights.ToDictionary(weight => weight.Version, weight => weight.Weight) : null;
        }
    }

    /// <summary>Its router has counted, up to now: in each second so many requests to each version, of which so many failed, and so many have no answer.</summary>
    public async Task CountAsync(string lane, IEnumerable<long> seconds, Func<string, (int Requests, int Bad)> ofVersion, Func<string, int>? openOf = null)
    {
        AgentTrafficReport report;
        lock (turn)
        {
            var route = routes[lane];
            report = new()
            {
                Counts = new RouterCounts
                {
                    Incarnation = "router-1", Sequence = 1, At = running.Time.GetUtcNow().ToUnixTimeMilliseconds(),
                    Sets = [.. route.Weights.Select(weight =>
                    {
                        var (requests, bad) = ofVersion(weight.Version);
                        var answered = requests - (openOf?.Invoke(weight.Version) ?? 0);
                        return new VersionSetCounts
                        {
                            Lane = lane, Generation = route.Generation, VersionSet = weight.VersionSet, Version = weight.Version, Arm = weight.Arm, Weight = weight.Weight,
                            Total = new OutcomeCounts(requests, answered, bad, 0, 0, 0), Seconds = [.. seconds.Select(second => new SecondCounts(second, new OutcomeCounts(requests, answered, bad, 0, 0, 0), [100, answered], []))],
                        };
                    })],
                },
            };
        }

        await SendAsync(report);
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        await connection.DisposeAsync();
        await working;
        enough.Dispose();
        sending.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (!enough.IsCancellationRequested)
            {
                if (await connection.NextAsync<FromServer>() is ServerWanted wanted)
                {
                    Take(wanted);
                    await ReportAsync();
                }
            }
        }
        catch (Exception) when (enough.IsCancellationRequested)
        {
            // The test is over, and with it the connection.
        }
    }

    private void Take(ServerWanted wanted)
    {
        lock (turn)
        {
            if (wanted.Full)
            {
                foreach (var gone in jobs.Keys.Except(wanted.Jobs.Select(job => (job.Run, job.Job))).ToList())
                {
                    jobs.Remove(gone);
                }
            }

            foreach (var set in wanted.VersionSets)
            {
                sets[set.VersionSet] = set;
            }

            foreach (var route in wanted.Routes)
            {
                routes[route.Lane] = route;
            }
        }

        foreach (var job in wanted.Jobs.Where(job => begun.TryAdd(job.Run, true)))
        {
            _ = RunAsync(job);
        }
    }

    private async Task RunAsync(WantedJob job)
    {
        var startedAt = running.Time.GetUtcNow();
        Put(new ObservedJob { Run = job.Run, Job = job.Job, Attempt = job.Attempt, Token = job.Token, StartedAt = startedAt });
        await ReportAsync();
        var (log, succeeds) = await Runs(job);
        using var response = await http.PostAsync(new Uri($"{JobPaths.LogPath}/{job.Run}/{Uri.EscapeDataString(job.Job)}/{job.Attempt}?offset=0", UriKind.Relative), new StringContent(log), enough.Token);
        response.EnsureSuccessStatusCode();
        Put(new ObservedJob
        {
            Run = job.Run, Job = job.Job, Attempt = job.Attempt, Token = job.Token, StartedAt = startedAt, Outcome = succeeds ? ObservedOutcome.Succeeded : ObservedOutcome.BuildFailed,
            Steps = [new ObservedStep(job.Steps[0].Name, succeeds ? ObservedStepState.Succeeded : ObservedStepState.Failed, startedAt, running.Time.GetUtcNow(), succeeds ? 0 : 1, 1, null)],
        });
        await ReportAsync();
    }

    private void Put(ObservedJob job)
    {
        lock (turn)
        {
            jobs[(job.Run, job.Job)] = job;
        }
    }

    private async Task ReportAsync()
    {
        AgentReport report;
        lock (turn)
        {
            report = new()
            {
                VersionSets = [.. sets.Values.Select(set => new ObservedVersionSet
                {
                    VersionSet = set.VersionSet, Token = set.Token, Wanted = set.Count, Attempt = set.Attempt,
                    Instances = [.. Enumerable.Range(1, set.Count).Select(number => new ObservedInstance { Instance = $"{set.Version}-{number}", State = InstanceState.Healthy, Port = 40_000 + number, Pid = number, StartedAt = DateTimeOffset.UnixEpoch })],
                })],
                Routes = [.. routes.Values.Select(route => new ObservedRoute { Lane = route.Lane, Token = route.Token, Generation = route.Generation, Port = 41_000, PreviewPort = route.Previews.Count > 0 ? 41_001 : null })],
                Jobs = [.. jobs.Values],
            };
        }

        await SendAsync(report);
    }

    private async Task SendAsync(FromAgent message)
    {
        // A WebSocket takes one message at a time.
        await sending.WaitAsync(Cancel);
        try
        {
            await connection.SendAsync(message);
        }
        catch (Exception gone) when (enough.IsCancellationRequested && gone is WebSocketException or ObjectDisposedException)
        {
            // The test is over.
        }
        finally
        {
            sending.Release();
        }
    }
}
