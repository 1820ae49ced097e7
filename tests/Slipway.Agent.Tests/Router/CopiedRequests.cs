using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Copies of requests: they tell how a version would do, and nobody notices them.</summary>
public sealed class CopiedRequests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_is_the_request_once_more_and_its_answer_is_dropped()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Copying(two.Address, Set("v1", 100, one.Address))));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + "/a%2Fb/..%2e?q=%41&r=a+b");
        request.Headers.TryAddWithoutValidation("Cookie", "own=1; other=2");
        request.Headers.TryAddWithoutValidation("X-Own", "yes");
        request.Headers.TryAddWithoutValidation("X-Slipway-Mirrored", "no");
        request.Headers.TryAddWithoutValidation("Connection", "X-Private");
        request.Headers.TryAddWithoutValidation("X-Private", "of this connection");
        using var answer = await router.Http.SendAsync(request, Cancel);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0), "v2", "mirrored");

        two.Asked.ShouldHaveSingleItem().ShouldBe(request.RequestUri!.PathAndQuery);
        two.Headers.TryDequeue(out var copied).ShouldBeTrue();
        copied["X-Slipway-Mirrored"].ShouldBe("1");
        copied["Cookie"].ShouldBe("own=1; other=2");
        copied["X-Own"].ShouldBe("yes");
        copied["Host"].ShouldBe(Host);
        copied["X-Forwarded-For"].ShouldBe("127.0.0.1");
        copied.Keys.ShouldNotContain("X-Private");
        one.Headers.TryDequeue(out var original).ShouldBeTrue();
        original["X-Slipway-Mirrored"].ShouldBe("no");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0), "v1", "stable");
        (await router.TotalAsync("v2", "canary")).Started.ShouldBe(0);
    }

    [Fact]
    public async Task The_percent_is_drawn_by_itself_and_copies_are_in_no_other_count()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var three = await RouterBackend.StartAsync("three");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 70, one.Address), Set("v2", 30, two.Address), Set("v3", 0, three.Address)) with { Mirror = new("v3", 40) }));
        const int Requests = 2000;
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel }, async (i, cancel) =>
            await router.Http.GetStringAsync($"{Url}/?n={i}", cancel));

        // 800 ± 22 copies, 240 ± 13 of them of requests to v2: eight deviations off would be one run in 10^15. What a slow machine leaves out is said.
        await Until.TrueAsync(() => router.TotalAsync("v3").GetAwaiter().GetResult().UnderWay() == 0, "the copies end");
        var leftOut = await LeftOutAsync(router);
        var copies = await router.TotalAsync("v3", "mirrored");
        (copies.Started + leftOut).ShouldBeInRange(800 - 176, 800 + 176);
        copies.ShouldBe(new OutcomeCounts(three.Asked.Count, three.Asked.Count, 0, 0, 0, 0));
        three.Asked.Intersect(two.Asked).Count().ShouldBeInRange(240 - 104, 240 + 104, "whoever answers, as many are copied");

        var counts = await router.CountsAsync();
        RouterUnderTest.Sum(counts.Sets.Where(s => s.Arm is "stable" or "canary").Select(s => s.Total)).ShouldBe(new OutcomeCounts(Requests, Requests, 0, 0, 0, 0));
        var mirrored = counts.Sets.Single(s => s.Arm == "mirrored");
        (mirrored.VersionSet, mirrored.Weight).ShouldBe(("v3", 40));
        RouterUnderTest.Sum(mirrored.Seconds.Select(s => s.Outcomes)).ShouldBe(mirrored.Total);
        mirrored.Seconds.Sum(s => s.Latency.Where((_, i) => i % 2 == 1).Sum()).ShouldBe(mirrored.Total.Finished);
        (one.Asked.Count + two.Asked.Count).ShouldBe(Requests);
    }

    [Fact]
    public async Task Only_requests_that_ask_are_copied()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Copying(two.Address, Set("v1", 100, one.Address)) with
        {
            Marks = [Mark("v1", "query", "marked")],
            Preview = new() { Host = "shop--preview.prod.localhost", VersionSet = "v1" },
        }));
        foreach (var method in (string[])["POST", "PUT", "PATCH", "DELETE", "LINK"])
        {
            using var answer = await router.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), Url + "/changes"), Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var withBody = new HttpRequestMessage(HttpMethod.Get, Url + "/size") { Content = new ByteArrayContent(new byte[10]) };
        (await (await router.Http.SendAsync(withBody, Cancel)).Content.ReadAsStringAsync(Cancel)).ShouldBe("10");
        await router.Http.GetStringAsync(Url + "/?marked", Cancel);
        await router.Http.GetStringAsync("http://shop--preview.prod.localhost/preview", Cancel);
        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new Uri("ws://shop.prod.localhost/ws"), router.Http, Cancel);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        }

        foreach (var method in (string[])["GET", "HEAD", "OPTIONS"])
        {
            using var answer = await router.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), Url + "/asks"), Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(3, 3, 0, 0, 0, 0), "v2");
        two.Methods.ShouldBe(["GET", "HEAD", "OPTIONS"], ignoreOrder: true);
        two.Asked.ShouldAllBe(path => path == "/asks");
    }

    [Fact]
    public async Task Copies_that_hang_are_bounded_and_neither_delay_nor_fail_a_request()
    {
        await using var one = await RouterBackend.StartAsync("one");
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(500);
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Copying($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}", Set("v1", 100, one.Address)) with { RequestTimeout = TimeSpan.FromMinutes(5) }));
        const int Requests = 150, Most = 100;
        for (var i = 0; i < Requests; i++)
        {
            (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        }

        // All are answered while every copy still hangs.
        await Until.TrueAsync(() => router.TotalAsync("v2").GetAwaiter().GetResult().Started == Most, "the copies begin");
        (await router.TotalAsync("v2")).ShouldBe(new OutcomeCounts(Most, 0, 0, 0, 0, 0));
        (await LeftOutAsync(router)).ShouldBe(Requests - Most);
        await Until.TrueAsync(() => InFlight(router.CountsAsync().GetAwaiter().GetResult()) == Most, "the copies are seen in flight");
        silent.Stop();
        await router.TotalBecomesAsync(new OutcomeCounts(Most, 0, 0, Most, 0, 0), "v2", "mirrored");
        await router.TotalBecomesAsync(new OutcomeCounts(Requests, Requests, 0, 0, 0, 0), "v1");

        // What has ended makes room.
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(Most + 1, 0, 0, Most + 1, 0, 0), "v2", "mirrored");
        (await LeftOutAsync(router)).ShouldBe(Requests - Most);

        static long InFlight(RouterCounts counts) => counts.Sets.Single(s => s.Arm == "mirrored").Seconds.Sum(s => s.InFlightOver.Where((_, i) => i % 2 == 1).Sum());
    }

    [Fact]
    public async Task A_copy_that_does_not_come_to_its_end_within_the_request_timeout_has_timed_out()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Copying(two.Address, Set("v1", 100, one.Address)) with { RequestTimeout = TimeSpan.FromSeconds(3) }));
        one.Release();
        (await router.Http.GetStringAsync(Url + "/hang", Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 0, 1, 0), "v2", "mirrored");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0), "v1");

        // Of an event stream the headers are the answer.
        (await router.Http.GetStringAsync(Url + "/events", Cancel)).ShouldContain("two");
        await router.TotalBecomesAsync(new OutcomeCounts(2, 1, 0, 0, 1, 0), "v2", "mirrored");
    }

    [Fact]
    public async Task What_copies_meet_is_told_apart_and_never_reaches_the_client()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Copying(RouterBackend.NobodyThere(), Set("v1", 100, one.Address))));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 1, 0, 0), "v2", "mirrored");

        // Nobody is listed: a copy that was not made.
        await router.ApplyAsync(Of(2, Lane(2, Set("v1", 100, one.Address), Set("v2", 0)) with { Mirror = new("v2", 100) }));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        (await LeftOutAsync(router)).ShouldBe(1);

        // An instance that is there after one that is not; and one that answers anything with an error, or breaks off.
        await using var good = await RouterBackend.StartAsync("good");
        await router.ApplyAsync(Of(3, Copying(RouterBackend.NobodyThere(), Set("v1", 100, one.Address), good.Address) with { Generation = 3 }));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(2, 1, 0, 1, 0, 0), "v2", "mirrored");
        await using var failing = FailingServer.Start("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno");
        await router.ApplyAsync(Of(4, Copying(failing.Address, Set("v1", 100, one.Address)) with { Generation = 4 }));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(3, 2, 1, 1, 0, 0), "v2", "mirrored");
        await using var breaking = FailingServer.Start("HTTP/1.1 200 Yes\r\nContent-Length: 1000\r\n\r\nhalf");
        await router.ApplyAsync(Of(5, Copying(breaking.Address, Set("v1", 100, one.Address)) with { Generation = 5 }));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(4, 2, 1, 2, 0, 0), "v2", "mirrored");
        await router.TotalBecomesAsync(new OutcomeCounts(5, 5, 0, 0, 0, 0), "v1");
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_copy_not_with_it()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Copying(two.Address, Set("v1", 100, one.Address))));
        using var leaving = new CancellationTokenSource();
        var asked = router.Http.GetAsync(Url + "/hang", leaving.Token);
        await Until.TrueAsync(() => !one.Asked.IsEmpty && !two.Asked.IsEmpty, "the request and its copy arrive");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 0, 0, 1), "v1");
        (await router.TotalAsync("v2")).UnderWay().ShouldBe(1);
        two.Release();
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0), "v2", "mirrored");
    }

    private static RouterLane Copying(string to, RouterVersionSet from, params string[] more) => Lane(1, from, Set("v2", 0, [to, .. more])) with { Mirror = new("v2", 100) };

    private static async Task<long> LeftOutAsync(RouterUnderTest router)
    {
        const string Line = "slipway_router_copies_left_out_total{service=\"shop\",environment=\"prod\"} ";
        return long.Parse((await router.MetricsAsync()).Single(l => l.StartsWith(Line, StringComparison.Ordinal))[Line.Length..]);
    }

    /// <summary>Says the same to everybody and hangs up.</summary>
    private sealed class FailingServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private Task? answering;

        public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        public static FailingServer Start(string answer)
        {
            var server = new FailingServer();
            server.listener.Start();
            server.answering = server.AnswerAsync(Encoding.ASCII.GetBytes(answer));
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await answering!;
        }

        private async Task AnswerAsync(byte[] answer)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    using var request = new StreamReader(client.GetStream(), leaveOpen: true);
                    while (await request.ReadLineAsync() is { Length: > 0 })
                    {
                        // Whatever it asks.
                    }

                    await client.GetStream().WriteAsync(answer);
                }
            }
            catch (SocketException)
            {
                // Stopped.
            }
        }
    }
}
