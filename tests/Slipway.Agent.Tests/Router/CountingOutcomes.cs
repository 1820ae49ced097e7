using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>What becomes of requests is counted once, and as what it was.</summary>
public sealed class CountingOutcomes
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Errors_and_broken_connections_are_told_apart()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));

        await router.Http.GetStringAsync(Url, Cancel);
        (await router.Http.GetAsync(Url + "/500", Cancel)).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        using var broken = await router.Http.GetAsync(Url + "/abort", Cancel);
        broken.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        broken.Headers.GetValues("X-Slipway-Version").ShouldBe(["v1.0"]);
        await Should.ThrowAsync<HttpRequestException>(() => router.Http.GetStringAsync(Url + "/half", Cancel));
        await router.TotalBecomesAsync(new OutcomeCounts(4, 2, 1, 2, 0, 0));
    }

    [Fact]
    public async Task A_request_that_hangs_is_counted_while_it_hangs()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(3) }));
        var asked = router.Http.GetAsync(Url + "/hang", Cancel);
        var hanging = await Until.TrueAsync(
            () => Task.Run(() => router.CountsAsync(), Cancel).GetAwaiter().GetResult().Sets.Single().Seconds.FirstOrDefault(s => s.InFlightOver.Count > 0),
            TimeSpan.FromSeconds(30), () => "the request is not seen in flight");
        hanging.InFlightOver[1].ShouldBe(1);
        hanging.Outcomes.ShouldBe(new OutcomeCounts(1, 0, 0, 0, 0, 0));

        using var answer = await asked;
        answer.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        answer.Headers.GetValues("X-Slipway-Version").ShouldBe(["v1.0"]);
        var set = (await router.CountsAsync()).Sets.Single();
        set.Total.ShouldBe(new OutcomeCounts(1, 0, 0, 0, 1, 0));
        var second = set.Seconds.ShouldHaveSingleItem();
        second.InFlightOver.ShouldBeEmpty();
        LatencyBuckets.UpperMicros((int)second.Latency[0]).ShouldBeGreaterThanOrEqualTo(3_000_000);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_nobodys_error()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        using var leaving = new CancellationTokenSource();
        var asked = router.Http.GetAsync(Url + "/hang", leaving.Token);
        await Until.TrueAsync(() => !backend.Asked.IsEmpty, "the request reaches its instance");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 0, 0, 1));

        // One that breaks off while it sends its body.
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, router.Admin.HttpPort, Cancel);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /size HTTP/1.1\r\nHost: {Host}\r\nContent-Length: 1000\r\n\r\nfew"), Cancel);
        await Until.TrueAsync(() => backend.Asked.Count == 2, "the request reaches its instance");
        socket.Client.LingerState = new LingerOption(true, 0);
        socket.Close();
        await router.TotalBecomesAsync(new OutcomeCounts(2, 0, 0, 0, 0, 2));
    }

    [Fact]
    public async Task A_client_that_sends_slowly_does_not_time_its_instance_out()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(2) }));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, router.Admin.HttpPort, Cancel);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /size HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\nContent-Length: 8\r\n\r\n"), Cancel);
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.8), Cancel);
            await stream.WriteAsync("ab"u8.ToArray(), Cancel);
        }

        (await new StreamReader(stream).ReadToEndAsync(Cancel)).ShouldStartWith("HTTP/1.1 200");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0));
    }

    [Fact]
    public async Task An_answer_that_does_not_want_the_announced_body_is_an_answer()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, router.Admin.HttpPort, Cancel);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /early HTTP/1.1\r\nHost: {Host}\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n"), Cancel);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        (await new StreamReader(stream).ReadLineAsync(patience.Token)).ShouldBe("HTTP/1.1 413 Payload Too Large");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0));
    }

    [Fact]
    public async Task Under_load_every_request_started_is_accounted_for()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        var lane = Lane(1, Set("v1", 50, one.Address), Set("v2", 50, two.Address)) with { RequestTimeout = TimeSpan.FromSeconds(1) };
        await router.ApplyAsync(Of(1, lane));
        string[] paths = ["/", "/", "/", "/500", "/abort", "/half", "/hang", "/leave"];
        var load = Parallel.ForAsync(0, 1200, new ParallelOptions { MaxDegreeOfParallelism = 24, CancellationToken = Cancel }, async (i, cancel) =>
        {
            var path = paths[i % paths.Length];
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (path == "/leave")
            {
                leaving.CancelAfter(20);
            }

            try
            {
                using var answer = await router.Http.GetAsync(Url + (path == "/leave" ? "/hang" : path), leaving.Token);
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
            {
                // As the path provokes.
            }
        });

        // A reader that only asks for changes, while requests run, ends with the same seconds as one that asks for all.
        Dictionary<(string, long), OutcomeCounts> seconds = [];
        RouterCounts? last = null;
        var complete = false;
        for (var quiet = false; !quiet;)
        {
            quiet = load.IsCompleted && complete;
            last = await router.CountsAsync(last);
            foreach (var set in last.Sets)
            {
                set.Total.Finished.ShouldBeGreaterThanOrEqualTo(set.Total.Errors5xx);
                set.Total.UnderWay().ShouldBeGreaterThanOrEqualTo(0);
                foreach (var second in set.Seconds)
                {
                    seconds[(set.VersionSet, second.Second)] = second.Outcomes;
                }
            }

            complete = (await router.CountsAsync()).Sets.All(s => s.Total.UnderWay() == 0);
            await Task.Delay(50, Cancel);
        }

        await load;
        var all = await router.CountsAsync();
        foreach (var set in all.Sets)
        {
            set.Total.UnderWay().ShouldBe(0);
            RouterUnderTest.Sum(set.Seconds.Select(s => s.Outcomes)).ShouldBe(set.Total);
            RouterUnderTest.Sum(seconds.Where(s => s.Key.Item1 == set.VersionSet).Select(s => s.Value)).ShouldBe(set.Total);
            set.Seconds.Sum(s => s.Latency.Where((_, i) => i % 2 == 1).Sum()).ShouldBe(set.Total.Finished + set.Total.TimedOut);
        }

        var total = RouterUnderTest.Sum(all.Sets.Select(s => s.Total));
        total.Started.ShouldBeInRange(1050, 1200, "clients that leave may do so before they are heard");
        total.Finished.ShouldBe(600);
        total.Errors5xx.ShouldBe(150);
        total.ConnectFailures.ShouldBe(300);
        total.TimedOut.ShouldBe(150);
        (await router.CountsAsync(all)).Sets.ShouldBeEmpty();
    }

    [Fact]
    public void A_latency_is_read_back_with_at_most_five_percent_of_error()
    {
        for (var micros = 11.0; micros < 7.2e9; micros *= 1.0037)
        {
            var read = LatencyBuckets.UpperMicros(LatencyBuckets.IndexOf(micros));
            Math.Abs(read / micros - 1).ShouldBeLessThanOrEqualTo(0.05, $"{micros} µs");
        }
    }
}
