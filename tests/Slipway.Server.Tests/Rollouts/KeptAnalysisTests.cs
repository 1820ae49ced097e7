using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Rollouts;
using Slipway.Engine;
using Slipway.Engine.Ports;
using Slipway.Engine.Rollouts;
using Slipway.Server.Api;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>An analysis is drawn from all that was kept of it, and many may look at it: how often that is done.</summary>
public sealed class KeptAnalysisTests
{
    private const string Definition = """
        service: shop
        run: { command: ./run, instances: 1, health: { path: / } }
        rollout: { strategy: canary, steps: [ { weight: 50 }, { analyze: 30m } ], checks: [ errors ] }
        """;

    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_drawn_of_a_running_rollout_is_kept_for_ten_times_what_it_took_and_of_one_that_ended_for_good()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        await RolloutLogTests.UntilAsync(running, await RolloutLogTests.PromoteAsync(running, "1.0", Definition), rollout => rollout.EndedAt is not null);
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", Definition);
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.Steps.Any(step => step is { Kind: "analyze", State: StepStateView.Current }));
        var state = (await running.Part<RolloutDesk>().AwaitAsync(id, Cancel)).ShouldNotBeNull();

        var time = new StopWatch();
        var made = 0;
        var store = new FaultyStore(running.Store)
        {
            // Only a drawing reads from the beginning.
            BinsAreRead = (_, from) =>
            {
                made += from == 0 ? 1 : 0;
                time.Advance(from == 0 ? Takes : TimeSpan.Zero);
            },
        };
        var views = new AnalysisViews(store, time);

        // Of a rollout by itself, which the judge does not look at meanwhile.
        state = state with { Id = "shop-dev-kept", Analysis = Said(0) };
        await store.WriteBinsAsync(state.Id, [new BinRow("/looks/1", "0@0", 100, """{"number":0,"readAt":100,"hasTraffic":true,"news":[]}""")], Cancel);
        (await ViewAsync(views, state)).Latest!.At.ShouldBe(Said(0).At);
        made.ShouldBe(1);
        await ViewAsync(views, state);
        made.ShouldBe(1, "nothing is new");

        time.Advance(10 * Takes);
        var looked = await Task.WhenAll(Enumerable.Range(1, 5).Select(second => ViewAsync(views, state with { Analysis = Said(second) })));
        made.ShouldBe(1, "it rests for ten times what it took");
        looked.Select(view => view.Latest!.At).ShouldBe(Enumerable.Range(1, 5).Select(second => Said(second).At), "what was said last is told all the same");

        time.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(Enumerable.Range(1, 5).Select(_ => ViewAsync(views, state with { Analysis = Said(6) })));
        made.ShouldBe(2, "once for all who look at it");

        var ended = state with { Analysis = Said(7), Phase = RolloutPhase.Succeeded };
        await ViewAsync(views, ended);
        made.ShouldBe(3, "the end is shown at once");
        time.Advance(TimeSpan.FromHours(1));
        await ViewAsync(views, ended);
        made.ShouldBe(3, "nothing comes after it");
        await store.WriteBinsAsync(state.Id, [new BinRow("/looks/1", "1@1", 100, """{"number":1,"readAt":100,"hasTraffic":true,"news":[]}""")], Cancel);
        await ViewAsync(views, ended);
        made.ShouldBe(4, "but for a last look that was kept later");
    }

    [Fact]
    public async Task Requests_without_an_answer_are_told_beside_the_latencies_that_they_are_not_in()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        await RolloutLogTests.UntilAsync(running, await RolloutLogTests.PromoteAsync(running, "1.0", Definition), rollout => rollout.EndedAt is not null);
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", Definition);
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.Steps.Any(step => step is { Kind: "analyze", State: StepStateView.Current }));
        var begins = running.Time.GetUtcNow().ToUnixTimeSeconds();
        running.Time.Advance(TimeSpan.FromSeconds(6));
        await agent.CountAsync("shop/dev", Enumerable.Range(1, 4).Select(second => begins + second), _ => (10, 0), version => version == "1.1" ? 3 : 0);

        IReadOnlyList<AnalysisPoint> points = [];
        await Until.TrueAsync(async () => (points = JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", $"/api/v1/rollouts/{id}/analysis").JsonAsync(), ApiJson.Of<AnalysisView>())!.Points).Count >= 4);

        points.Select(point => (point.CanaryRequests, point.CanaryOpen, point.StableRequests, point.StableOpen)).Distinct().ShouldBe([(10L, 3L, 10L, 0L)]);
    }

    private static JudgeAnswer Said(int second) => new() { Verdict = JudgeVerdict.Inconclusive, Reason = "errors: not yet", Guaranteed = true, Checks = [], At = DateTimeOffset.UnixEpoch.AddSeconds(second) };

    private static async Task<AnalysisView> ViewAsync(AnalysisViews views, RolloutState state) =>
        (await views.OfAsync(state, null, Cancel)).ShouldBeOfType<Outcome<AnalysisView>.Done>().Value;

    /// <summary>Stands still until it is moved on.</summary>
    private sealed class StopWatch : TimeProvider
    {
        private long ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

        public override long GetTimestamp() => Interlocked.Read(ref ticks);
    }
}
