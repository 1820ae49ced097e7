using System.Collections.Concurrent;
using System.Net.Sockets;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Traffic;

/// <summary>Agent, router and instances together, under requests.</summary>
public sealed class TrafficThroughAnAgent
{
    [Fact]
    public async Task No_request_fails_while_versions_change_the_agent_restarts_and_the_old_instances_are_stopped()
    {
        var port = FreePort();
        await using var agent = AgentUnderTest.Create(begin: false, with: options => options with { RouterPort = port, RouterCommand = RealRouter.Command });
        var one = agent.Wanted(SampleService.Command(), count: 2);
        var two = agent.Wanted(SampleService.Command(), count: 2, revision: "r2") with { Version = "2.0.0" };
        agent.Server.Snapshot = new() { Full = true, VersionSets = [one, two], Routes = [Route(1, 100, 0)] };
        agent.Begin();
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 1, Failure: null }]
            && report.VersionSets.SelectMany(set => set.Instances).Count(instance => instance.State == InstanceState.Healthy) == 4);
        var answers = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();
        await Until.TrueAsync(() => AskAsync(port).GetAwaiter().GetResult() == "shop 1.0.0", "version 1 through the router");
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                answers.AddOrUpdate(await AskAsync(port), 1, (_, count) => count + 1);
            }
        })));
        await agent.Server.SendAsync(new ServerWanted { Full = false, Routes = [Route(2, 50, 50)] });
        await Until.TrueAsync(() => answers.ContainsKey("shop 2.0.0"), "answers of version 2");
        await agent.EndAsync();
        agent.Server.LastReport = null;
        agent.Server.Snapshot = new() { Full = true, VersionSets = [one, two], Routes = [Route(3, 0, 100)] };
        agent.Begin();
        await agent.Server.UntilAsync(report => report.Routes is [{ Generation: 3, Failure: null }]);
        await agent.Server.SendAsync(new ServerWanted { Full = false, VersionSets = [one with { Count = 0 }, two with { Count = 1 }] });
        await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Count() == 1);
        await stop.CancelAsync();
        await load;
        answers.Keys.Order().ShouldBe(["shop 1.0.0", "shop 2.0.0"]);
        // What the router counted while no agent asked is kept by it and told by the next agent.
        await Until.TrueAsync(
            () => agent.Server.Traffic.SelectMany(report => report.Counts.Sets).Any(set => set is { Generation: 2, VersionSet: "shop/prod/r2", Total.Started: > 0 }),
            "the counts of version 2 under generation 2");
    }

    [Fact]
    public async Task Marked_requests_copies_and_sessions_reach_a_version_that_has_no_weight()
    {
        var port = FreePort();
        await using var agent = AgentUnderTest.Create(begin: false, with: options => options with { RouterPort = port, RouterCommand = RealRouter.Command });
        var two = agent.Wanted(SampleService.Command(), revision: "r2") with { Version = "2.0.0" };
        var route = Route(1, 100, 0) with
        {
            Weights = [new("shop/prod/r1", "1.0.0", "stable", 100)],
            Marks = [new("shop/prod/r2", "2.0.0", new(RequestMark.Header, "X-Try"))],
            Mirror = new("shop/prod/r2", "2.0.0", 100),
            Sticky = new(TimeSpan.FromHours(1)),
        };
        agent.Server.Snapshot = new() { Full = true, VersionSets = [agent.Wanted(SampleService.Command()), two], Routes = [route] };
        agent.Begin();
        await Until.TrueAsync(() => AskAsync(port).GetAwaiter().GetResult() == "shop 1.0.0", "an answer of version 1");
        await Until.TrueAsync(() => AskAsync(port, "X-Try").GetAwaiter().GetResult() == "shop 2.0.0", "an answer of version 2");
        await Until.TrueAsync(() => AskAsync(port).GetAwaiter().GetResult() == "shop 1.0.0" && Told("shop/prod/r2", "mirrored", null) && Told("shop/prod/r2", "routed", null)
            && Told("shop/prod/r1", "stable", VersionSetCounts.Sessions), "each counted as what it is");

        bool Told(string versionSet, string arm, string? unit) => agent.Server.Traffic.SelectMany(report => report.Counts.Sets)
            .Any(set => set.VersionSet == versionSet && set.Arm == arm && set.Unit == unit && set.Total.Finished > 0);
    }

    [Fact]
    public async Task A_router_killed_with_9_comes_back_by_itself_with_its_last_configuration()
    {
        var port = FreePort();
        await using var agent = AgentUnderTest.Create(begin: false, with: options => options with { RouterPort = port, RouterCommand = RealRouter.Command });
        agent.Server.Snapshot = new() { Full = true, VersionSets = [agent.Wanted(SampleService.Command())], Routes = [Route(1, 100, 0)] };
        agent.Begin();
        await Until.TrueAsync(() => AskAsync(port).GetAwaiter().GetResult() == "shop 1.0.0", "an answer through the router");
        var before = RouterUnderAnAgent.RouterOf(agent)!;
        Libc.Signal(before.Pid, Libc.KillNow);
        var killed = System.Diagnostics.Stopwatch.GetTimestamp();
        await Until.TrueAsync(() => AskAsync(port).GetAwaiter().GetResult() == "shop 1.0.0", "an answer through the next router");
        TestContext.Current.TestOutputHelper?.WriteLine($"back after {System.Diagnostics.Stopwatch.GetElapsedTime(killed)}");
        RouterUnderAnAgent.RouterOf(agent).ShouldNotBeNull().Pid.ShouldNotBe(before.Pid);
    }

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    // Service and version, or what went wrong: nothing is thrown away, the test looks at all of it.
    private static async Task<string> AskAsync(int port, string? mark = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/") { Headers = { Host = "shop.prod.localhost" } };
        if (mark is not null)
        {
            request.Headers.Add(mark, "1");
        }

        try
        {
            using var response = await Http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode ? string.Join(' ', text.Split(' ').Take(2)) : $"{(int)response.StatusCode} {text}";
        }
        catch (HttpRequestException failed)
        {
            return failed.Message;
        }
    }

    private static WantedRoute Route(long generation, int first, int second) => new()
    {
        Lane = "shop/prod",
        Token = new(1, generation),
        Generation = generation,
        Host = "shop.prod.localhost",
        Weights = [new("shop/prod/r1", "1.0.0", "stable", first), new("shop/prod/r2", "2.0.0", "canary", second)],
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
