using Slipway.Agent.Router;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>What became of requests is also counted for each half of a version set's instances.</summary>
public sealed class CountingHalves
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_counts_for_the_half_of_the_instance_that_it_was_sent_to()
    {
        await using var one = await RouterBackend.StartAsync("one");
        await using var two = await RouterBackend.StartAsync("two");
        await using var three = await RouterBackend.StartAsync("three");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, one.Address, two.Address, three.Address)));
        for (var i = 0; i < 60; i++)
        {
            using var answer = await router.Http.GetAsync(Url + ((i % 3) switch { 0 => "/", 1 => "/500", _ => "/abort" }), Cancel);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(60, 40, 20, 20, 0, 0));
        RouterBackend[] first = [one, three], second = [two];
        (await HalvesAsync(router)).ShouldBe([Asked(first), Bad(first), Asked(second), Bad(second)]);
    }

    [Fact]
    public async Task A_request_that_times_out_is_bad_in_the_second_in_which_it_started()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, backend.Address)) with { RequestTimeout = TimeSpan.FromSeconds(2) }));
        var hangs = router.Http.GetAsync(Url + "/hang", Cancel);
        await Until.TrueAsync(() => !backend.Asked.IsEmpty, "the request reaches its instance");
        (await HalvesAsync(router)).ShouldBe([0, 0, 0, 0], "it has not come to an end");

        using var answer = await hangs;
        await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 0, 1, 0));
        var second = (await router.CountsAsync()).Sets.Single().Seconds.ShouldHaveSingleItem();
        second.Outcomes.Started.ShouldBe(1);
        second.Halves.ShouldBe([1, 1, 0, 0]);
    }

    [Fact]
    public async Task Requests_that_reach_no_instance_and_clients_that_go_away_count_for_neither_half()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, RouterBackend.NobodyThere())));
        using (await router.Http.GetAsync(Url, Cancel))
        {
            await router.TotalBecomesAsync(new OutcomeCounts(1, 0, 0, 1, 0, 0));
        }

        await router.ApplyAsync(Of(2, Set("v1", 100, backend.Address)));
        using var leaving = new CancellationTokenSource();
        var asked = router.Http.GetAsync(Url + "/hang", leaving.Token);
        await Until.TrueAsync(() => !backend.Asked.IsEmpty, "the request reaches its instance");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
        await router.TotalBecomesAsync(new OutcomeCounts(2, 0, 0, 1, 0, 1));
        (await HalvesAsync(router)).ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public async Task Where_sessions_are_counted_halves_count_requests_all_the_same()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Lane(1, Set("v1", 100, backend.Address)) with { Sticky = new RouterSticky(TimeSpan.FromDays(1)) }));
        var visitor = new Visitor(router);
        foreach (var path in (string[])["/", "/500", "/500", "/", "/500"])
        {
            await visitor.AskAsync(path);
        }

        await router.TotalBecomesAsync(new OutcomeCounts(5, 5, 3, 0, 0, 0));
        (await router.UnitsAsync()).ShouldBe(new OutcomeCounts(2, 2, 1, 0, 0, 0));
        (await HalvesAsync(router)).ShouldBe([5, 3, 0, 0]);
    }

    [Fact]
    public async Task A_reader_of_what_changed_is_told_of_halves_that_did()
    {
        await using var backend = await RouterBackend.StartAsync("one");
        await using var router = await RouterUnderTest.StartAsync();
        await router.ApplyAsync(Of(1, Set("v1", 100, backend.Address)));
        await router.Http.GetStringAsync(Url, Cancel);
        await router.TotalBecomesAsync(new OutcomeCounts(1, 1, 0, 0, 0, 0));
        var before = await router.CountsAsync();

        using (await router.Http.GetAsync(Url + "/500", Cancel))
        {
            await router.TotalBecomesAsync(new OutcomeCounts(2, 2, 1, 0, 0, 0));
        }

        var news = (await router.CountsAsync(before)).Sets.Single().Seconds.ToDictionary(s => s.Second, s => s.Halves!);
        Sum([.. before.Sets.Single().Seconds.Select(s => news.GetValueOrDefault(s.Second, s.Halves!)), .. news.Where(n => before.Sets.Single().Seconds.All(s => s.Second != n.Key)).Select(n => n.Value)])
            .ShouldBe([2, 1, 0, 0]);
    }

    [Fact]
    public void New_instances_come_to_the_smaller_half_and_old_ones_keep_theirs()
    {
        var halves = new InstanceHalves();
        halves.Of("v1", ["a", "b", "c"]).ShouldBe([0, 1, 0]);
        halves.Of("v1", ["b", "d"]).ShouldBe([1, 0]);
        halves.Of("v2", ["b", "a"]).ShouldBe([0, 1], "another version set has halves of its own");
        halves.Of("v1", ["e", "c", "d", "a", "b"]).ShouldBe([1, 0, 0, 0, 1], "those that come again have not changed sides");

        halves.Keep(["v2"]);
        halves.Of("v1", ["b", "a"]).ShouldBe([0, 1], "nothing is known any more of a version set that was taken away");
        halves.Of("v2", ["a", "b"]).ShouldBe([1, 0]);
    }

    private static long Asked(RouterBackend[] backends) => backends.Sum(b => (long)b.Asked.Count);

    private static long Bad(RouterBackend[] backends) => backends.Sum(b => (long)b.Asked.Count(path => path != "/"));

    private static async Task<long[]> HalvesAsync(RouterUnderTest router) =>
        Sum((await router.CountsAsync()).Sets.Where(s => s.VersionSet == "v1").SelectMany(s => s.Seconds).Select(s => s.Halves!));

    private static long[] Sum(IEnumerable<IReadOnlyList<long>> halves) => halves.Aggregate(new long[4], (sum, next) => [.. sum.Zip(next, (a, b) => a + b)]);
}
