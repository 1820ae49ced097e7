using System.Net;
using System.Net.Sockets;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>What survives the router's end, what is refused, and what the admin port tells.</summary>
public sealed class KeepingTheConfiguration
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_kill_the_router_serves_its_last_configuration_on_the_same_ports_without_an_agent()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var first = await RouterUnderTest.StartAsync(asProcess: true);
        var configuration = Of(7, Lane(3, Set("v1", 100, backend.Address)) with { Preview = new() { Host = "shop--preview.prod.localhost", VersionSet = "v1" } });
        var applied = await first.ApplyAsync(configuration);
        (await first.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        (File.GetUnixFileMode(Path.Combine(first.Data, RouterAdmin.FileName)) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBe(UnixFileMode.None);
        first.Process!.Kill();
        await first.Process.EndAsync();

        await using var second = await RouterUnderTest.StartAsync(first.Data, first.Admin.HttpPort, asProcess: true);
        second.Admin.Pid.ShouldBe(second.Process!.Pid);
        (await second.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        foreach (var port in applied.Ports.Values)
        {
            (await second.Http.GetStringAsync($"http://127.0.0.1:{port}", Cancel)).ShouldBe("one");
        }

        var counts = await second.CountsAsync();
        counts.Ports.ShouldBe(applied.Ports, ignoreOrder: true);
        counts.Incarnation.ShouldNotBe(first.Admin.Incarnation);
        counts.Sets.Single().Generation.ShouldBe(3);
        (await second.RefusedAsync(configuration, 409)).Sequence.ShouldBe(7);
    }

    [Fact]
    public async Task Told_to_stop_it_takes_no_more_connections_and_finishes_what_is_under_way()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync(asProcess: true);
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        var hanging = router.Http.GetAsync(Url + "/hang", Cancel);
        await Until.TrueAsync(() => !backend.Asked.IsEmpty, "the request reaches its instance");
        router.Process!.Terminate();
        await Until.TrueAsync(() => !Listens(router.Admin.HttpPort), "the port is closed");
        backend.Release();
        (await (await hanging).Content.ReadAsStringAsync(Cancel)).ShouldBe("one");
        (await router.Process.EndAsync()).ShouldBe((0, ""));
    }

    [Theory]
    [InlineData("{\"configuration\": {\"sequence\": 4, \"lan")]
    [InlineData("null")]
    [InlineData("{\"configuration\": {\"sequence\": 0, \"lanes\": []}, \"ports\": {}}")]
    public async Task A_corrupt_file_is_put_aside_and_the_agent_waited_for(string content)
    {
        var data = RouterUnderTest.NewData();
        await File.WriteAllTextAsync(Path.Combine(data, "router.json"), content, Cancel);
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync(data);
        using var answer = await router.Http.GetAsync(Url, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("saved configuration could not be read");
        (await File.ReadAllTextAsync(Path.Combine(data, "router.json.unreadable"), Cancel)).ShouldBe(content);

        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
    }

    [Fact]
    public async Task Every_fault_of_a_configuration_is_named_and_the_one_before_stays()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        var good = Of(5, Set("v1", 100, backend.Address));
        await router.ApplyAsync(good);
        var bad = Of(6,
            Lane(6, Set("v1", 60, "http://10.0.0.1:80", "https://127.0.0.1:1", "http://127.0.0.1:2/path"), Set("v1", 30) with { Arm = "blue", Version = "a\r\nb" }),
            new RouterLane { Lane = "shop", Generation = 1, Host = Host, Port = router.Admin.HttpPort, RequestTimeout = TimeSpan.Zero, VersionSets = [], Preview = new() { Host = "no_host", VersionSet = "v9" } });
        var refused = await router.RefusedAsync(bad, 400);
        refused.Problems!.Select(p => p[..p.IndexOf(':')]).ShouldBe([
            "lanes[0].versionSets[0].endpoints[0]", "lanes[0].versionSets[0].endpoints[1]", "lanes[0].versionSets[0].endpoints[2]",
            "lanes[0].versionSets[1].versionSet", "lanes[0].versionSets[1].version", "lanes[0].versionSets[1].arm", "lanes[0].versionSets",
            "lanes[1].lane", "lanes[1].host", "lanes[1].port", "lanes[1].requestTimeout", "lanes[1].preview.host", "lanes[1].preview.versionSet"]);
        (await router.RefusedAsync(Of(6, Lane(5, Set("v1", 100, backend.Address)) with { Mirror = new("v1", 5) }), 400)).Problems!.Single().ShouldStartWith("lanes[0].generation:");
        (await router.RefusedAsync(Of(5, Set("v1", 100)), 409)).Code.ShouldBe("staleSequence");

        foreach (var text in (string[])["", "{", "null", "{\"sequence\":6,\"lanes\":[],\"extra\":1}", "{\"sequence\":6}", "{\"sequence\":6,\"sequence\":7,\"lanes\":[]}", "{\"sequence\":\"6\",\"lanes\":[]}", "{\"sequence\":6,\"lanes\":[null]}"])
        {
            var (status, body) = await router.AdminAsync(HttpMethod.Put, "/config", text);
            status.ShouldBe(400, text);
            body.ShouldContain("invalidConfiguration");
        }

        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        var (_, readBack) = await router.AdminAsync(HttpMethod.Get, "/config");
        readBack.ShouldContain("\"sequence\":5");
    }

    [Fact]
    public async Task Shares_may_change_with_what_the_host_runs_and_are_counted_apart()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, one.Address), Set("v2", 0, two.Address))));
        await router.Http.GetStringAsync(Url, Cancel);
        await router.ApplyAsync(Of(2, Lane(1, Set("v1", 0, one.Address), Set("v2", 100, two.Address))));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("two");
        var counted = (await router.CountsAsync()).Sets.Where(set => set.Total.Started > 0).Select(set => (set.VersionSet, set.Generation, set.Weight, set.Total.Started));
        counted.ShouldBe([("v1", 1, 100, 1), ("v2", 1, 100, 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_is_refused_by_name_and_the_stranger_left_alone()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var stranger = await RouterBackend.StartAsync("stranger");
        await using var router = await RouterUnderTest.StartAsync();
        var applied = await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        var refused = await router.RefusedAsync(Of(2, Lane(1, Set("v1", 100, backend.Address)) with { Port = stranger.Port }), 422);
        refused.Problems!.Single().ShouldStartWith($"lanes[0].port: {stranger.Port} cannot be had");
        (await router.Http.GetStringAsync($"http://127.0.0.1:{stranger.Port}", Cancel)).ShouldBe("stranger");
        (await router.Http.GetStringAsync($"http://127.0.0.1:{applied.Ports[Host]}", Cancel)).ShouldBe("one");
    }

    [Fact]
    public async Task Ports_come_and_go_without_a_connection_of_another_port_noticing()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        var shop = Lane(1, Set("v1", 100, backend.Address));
        var applied = await router.ApplyAsync(Of(1, shop));
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, applied.Ports[Host], Cancel);
        for (var sequence = 2; sequence < 12; sequence++)
        {
            await RawGetAsync(connection);
            var others = Enumerable.Range(0, sequence % 4).Select(i => shop with { Lane = $"other{i}/prod", Host = $"other{i}.prod.localhost" });
            var now = await router.ApplyAsync(Of(sequence, [shop, .. others]));
            now.Ports[Host].ShouldBe(applied.Ports[Host]);
            foreach (var port in now.Ports.Values)
            {
                (await router.Http.GetStringAsync($"http://127.0.0.1:{port}", Cancel)).ShouldBe("one");
            }
        }

        await router.ApplyAsync(new RouterConfiguration { Sequence = 12, Lanes = [] });
        await Until.TrueAsync(() => !Listens(applied.Ports[Host]), "the port is closed");
    }

    [Fact]
    public async Task The_admin_port_wants_its_token()
    {
        await using var router = await RouterUnderTest.StartAsync();
        foreach (var path in (string[])["/config", "/counts", "/metrics"])
        {
            (await router.AdminAsync(HttpMethod.Get, path, token: "guess")).Status.ShouldBe(401);
        }

        (await router.AdminAsync(HttpMethod.Put, "/config", "{\"sequence\":1,\"lanes\":[]}", token: "")).Status.ShouldBe(401);
        (await router.AdminAsync(HttpMethod.Get, "/healthz", token: "guess")).Status.ShouldBe(200);
        (await router.AdminAsync(HttpMethod.Get, "/config")).Status.ShouldBe(404);
        (await router.AdminAsync(HttpMethod.Delete, "/config")).Status.ShouldBe(405);
        (await router.Http.GetAsync(Url + "/config", Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, "the port for services is no admin port");
    }

    [Fact]
    public async Task Who_reads_metrics_finds_the_place_and_a_token_that_opens_nothing_else()
    {
        await using var router = await RouterUnderTest.StartAsync();
        (await File.ReadAllTextAsync(Path.Combine(router.Data, "metrics-target.json"), Cancel)).ShouldBe($"[{{\"targets\":[\"127.0.0.1:{router.Admin.Port}\"]}}]\n");
        var token = await File.ReadAllTextAsync(Path.Combine(router.Data, "metrics-token"), Cancel);
        File.GetUnixFileMode(Path.Combine(router.Data, "metrics-token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await router.AdminAsync(HttpMethod.Get, "/metrics", token: token)).Status.ShouldBe(200);
        (await router.AdminAsync(HttpMethod.Get, "/counts", token: token)).Status.ShouldBe(401);
        (await router.AdminAsync(HttpMethod.Get, "/config", token: token)).Status.ShouldBe(401);
        (await router.AdminAsync(HttpMethod.Put, "/config", "{\"sequence\":1,\"lanes\":[]}", token: token)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_second_router_with_the_same_directory_or_port_says_why_it_cannot_start()
    {
        await using var router = await RouterUnderTest.StartAsync();
        await using var sameDirectory = RouterProcess.StartRouter(router.Data, 0);
        var (code, error) = await sameDirectory.EndAsync();
        code.ShouldBe(1);
        error.ShouldContain("Another router runs");
        await using var samePort = RouterProcess.StartRouter(RouterUnderTest.NewData(), router.Admin.HttpPort);
        (code, error) = await samePort.EndAsync();
        code.ShouldBe(1);
        error.ShouldContain($"{router.Admin.HttpPort}");
        error.ShouldContain("choose another port");
    }

    [Fact]
    public async Task Prometheus_reads_what_was_counted()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        await router.Http.GetStringAsync(Url, Cancel);
        await router.Http.GetAsync(Url + "/500", Cancel);
        await router.ApplyAsync(Of(2, Set("v1", 90, backend.Address), Set("v2", 10)));
        await router.TotalBecomesAsync(new OutcomeCounts(2, 2, 1, 0, 0, 0));
        var (_, text) = await router.AdminAsync(HttpMethod.Get, "/metrics");
        const string Labels = "{service=\"shop\",environment=\"prod\",version=\"v1.0\",arm=\"stable\"";
        foreach (var line in (string[])[
            $"slipway_router_requests_total{Labels}}} 2", $"slipway_router_request_errors_total{Labels},kind=\"5xx\"}} 1", $"slipway_router_requests_in_flight{Labels}}} 0",
            $"slipway_router_request_duration_seconds_bucket{Labels},le=\"+Inf\"}} 2", $"slipway_router_request_duration_seconds_count{Labels}}} 2",
            $"slipway_router_weight_percent{Labels},version_set=\"v1\"}} 90", "slipway_router_configuration_sequence 2"])
        {
            text.Split('\n').ShouldContain(line);
        }
    }

    private static async Task RawGetAsync(TcpClient connection)
    {
        var stream = connection.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: anything\r\n\r\n"u8.ToArray(), Cancel);
        var buffer = new byte[4096];
        var text = "";
        while (!text.Contains("one\r\n0\r\n\r\n", StringComparison.Ordinal) && !text.EndsWith("\r\n\r\none", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, Cancel);
            read.ShouldBeGreaterThan(0, text);
            text += System.Text.Encoding.ASCII.GetString(buffer, 0, read);
        }
    }

    private static bool Listens(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
