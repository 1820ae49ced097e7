using System.Net;
using Slipway.Agent.Router;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Where sessions are drawn, sessions are counted: each once, and once as bad.</summary>
public sealed class CountingSessions
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_fails_ten_times_is_one_bad_unit_and_ten_bad_requests()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, backend.Address))));
        var failing = new Visitor(router);
        for (var i = 0; i < 10; i++)
        {
            (await failing.AskAsync("/500")).Status.ShouldBe(HttpStatusCode.InternalServerError);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(10, 10, 10, 0, 0, 0));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(1, 1, 1, 0, 0, 0));

        // Another that begins well: a unit when it begins and one when it is bad, whatever it goes through after that.
        var other = new Visitor(router);
        foreach (var path in (string[])["/", "/", "/500", "/", "/abort", "/500"])
        {
            await other.AskAsync(path);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(16, 15, 12, 1, 0, 0));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(3, 3, 2, 0, 0, 0));
        var counts = await router.CountsAsync();
        counts.Sets.ShouldAllBe(s => s.Unit == VersionSetCounts.Sessions);
        counts.Sets.SelectMany(s => s.Seconds).Sum(s => s.Latency.Where((_, i) => i % 2 == 1).Sum()).ShouldBe(2, "of each session the first request's");
        (await router.MetricsAsync()).ShouldContain("slipway_router_requests_total{service=\"shop\",environment=\"prod\",version=\"v1.0\",arm=\"stable\"} 16");
        (await router.MetricsAsync()).ShouldContain("slipway_router_sessions{service=\"shop\",environment=\"prod\"} 2");
    }

    [Fact]
    public async Task Each_way_to_be_bad_makes_a_bad_unit_of_its_kind()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(3) }));
        foreach (var path in (string[])["/500", "/abort", "/hang"])
        {
            var visitor = new Visitor(router);
            (await visitor.AskAsync()).Status.ShouldBe(HttpStatusCode.OK);
            ((int)(await visitor.AskAsync(path)).Status).ShouldBeGreaterThanOrEqualTo(500);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(6, 4, 1, 1, 1, 0));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(6, 4, 1, 1, 1, 0));
    }

    [Fact]
    public async Task A_first_request_that_hangs_is_an_open_unit_and_a_later_one_a_bad_unit_when_it_times_out()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(6) }));
        var known = new Visitor(router);
        await known.AskAsync();
        var later = known.AskAsync("/hang");
        await Until.TrueAsync(() => backend.Asked.Count == 2, "the later request reaches its instance");
        (await router.TotalAsync()).UnderWay().ShouldBe(1);
        var quiet = await router.CountsAsync();
        quiet.Sets.Single().Seconds.SelectMany(s => s.InFlightOver).ShouldBeEmpty();
        RouterUnderTest.Sum(quiet.Sets.Single().Seconds.Select(s => s.Outcomes)).ShouldBe(new OutcomeCounts(1, 1, 0, 0, 0, 0));

        var first = new Visitor(router).AskAsync("/hang");
        await Until.TrueAsync(() => backend.Asked.Count == 3, "the first request reaches its instance");
        var open = (await router.CountsAsync()).Sets.Single();
        RouterUnderTest.Sum(open.Seconds.Select(s => s.Outcomes)).ShouldBe(new OutcomeCounts(2, 1, 0, 0, 0, 0));
        open.Seconds.Sum(s => s.InFlightOver.Where((_, i) => i % 2 == 1).Sum()).ShouldBe(1);

        (await later).Status.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await first).Status.ShouldBe(HttpStatusCode.GatewayTimeout);
        await router.TotalBecomesAsync(new OutcomeCounts(3, 1, 0, 0, 2, 0));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(3, 1, 0, 0, 2, 0));
        var seconds = (await router.CountsAsync()).Sets.Single().Seconds;
        seconds.SelectMany(s => s.InFlightOver).ShouldBeEmpty();
        seconds.Sum(s => s.Latency.Where((_, i) => i % 2 == 1).Sum()).ShouldBe(2);
        seconds.Max(s => s.Second).ShouldBeGreaterThanOrEqualTo(quiet.Sets.Single().Seconds.Max(s => s.Second) + 2, "the later one counts when it turned out to be bad");
    }

    [Fact]
    public async Task Of_two_bad_requests_under_way_at_once_one_counts()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(5) }));
        const string Session = "0123456789abcdef0123456789abcdef";
        var first = new Visitor(router, Session).AskAsync("/hang");
        await Until.TrueAsync(() => backend.Asked.Count == 1, "the first request reaches its instance");
        (await new Visitor(router, Session).AskAsync("/500")).Status.ShouldBe(HttpStatusCode.InternalServerError);
        (await first).Status.ShouldBe(HttpStatusCode.GatewayTimeout);
        await router.TotalBecomesAsync(new OutcomeCounts(2, 1, 1, 0, 1, 0));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(2, 1, 1, 0, 0, 1), "what is left of the first request is nobody's");
    }

    [Fact]
    public async Task A_first_request_whose_client_goes_away_leaves_its_place_to_the_next()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 100, backend.Address))));
        var visitor = new Visitor(router, "0123456789abcdef0123456789abcdef");
        using var leaving = new CancellationTokenSource();
        var asked = visitor.AskAsync("/hang", leaving.Token);
        await Until.TrueAsync(() => !backend.Asked.IsEmpty, "the request reaches its instance");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 0, 0, 1));
        await visitor.AskAsync();
        await visitor.AskAsync();
        await router.TotalBecomesAsync(new OutcomeCounts(3, 2, 0, 0, 0, 1));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(2, 1, 0, 0, 0, 1));
    }

    [Fact]
    public async Task A_session_counts_once_in_a_comparison_and_anew_in_the_next()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        var visitors = Enumerable.Range(0, 100).Select(_ => new Visitor(router)).ToList();
        await ApplyAsync(1, 0);
        await AllAsync("/");
        (await router.UnitsAsync(null)).Started.ShouldBe(100);

        // The comparison begins: all are new to it. As weights rise they go over, and are not new for that.
        await ApplyAsync(2, 20);
        await AllAsync("/");
        (await router.UnitsAsync(null)).ShouldBe(new OutcomeCounts(200, 200, 0, 0, 0, 0));
        await ApplyAsync(3, 60);
        await AllAsync("/");
        (await router.UnitsAsync(null)).ShouldBe(new OutcomeCounts(200, 200, 0, 0, 0, 0));

        // All of them fail now, wherever they are: each is bad once, on the side where it is.
        await AllAsync("/500");
        await AllAsync("/500");
        (await router.UnitsAsync(null)).ShouldBe(new OutcomeCounts(300, 300, 100, 0, 0, 0));
        var bad = await router.UnitsAsync("v2");
        bad.Errors5xx.ShouldBeInRange(60 - 40, 60 + 39);
        await ApplyAsync(4, 80);
        await AllAsync("/500");
        (await router.UnitsAsync(null)).Errors5xx.ShouldBe(100);

        // All the traffic on one version: what is judged from here on is compared with what was before, so sessions count anew.
        await ApplyAsync(5, 100);
        await AllAsync("/500");
        (await router.UnitsAsync(null)).ShouldBe(new OutcomeCounts(400, 400, 200, 0, 0, 0));

        // An instance more or less is the same comparison.
        await router.ApplyAsync(Of(6, Sticky(5, Set("v1", 0, one.Address), Set("v2", 100, two.Address, RouterBackend.NobodyThere()))));
        await AllAsync("/500");
        (await router.UnitsAsync(null)).ShouldBe(new OutcomeCounts(400, 400, 200, 0, 0, 0));

        Task<RouterApplied> ApplyAsync(int sequence, int weight) => router.ApplyAsync(Of(sequence, Sticky(sequence, Set("v1", 100 - weight, one.Address), Set("v2", weight, two.Address))));
        Task AllAsync(string path) => Parallel.ForEachAsync(visitors, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (v, cancel) => await v.AskAsync(path, cancel));
    }

    [Fact]
    public async Task Under_load_every_session_is_accounted_for()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Sticky(1, Set("v1", 50, one.Address), Set("v2", 50, two.Address)) with { RequestTimeout = TimeSpan.FromSeconds(3) }));
        const int Sessions = 60;
        var ids = Enumerable.Range(0, Sessions).Select(i => $"{i:x32}").ToList();
        string[] paths = ["/", "/", "/500", "/abort", "/hang", "/", "/half"];
        var load = Parallel.ForAsync(0, 20 * Sessions, new ParallelOptions { MaxDegreeOfParallelism = 24, CancellationToken = Cancel }, async (i, cancel) =>
        {
            // Two thirds of the sessions have only good requests; several requests of a session run at once.
            var session = i % Sessions;
            try
            {
                await new Visitor(router, ids[session]).AskAsync(session % 3 == 0 ? paths[i / Sessions % paths.Length] : "/", cancel);
            }
            catch (HttpRequestException)
            {
                // As the path provokes.
            }
        });
        while (!load.IsCompleted)
        {
            foreach (var set in (await router.CountsAsync()).Sets)
            {
                var units = RouterUnderTest.Sum(set.Seconds.Select(s => s.Outcomes));
                units.UnderWay().ShouldBeGreaterThanOrEqualTo(0);
                units.Finished.ShouldBeGreaterThanOrEqualTo(units.Errors5xx);
                set.Seconds.Sum(s => s.InFlightOver.Where((_, i) => i % 2 == 1).Sum()).ShouldBeLessThanOrEqualTo(Sessions);
            }

            await Task.Delay(50, Cancel);
        }

        await load;
        var seen = await router.UnitsAsync(null);
        seen.UnderWay().ShouldBe(0);
        var bad = seen.Errors5xx + seen.ConnectFailures + seen.TimedOut;
        bad.ShouldBe(Sessions / 3, "each session that was bad is bad once");
        (seen.Started - seen.ClientGone - bad).ShouldBeInRange(Sessions - Sessions / 3, Sessions);
        (await router.TotalAsync(null)).Started.ShouldBe(20 * Sessions);
    }

    [Fact]
    public void Too_many_sessions_make_the_oldest_forgotten_and_that_is_counted()
    {
        var memory = new SessionMemory(1600);
        for (ulong session = 0; session < 1600; session++)
        {
            memory.Begin(session).ShouldBeTrue();
            memory.Begin(session).ShouldBeFalse();
            memory.Fail(session).ShouldBeTrue();
            memory.Fail(session).ShouldBeFalse();
        }

        (memory.Count, memory.Forgotten).ShouldBe((1600, 0));
        for (ulong session = 1600; session < 2000; session++)
        {
            memory.Begin(session).ShouldBeTrue();
        }

        (memory.Count, memory.Forgotten).ShouldBe((1600, 400));
        memory.Begin(1999).ShouldBeFalse();
        memory.Begin(400).ShouldBeFalse("it came after those that were forgotten");
        memory.Begin(399).ShouldBeTrue();
        (memory.Count, memory.Forgotten).ShouldBe((1600, 401));
    }

    [Fact]
    public void Sessions_forgotten_stay_counted_when_the_next_comparison_begins()
    {
        var lane = new LaneMemory();
        var first = lane.Sessions("canary v2");
        lane.Sessions("canary v2").ShouldBeSameAs(first);
        for (ulong session = 0; session < 16 * 20_000; session += 16)
        {
            // All of one part, which holds a sixteenth.
            first.Begin(session);
        }

        lane.SessionCounts.ShouldBe((10_000, 10_000));
        lane.Sessions("alone v2").ShouldNotBeSameAs(first);
        lane.SessionCounts.ShouldBe((0, 10_000));
        lane.NoSessions();
        lane.SessionCounts.ShouldBe((0, 10_000));
    }

    private static RouterLane Sticky(long generation, params IReadOnlyList<RouterVersionSet> sets) => Lane(generation, sets) with { Sticky = new(TimeSpan.FromDays(1)) };
}
