using System.Text.Json;
using Slipway.Client.Agents;
using Slipway.Client.Api;
using Slipway.Engine.Environments;
using Slipway.Engine.Promotions;
using Slipway.Server.Api;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>What is said of a lane: where it and its preview answer, and who has it.</summary>
public sealed class ShownLaneTests
{
    private const string BlueGreen = """
        service: shop
        run: { command: ./run, health: { path: / } }
        rollout:
          strategy: blueGreen
          before: [ { approve: 1 } ]
        """;

    [Fact]
    public async Task A_preview_is_named_from_when_it_is_open_until_the_switch()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", BlueGreen);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        (await LaneAsync(running)).PreviewUrl.ShouldBeNull();

        var id = await RolloutLogTests.PromoteAsync(running, "1.1", BlueGreen);
        var waiting = await RolloutLogTests.UntilAsync(running, id, rollout => rollout is { State: RolloutStateView.Paused, PreviewUrl: not null });
        (waiting.PreviewUrl, waiting.PreviewPort).ShouldBe(("http://shop--preview.dev.localhost:7380/", 41_001));
        var lane = await LaneAsync(running);
        (lane.Url, lane.PreviewUrl, lane.PreviewPort).ShouldBe(("http://shop.dev.localhost:7380/", "http://shop--preview.dev.localhost:7380/", 41_001));

