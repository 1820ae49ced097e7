using System.Net;
using System.Net.Sockets;
using System.Text;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Requests that say themselves where they go.</summary>
public sealed class MarkedRequests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("header", "X-Try", "new", null, "/", "x-try: new", true)]
    [InlineData("header", "X-Try", "new", null, "/", "X-Try: New", false)]
    [InlineData("header", "X-Try", "new", null, "/", "X-Try: newer", false)]
    [InlineData("header", "X-Try", "new", null, "/", "X-Other: new", false)]
    [InlineData("header", "X-Try", null, "ne", "/", "X-Try: newer", true)]
    [InlineData("header", "X-Try", null, "ne", "/", "X-Try: anew", false)]
    [InlineData("header", "X-Try", null, null, "/", "X-Try:", true)]
    [InlineData("header", "X-Try", "b", null, "/", "X-Try: a\r\nX-Try: b\r\nX-Try: c", true)]
    [InlineData("header", "X-Try", "b", null, "/", "X-Try: a, b", false)]
    [InlineData("cookie", "group", "b", null, "/", "Cookie: a=1; group=b; c=2", true)]
    [InlineData("cookie", "group", "b", null, "/", "Cookie: a=1;group=b", true)]
    [InlineData("cookie", "group", "b", null, "/", "Cookie: group=a; group=b", true)]
    [InlineData("cookie", "group", "b", null, "/", "Cookie: group=a\r\nCookie: group=b", true)]
    [InlineData("cookie", "group", "b", null, "/", "Cookie: Group=b; xgroup=b; group=b2; group = ", false)]
    [InlineData("cookie", "group", "b", null, "/", "Cookie: ;;=; =b; group", false)]
    [InlineData("cookie", "group", null, null, "/", "Cookie: ;;=; group", true)]
    [InlineData("cookie", "group", null, "b=", "/", "Cookie: group=b=c", true)]
    [InlineData("query", "try", "new", null, "/a?x=1&try=new", "", true)]
    [InlineData("query", "try", "new", null, "/a?try=old&try=new", "", true)]
    [InlineData("query", "try", "new", null, "/a?%74r%79=n%65w", "", true)]
    [InlineData("query", "a b", "ü+", null, "/a?a+b=%C3%BC%2b", "", true)]
    [InlineData("query", "try", "new", null, "/a?TRY=new&tryy=new&try=%6", "", false)]
    [InlineData("query", "try", null, null, "/a?&&=&try", "", true)]
    [InlineData("query", "try", "", null, "/a?try=", "", true)]
    [InlineData("query", "try", null, null, "/try=1", "", false)]
    public async Task A_marked_request_goes_to_its_version_and_others_do_not(string part, string name, string? whole, string? prefix, string target, string header, bool marked)
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, one.Address), Set("v2", 0, two.Address)) with { Marks = [Mark("v2", part, name, whole, prefix)] }));

        var answer = await RawAsync(router, $"GET {target} HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n{header}{(header.Length > 0 ? "\r\n" : "")}\r\n");
        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ShouldContain($"X-Slipway-Version: {(marked ? "v2.0" : "v1.0")}");
        (marked ? two : one).Asked.ShouldHaveSingleItem().ShouldBe(target);
    }

    [Fact]
    public async Task The_first_mark_that_matches_counts()
    {
        await using var two = await RouterBackend.StartAsync("two");
        await using var three = await RouterBackend.StartAsync("three");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100), Set("v2", 0, two.Address), Set("v3", 0, three.Address)) with
        {
            Marks = [Mark("v2", "query", "who", "a"), Mark("v3", "query", "who"), Mark("v2", "query", "who", "b")],
        }));
        (await router.Http.GetStringAsync(Url + "/?who=a", Cancel)).ShouldBe("two");
        (await router.Http.GetStringAsync(Url + "/?who=b", Cancel)).ShouldBe("three");
        (await router.Http.GetStringAsync(Url + "/?who=b&who=a", Cancel)).ShouldBe("two");
    }

    [Fact]
    public async Task A_marked_request_is_counted_as_routed_and_on_neither_side_of_the_comparison()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 50, one.Address), Set("v2", 50, two.Address)) with { Marks = [Mark("v2", "query", "try")] }));
        for (var i = 0; i < 20; i++)
        {
            await router.Http.GetAsync(Url + "/500?try", Cancel);
            await router.Http.GetStringAsync(Url, Cancel);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(20, 20, 20, 0, 0, 0), "v2", "routed");
        var counts = await router.CountsAsync();
        var compared = counts.Sets.Where(s => s.Arm != "routed").ToList();
        RouterUnderTest.Sum(compared.Select(s => s.Total)).ShouldBe(new OutcomeCounts(20, 20, 0, 0, 0, 0));
        var routed = counts.Sets.Single(s => s.Arm == "routed");
        (routed.VersionSet, routed.Version, routed.Weight, routed.Unit).ShouldBe(("v2", "v2.0", 0, null));
        RouterUnderTest.Sum(routed.Seconds.Select(s => s.Outcomes)).ShouldBe(routed.Total);
        (await router.MetricsAsync()).ShouldContain("slipway_router_requests_total{service=\"shop\",environment=\"prod\",version=\"v2.0\",arm=\"routed\"} 20");
    }

    [Fact]
    public async Task A_marked_request_does_not_fail_because_what_it_asks_for_is_gone()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        var lane = Lane(1, Set("v1", 100, one.Address), Set("v2", 0)) with { Marks = [Mark("v2", "query", "try")] };
        await router.ApplyAsync(Of(1, lane));
        (await router.Http.GetStringAsync(Url + "/?try", Cancel)).ShouldBe("one");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0), "v1", "stable");
        (await router.TotalAsync("v2")).Started.ShouldBe(0);

        // Listed, but nobody listens any more: what could not be connected to is counted there, and the request is drawn.
        await router.ApplyAsync(Of(2, lane with { VersionSets = [Set("v1", 100, one.Address), Set("v2", 0, RouterBackend.NobodyThere())] }));
        using var answer = await router.Http.PostAsync(Url + "/size?try", new ByteArrayContent(new byte[100_000]), Cancel);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("100000");
        await router.TotalBecomesAsync(new OutcomeCounts(2, 2, 0, 0, 0, 0), "v1", "stable");
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 1, 0, 0), "v2", "routed");
    }

    [Fact]
    public async Task A_marked_request_that_its_version_fails_has_failed()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, one.Address), Set("v2", 0, two.Address)) with { Marks = [Mark("v2", "query", "try")], RequestTimeout = TimeSpan.FromSeconds(3) }));
        (await router.Http.GetAsync(Url + "/500?try", Cancel)).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await router.Http.GetAsync(Url + "/abort?try", Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await router.Http.GetAsync(Url + "/hang?try", Cancel)).StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        await router.TotalBecomesAsync(new OutcomeCounts(3, 1, 1, 1, 1, 0), "v2", "routed");
        one.Asked.ShouldBeEmpty("what was sent to an instance is not sent to another");
    }

    [Fact]
    public async Task A_lane_without_any_weight_still_serves_marked_requests_and_a_preview_knows_no_marks()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 0, one.Address), Set("v2", 0, two.Address)) with
        {
            Marks = [Mark("v2", "query", "try")],
            Preview = new() { Host = "shop--preview.prod.localhost", VersionSet = "v1" },
        }));
        (await router.Http.GetStringAsync(Url + "/?try", Cancel)).ShouldBe("two");
        (await router.Http.GetAsync(Url, Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await router.Http.GetStringAsync("http://shop--preview.prod.localhost/?try", Cancel)).ShouldBe("one");
        (await router.TotalAsync(null)).Started.ShouldBe(1);
    }

    [Fact]
    public async Task A_cookie_of_eight_kilobytes_is_looked_through()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, one.Address), Set("v2", 0, two.Address)) with { Marks = [Mark("v2", "cookie", "group", "b")] }));
        foreach (var (cookie, expected) in new[]
        {
            (new string('x', 8192), "one"), (new string(';', 8192), "one"), (new string('=', 8192), "one"), (string.Concat(Enumerable.Repeat("group=c;", 1024)), "one"),
            ($"a={new string('x', 8192)}; group=b", "two"), ($"group=b{new string('b', 8192)}", "one"),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            using var answer = await router.Http.SendAsync(request, Cancel);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe(expected);
        }
    }

    private static async Task<string> RawAsync(RouterUnderTest router, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, router.Admin.HttpPort, Cancel);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
        return await new StreamReader(socket.GetStream()).ReadToEndAsync(Cancel);
    }
}
