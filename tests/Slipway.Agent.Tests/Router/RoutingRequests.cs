using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Where requests go, and how they come through.</summary>
public sealed class RoutingRequests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shop.prod.localhost")]
    [InlineData("SHOP.prod.localhost:9999")]
    [InlineData("shop.prod.localhost.")]
    public async Task A_host_leads_to_its_lane_whatever_its_case_and_port(string host)
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));

        using var request = new HttpRequestMessage(HttpMethod.Get, Url) { Headers = { Host = host } };
        using var answer = await router.Http.SendAsync(request, Cancel);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("one");
        answer.Headers.GetValues("X-Slipway-Version").ShouldBe(["v1.0"]);
    }

    [Fact]
    public async Task What_cannot_be_routed_is_told_why_and_what_to_do()
    {
        await using var router = await RouterUnderTest.StartAsync();
        (await ProblemAsync(router, Url, 503)).Code.ShouldBe("noConfiguration");

        await router.ApplyAsync(Of(1, Set("v1", 0)));
        var nothing = await ProblemAsync(router, Url, 503);
        nothing.Code.ShouldBe("notServing");
        nothing.Detail.ShouldContain("slipway status shop");
        var unknown = await ProblemAsync(router, "http://other.prod.localhost", 404);
        unknown.Code.ShouldBe("unknownHost");
        unknown.Detail.ShouldContain("SERVICE.ENVIRONMENT.localhost");

        await router.ApplyAsync(Of(2, Set("v1", 100)));
        (await ProblemAsync(router, Url, 502)).Code.ShouldBe("noInstance");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 1, 0, 0));
    }

    [Fact]
    public async Task Requests_fall_on_version_sets_by_their_weights_and_none_on_a_weight_of_zero()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var three = await RouterBackend.StartAsync("three");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 80, one.Address), Set("v2", 20, two.Address), Set("v3", 0, three.Address)));

        const int Requests = 3000;
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (_, cancel) => await router.Http.GetStringAsync(Url, cancel));

        // 600 ± 22 expected: eight deviations off would be one run in 10^15.
        two.Asked.Count.ShouldBeInRange(600 - 175, 600 + 175);
        one.Asked.Count.ShouldBe(Requests - two.Asked.Count);
        three.Asked.ShouldBeEmpty();
        await router.TotalBecomesAsync(new OutcomeCounts(two.Asked.Count, two.Asked.Count, 0, 0, 0, 0), "v2");
    }

    [Fact]
    public async Task Twenty_switches_under_load_fail_no_request()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, one.Address), Set("v2", 0, two.Address)));
        using var done = new CancellationTokenSource();
        long answered = 0;
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                (await router.Http.GetStringAsync(Url, Cancel)).ShouldBeOneOf("one", "two");
                Interlocked.Increment(ref answered);
            }
        })).ToList();
        for (var sequence = 2; sequence <= 21; sequence++)
        {
            var weight = sequence % 2 == 0 ? 100 : sequence;
            await router.ApplyAsync(Of(sequence, Set("v1", 100 - weight, one.Address), Set("v2", weight, two.Address)));
            var seen = Interlocked.Read(ref answered);
            await Until.TrueAsync(() => Interlocked.Read(ref answered) > seen + 20, "requests go on after a switch");
        }

        await done.CancelAsync();
        await Task.WhenAll(load);
        await router.TotalBecomesAsync(new OutcomeCounts(answered, answered, 0, 0, 0, 0), versionSet: null);
    }

    [Fact]
    public async Task A_request_under_way_finishes_on_its_version_after_a_switch()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, one.Address)));
        var hanging = router.Http.GetAsync(Url + "/hang", Cancel);
        await Until.TrueAsync(() => !one.Asked.IsEmpty, "the request reaches its instance");

        await router.ApplyAsync(Of(2, Set("v2", 100, two.Address)));
        (await router.Http.GetStringAsync(Url, Cancel)).ShouldBe("two");
        one.Release();
        using var answer = await hanging;
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("one");
        answer.Headers.GetValues("X-Slipway-Version").ShouldBe(["v1.0"]);
    }

    [Fact]
    public async Task Headers_of_the_way_are_added_and_those_of_the_connection_dropped()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + "/a%2Fb/..%2e?q=%41&r=a+b");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "forged.example");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        request.Headers.TryAddWithoutValidation("Connection", "X-Private");
        request.Headers.TryAddWithoutValidation("X-Private", "of this connection");
        request.Headers.TryAddWithoutValidation("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        (await router.Http.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        backend.Headers.TryDequeue(out var headers).ShouldBeTrue();
        headers["Host"].ShouldBe(Host);
        headers["X-Forwarded-For"].ShouldBe("203.0.113.9, 127.0.0.1");
        headers["X-Forwarded-Host"].ShouldBe(Host);
        headers["X-Forwarded-Proto"].ShouldBe("http");
        headers["Traceparent"].ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        headers.Keys.ShouldNotContain("X-Private");
        backend.Asked.ShouldHaveSingleItem().ShouldBe(request.RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task A_web_socket_passes_and_counts_as_answered_when_it_is_upgraded()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(1) }));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("ws://shop.prod.localhost/ws"), router.Http, Cancel);
        var buffer = new byte[100];
        foreach (var word in (string[])["hello", "there"])
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(word), WebSocketMessageType.Text, true, Cancel);
            var received = await socket.ReceiveAsync(buffer, Cancel);
            Encoding.UTF8.GetString(buffer, 0, received.Count).ShouldBe(word);

            // Longer than the request timeout, which ends with the headers.
            await Task.Delay(TimeSpan.FromSeconds(1.2), Cancel);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0));
    }

    [Fact]
    public async Task An_event_stream_comes_through_event_by_event()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        using var answer = await router.Http.GetAsync(Url + "/events", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        (await lines.ReadLineAsync(Cancel)).ShouldBe("data: one");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0));
        backend.Release();
        (await lines.ReadToEndAsync(Cancel)).ShouldBe("\ndata: two\n\n");
    }

    [Fact]
    public async Task A_large_body_passes_without_being_kept()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        using var body = new StreamContent(new MemoryStream(new byte[50_000_000]));
        using var answer = await router.Http.PostAsync(Url + "/size", body, Cancel);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("50000000");
    }

    [Fact]
    public async Task A_preview_has_its_own_host_and_is_not_counted()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        var applied = await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, one.Address), Set("v2", 0, two.Address)) with { Preview = new() { Host = "shop--preview.prod.localhost", VersionSet = "v2" } }));
        (await router.Http.GetStringAsync("http://shop--preview.prod.localhost", Cancel)).ShouldBe("two");
        (await router.Http.GetStringAsync($"http://127.0.0.1:{applied.Ports["shop--preview.prod.localhost"]}", Cancel)).ShouldBe("two");
        (await router.Http.GetStringAsync($"http://127.0.0.1:{applied.Ports[Host]}", Cancel)).ShouldBe("one");
        (await router.TotalAsync("v2")).Started.ShouldBe(0);
        (await router.TotalAsync()).Started.ShouldBe(1);
    }

    private static async Task<RouterProblem> ProblemAsync(RouterUnderTest router, string url, int status)
    {
        using var answer = await router.Http.GetAsync(url, Cancel);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(Cancel), RouterProtocolJson.Default.RouterProblem)!;
    }
}