        await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", """{"action":"abort"}""").StatusAsync(200);
        var ended = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.EndedAt is not null);
        ended.PreviewUrl.ShouldBeNull();
    }

    [Fact]
    public async Task A_promotion_that_waits_for_the_lane_names_who_has_it()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", BlueGreen);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        var before = await RolloutLogTests.PromoteAsync(running, "1.1", BlueGreen);
        await RolloutLogTests.UntilAsync(running, before, rollout => rollout.State == RolloutStateView.Paused);
        var id = await RolloutLogTests.PromoteAsync(running, "1.2", BlueGreen);

        PromotionView promotion;
        do
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            promotion = JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", $"/api/v1/promotions/{id}").JsonAsync(), ApiJson.Of<PromotionView>())!;
        }
        while (promotion.State != PromotionStateView.Approved);
        promotion.Reason.ShouldNotBeNull().ShouldStartWith($"all gates are open: it waits for {before}, which is paused: waits at 0 % for an approval");
        var waits = promotion.WaitsFor.ShouldNotBeNull();
        (waits.Id, waits.NeedsPerson, waits.NextStep).ShouldBe((before, true, $"slipway rollout approve|abort {before}"));
        (await LaneAsync(running)).Waiting.ShouldHaveSingleItem().Reason.ShouldBe(promotion.Reason);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(""","config":"current" """, "where=here")]
    public async Task A_rollback_goes_by_the_configuration_of_then_or_if_asked_by_that_of_today(string config, string target)
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        foreach (var version in (string[])["1.0", "1.1"])
        {
            var id = await RolloutLogTests.PromoteAsync(running, version, "service: shop\nrun: { command: ./run, health: { path: / } }\nrollout: { watch: 0s }\n");
            (await RolloutLogTests.UntilAsync(running, id, rollout => rollout.EndedAt is not null)).State.ShouldBe(RolloutStateView.Succeeded);
        }

        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with { Environments = [.. platform.Current.Environments.Select(environment => environment with { Target = new Dictionary<string, string> { ["where"] = "here" } })] });
        var back = (await running.Admin.SendAsync("POST", "/api/v1/rollbacks", $$"""{"service":"shop","environment":"dev"{{config}}}""").JsonAsync(201))["id"]!.GetValue<string>();

        var pinned = (await running.Part<PromotionDesk>().FindAsync(back, TestContext.Current.CancellationToken)).ShouldNotBeNull().Inputs;
        pinned.Revision.Version.ShouldBe("1.0");
        string.Join(", ", pinned.Target.Select(label => $"{label.Key}={label.Value}")).ShouldBe(target);
    }

    [Fact]
    public async Task What_cannot_be_done_to_an_ended_rollout_says_how_and_when_it_ended_and_the_way_that_works()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var definition = BlueGreen.Replace("before: [ { approve: 1 } ]", "before: [ { verify: journey } ]", StringComparison.Ordinal) + "\nverify: [ { name: journey, run: ./journey } ]\n";
        agent.Runs = _ => Task.FromResult(("1000 0 no basket\n", true));
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", definition);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        var succeeded = await ActAsync(running, first, "pause");
        succeeded.Detail.ShouldNotBeNull().ShouldStartWith($"{first} cannot pause any more: it succeeded at 20");
        succeeded.NextStep.ShouldBe("To take it back: slipway rollback shop --env dev");

        agent.Runs = _ => Task.FromResult(("1000 0 no basket\n", false));
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", definition);
        var ended = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.EndedAt is not null);

        // The lane hears of the end a moment after it, and places the hold then.
        await Until.TrueAsync(async () => (await LaneAsync(running)).Moving is null);
        var refused = await ActAsync(running, id, "retry");
        refused.Detail.ShouldBe($"{id} cannot retry any more: it was rolled back at {ended.EndedAt:yyyy-MM-dd HH:mm} UTC ({ended.Reason}).");
        refused.NextStep.ShouldBe($"1.1 is held in dev. To try it once more: slipway hold lift hold-{id}; then slipway promote shop@1.1 --to dev");

        await running.Admin.SendAsync("DELETE", $"/api/v1/holds/hold-{id}").StatusAsync(204);
        (await ActAsync(running, id, "abort")).NextStep.ShouldBe("To try it once more: slipway promote shop@1.1 --to dev");
    }

    [Fact]
    public async Task An_action_on_a_step_at_which_it_is_not_is_refused_with_where_it_is()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        await RolloutLogTests.UntilAsync(running, await RolloutLogTests.PromoteAsync(running, "1.0", BlueGreen), rollout => rollout.EndedAt is not null);
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", BlueGreen.Replace("{ approve: 1 }", "{ pause: untilResumed }, { approve: 1 }", StringComparison.Ordinal));
        var paused = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.State == RolloutStateView.Paused);
        var at = paused.Step.ShouldNotBeNull();
        paused.Steps[at - 1].Title.ShouldBe("pause until resumed");

        var over = await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", """{"action":"skip","step":"1"}""").ProblemAsync(409, "otherStep");
        over.Detail.ShouldBe($"{id} is not at {paused.Steps[0].Title}: that is over.");
        over.NextStep.ShouldBe($"It is at pause until resumed, step {at} of {paused.Steps.Count}. If that is meant: slipway rollout skip {id} --step {at}");
        (await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", """{"action":"skip","step":"tea"}""").ProblemAsync(400, "noSuchStep")).Detail.ShouldBe($"{id} has no step 'tea'.");

        await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", """{"action":"skip","step":"pause until resumed"}""").StatusAsync(200);
        (await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", $$"""{"action":"resume","step":"{{at}}"}""").ProblemAsync(409, "otherStep")).Detail
            .ShouldBe($"{id} is not at pause until resumed: that was left out (skipped by admin).");
    }

    [Fact]
    public async Task A_lane_answers_at_the_router_of_an_agent_that_has_it_and_not_at_that_of_another()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var local = await FakeAgent.ConnectAsync(running, "local");
        await local.NextAsync<ServerWelcome>();
        await running.Admin.SendAsync("POST", "/api/v1/agents/local/drain").StatusAsync(200);
        await using var distant = await WorkingAgent.StartAsync(running, "r1", 7921);
        var id = await RolloutLogTests.PromoteAsync(running, "1.0", BlueGreen);
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.EndedAt is not null);

        var lane = await LaneAsync(running);
        (lane.Url, lane.Port, lane.Router).ShouldBe(("http://shop.dev.localhost:7921/", 41_000, "r1"));
    }

    [Fact]
    public async Task Doctor_names_a_lane_that_runs_where_its_environment_does_not_allow_it_any_more()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running, ring: "inner");
        await RolloutLogTests.UntilAsync(running, await RolloutLogTests.PromoteAsync(running, "1.0", BlueGreen), rollout => rollout.EndedAt is not null);
        (await PlaceAsync()).ShouldBeNull();

        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with { Environments = [.. platform.Current.Environments.Select(each => each with { Target = new Dictionary<string, string> { ["ring"] = "outer" } })] });
        (await PlaceAsync()).ShouldNotBeNull().ShouldStartWith("it runs on one, which the environment's target (ring=outer) does not allow: 1.0 keeps the target");
        platform.Replace(platform.Current with { Environments = [.. platform.Current.Environments.Select(each => each with { Target = new Dictionary<string, string> { ["ring"] = "inner" } })] });
        (await PlaceAsync()).ShouldBeNull();

        async Task<string?> PlaceAsync() => (await running.Admin.SendAsync("GET", "/api/v1/doctor").JsonAsync())["lines"]!.AsArray()
            .SingleOrDefault(line => line!["name"]!.GetValue<string>() == "place of shop in dev")?["detail"]!.GetValue<string>();
    }

    private static Task<ProblemDocument> ActAsync(RunningServer running, string id, string action) =>
        running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", $$"""{"action":"{{action}}"}""").ProblemAsync(409, "hasEnded");

    private static async Task<LaneView> LaneAsync(RunningServer running) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", "/api/v1/services/shop/environments/dev").JsonAsync(), ApiJson.Of<LaneView>())!;
}
