using System.Net;
using System.Security.Cryptography;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Sessions stay on their version.</summary>
public sealed class StickySessions
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, false)]
    [InlineData("http", false)]
    [InlineData("https", true)]
    [InlineData("HTTPS, http", true)]
    [InlineData("http, https", false)]
    public async Task A_request_without_a_session_gets_one_in_a_cookie(string? proto, bool secure)
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, one.Address)) with { Sticky = new(TimeSpan.FromHours(36)) }));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + "/cookie");
        if (proto is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", proto);
        }

        using var answer = await router.Http.SendAsync(request, Cancel);
        var cookie = Visitor.SetCookie(answer).ShouldNotBeNull();
        cookie.ShouldMatch($"^slipway_session=[0-9a-f]{{32}}; Max-Age=129600; Path=/; HttpOnly; SameSite=Lax{(secure ? "; Secure" : "")}$");
        answer.Headers.GetValues("Set-Cookie").ShouldContain("own=1; path=/", "the service's own cookies stay");
    }

    [Theory]
    [InlineData($"slipway_session={Id}", true)]
    [InlineData($"a=b; slipway_session={Id};c=d", true)]
    [InlineData($"slipway_session=nonsense; slipway_session={Id}", true)]
    [InlineData("slipway_session=", false)]
    [InlineData("slipway_session", false)]
    [InlineData($"slipway_session={Id}0", false)]
    [InlineData("slipway_session=0123456789ABCDEF0123456789ABCDEF", false)]
    [InlineData($"slipway_session=\"{Id}\"", false)]
    [InlineData("slipway_session=0123456789abcdef0123456789abcde%61", false)]
    [InlineData($"Slipway_Session={Id}; xslipway_session={Id}", false)]
    public async Task A_session_is_named_by_what_the_router_itself_writes_and_else_made_anew(string cookie, bool known)
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, one.Address))));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url);
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await router.Http.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (Visitor.SetCookie(answer) is null).ShouldBe(known);
        one.Headers.Single()["Cookie"].ShouldBe(cookie, "the service gets the client's cookies as they are");
    }

    [Fact]
    public async Task A_cookie_of_eight_kilobytes_is_no_session()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, one.Address))));
        foreach (var cookie in (string[])["slipway_session=" + new string('a', 8192), string.Concat(Enumerable.Repeat("slipway_session=;", 480)), new string(';', 8192)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            using var answer = await router.Http.SendAsync(request, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            Visitor.SetCookie(answer).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task A_session_is_given_with_answers_of_the_router_too_but_not_to_previews_and_marked_requests()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100), Set("v2", 0, one.Address)) with
        {
            Marks = [Mark("v2", "query", "try")],
            Preview = new() { Host = "shop--preview.prod.localhost", VersionSet = "v2" },
        }));
        using var failed = await router.Http.GetAsync(Url, Cancel);
        failed.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        Visitor.SetCookie(failed).ShouldNotBeNull();
        foreach (var url in (string[])[Url + "/?try", "http://shop--preview.prod.localhost"])
        {
            using var answer = await router.Http.GetAsync(url, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            Visitor.SetCookie(answer).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Shares_of_sessions_follow_the_weights_and_as_a_weight_rises_none_comes_back()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        const int Sessions = 2000;
        var visitors = Enumerable.Range(0, Sessions).Select(_ => new Visitor(router, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)))).ToList();
        HashSet<int> before = [];
        var sequence = 0;
        foreach (var weight in (int[])[0, 5, 25, 50, 80, 100])
        {
            await router.ApplyAsync(Of(++sequence, Sticky(sequence, Set("v1", 100 - weight, one.Address), Set("v2", weight, two.Address))));
            var on = await OnAsync(visitors, "two");

            // Eight deviations off would be one run in 10^15.
            var share = weight / 100.0;
            Math.Abs(on.Count - Sessions * share).ShouldBeLessThanOrEqualTo(8 * Math.Sqrt(Sessions * share * (1 - share)) + 0.5, $"{weight} %");
            before.Except(on).ShouldBeEmpty("none comes back");
            (await OnAsync(visitors, "two")).ShouldBe(on, ignoreOrder: true, "every session stays where it is");
            before = on;
        }

        // Falling again, the same ones go back.
        await router.ApplyAsync(Of(++sequence, Sticky(sequence, Set("v1", 75, one.Address), Set("v2", 25, two.Address))));
        var quarter = await OnAsync(visitors, "two");
        await router.ApplyAsync(Of(++sequence, Sticky(sequence, Set("v1", 100, one.Address), Set("v2", 0, two.Address))));
        (await OnAsync(visitors, "two")).ShouldBeEmpty();

        // Another canary is another draw: of its quarter a quarter was in the other's, 125 ± 10.
        await router.ApplyAsync(Of(++sequence, Sticky(sequence, Set("v1", 75, one.Address), Set("v3", 25, two.Address))));
        var another = await OnAsync(visitors, "two");
        another.Intersect(quarter).Count().ShouldBeInRange(125 - 80, 125 + 80);
    }

    [Fact]
    public async Task A_baseline_takes_its_sessions_from_stable_and_none_from_the_canary()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var three = await RouterBackend.StartAsync("three");
        await using var router = await RouterUnderTest.StartAsync();
        var visitors = Enumerable.Range(0, 600).Select(_ => new Visitor(router, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)))).ToList();
        HashSet<int> canary = [], baseline = [];
        var sequence = 0;
        foreach (var weight in (int[])[5, 20, 50])
        {
            // Named in another order than they are placed in.
            await router.ApplyAsync(Of(++sequence, Sticky(sequence, Set("v3", weight, three.Address) with { Arm = "baseline" }, Set("v1", 100 - 2 * weight, one.Address), Set("v2", weight, two.Address))));
            var (onCanary, onBaseline) = (await OnAsync(visitors, "two"), await OnAsync(visitors, "three"));
            canary.Except(onCanary).ShouldBeEmpty("none comes back");
            baseline.Except(onBaseline).ShouldBeEmpty("none comes back");
            onBaseline.Count.ShouldBeInRange(6 * weight - 100, 6 * weight + 100);
            (canary, baseline) = (onCanary, onBaseline);
        }
    }

    [Fact]
    public async Task Every_router_draws_the_same_and_so_does_one_that_was_restarted()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        var configuration = Of(1, Sticky(1, Set("v1", 50, one.Address), Set("v2", 50, two.Address)));
        await using var first = await RouterUnderTest.StartAsync(asProcess: true);
        await first.ApplyAsync(configuration);
        var visitors = Enumerable.Range(0, 200).Select(_ => new Visitor(first)).ToList();
        var on = await OnAsync(visitors, "two");
        on.Count.ShouldBeInRange(100 - 57, 100 + 57);
        first.Process!.Kill();
        await first.Process.EndAsync();

        await using var again = await RouterUnderTest.StartAsync(first.Data);
        (await OnAsync([.. visitors.Select(v => new Visitor(again, v.Session))], "two")).ShouldBe(on, ignoreOrder: true);
        await using var other = await RouterUnderTest.StartAsync();
        await other.ApplyAsync(configuration);
        (await OnAsync([.. visitors.Select(v => new Visitor(other, v.Session))], "two")).ShouldBe(on, ignoreOrder: true);
    }

    [Fact]
    public async Task A_session_begun_while_one_version_had_all_the_traffic_is_known_to_the_next_rollout()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, one.Address))));
        var visitors = Enumerable.Range(0, 100).Select(_ => new Visitor(router)).ToList();
        (await OnAsync(visitors, "one")).Count.ShouldBe(100);
        var sessions = visitors.Select(v => v.Session.ShouldNotBeNull()).ToList();
        sessions.Distinct().Count().ShouldBe(100);

        await router.ApplyAsync(Of(2, Sticky(2, Set("v1", 50, one.Address), Set("v2", 50, two.Address))));
        (await OnAsync(visitors, "two")).Count.ShouldBeInRange(50 - 40, 50 + 40);
        visitors.Select(v => v.Session).ShouldBe(sessions);
    }

    [Fact]
    public async Task Marks_copies_sessions_and_weights_change_under_load_and_no_request_fails()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, one.Address)));
        using var done = new CancellationTokenSource();
        long drawn = 0, marked = 0;
        var load = Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            var visitor = new Visitor(router);
            for (var i = n; !done.IsCancellationRequested; i++)
            {
                var (status, body) = await visitor.AskAsync(i % 4 == 0 ? "/?try" : "/", Cancel);
                status.ShouldBe(HttpStatusCode.OK, body);
                Interlocked.Increment(ref i % 4 == 0 ? ref marked : ref drawn);
            }
        })).ToList();
        for (var sequence = 2; sequence <= 30; sequence++)
        {
            var weight = sequence % 3 == 0 ? 0 : 3 * sequence;
            var lane = Lane(sequence, Set("v1", 100 - weight, one.Address), sequence % 5 == 0 ? Set("v2", weight, two.Address, RouterBackend.NobodyThere()) : Set("v2", weight, two.Address)) with
            {
                Marks = sequence % 2 == 0 ? [Mark("v2", "query", "try")] : null,
                Mirror = sequence % 3 == 1 ? new("v2", 50) : null,
                Sticky = sequence % 4 < 2 ? new(TimeSpan.FromHours(1)) : null,
            };
            await router.ApplyAsync(Of(sequence, lane));
            var seen = Interlocked.Read(ref drawn);
            await Harness.Until.TrueAsync(() => Interlocked.Read(ref drawn) > seen + 20 || load.Exists(l => l.IsFaulted), "requests go on after a switch");
        }

        await done.CancelAsync();
        await Task.WhenAll(load);
        for (var i = 0; i < 200 && (await router.TotalAsync(null)).UnderWay() > 0; i++)
        {
            await Task.Delay(50, Cancel);
        }

        var counts = await router.CountsAsync();
        RouterUnderTest.Sum(counts.Sets.Where(s => s.Arm is not "mirrored").Select(s => s.Total)).ShouldBe(new OutcomeCounts(drawn + marked, drawn + marked, 0, 0, 0, 0));
        RouterUnderTest.Sum(counts.Sets.Where(s => s.Arm is "routed").Select(s => s.Total)).Started.ShouldBeInRange(1, marked);
        foreach (var set in counts.Sets)
        {
            var units = RouterUnderTest.Sum(set.Seconds.Select(s => s.Outcomes));
            units.UnderWay().ShouldBe(0);
            (set.Unit is null ? units == set.Total : units.Started <= 8).ShouldBeTrue($"{set.Unit} {units} of {set.Total}");
        }
    }

    private static RouterLane Sticky(long generation, params IReadOnlyList<RouterVersionSet> sets) => Lane(generation, sets) with { Sticky = new(TimeSpan.FromDays(1)) };

    /// <summary>Who is answered by a backend, by their place in the list.</summary>
    private static async Task<HashSet<int>> OnAsync(List<Visitor> visitors, string backend)
    {
        var on = new bool[visitors.Count];
        await Parallel.ForAsync(0, visitors.Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (i, cancel) => on[i] = (await visitors[i].AskAsync(leaving: cancel)).Body == backend);
        return [.. Enumerable.Range(0, on.Length).Where(i => on[i])];
    }
}
