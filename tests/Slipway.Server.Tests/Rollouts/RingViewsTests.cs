using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Rollouts;
using Slipway.Engine.Rollouts;
using Slipway.Server.Api;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>What is told of a rollout while its rings do not all have the same.</summary>
public sealed class RingViewsTests
{
    private const string Definition = """
        service: shop
        run: { command: ./run, instances: 1, health: { path: / } }
        rollout:
          strategy: ring
          checks: [ errors ]
          onFailure: hold
          rings:
            - { name: inner, target: { ring: inner }, strategy: rolling }
            - { name: outer, target: { ring: outer }, strategy: canary, steps: [ { weight: 30 }, { pause: untilResumed } ] }
        """;

    private static readonly JudgeAnswer Passed = new() { Verdict = JudgeVerdict.Passed, Reason = "errors: well", Guaranteed = true, Checks = [], At = DateTimeOffset.UnixEpoch };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_rings_differ_each_tells_its_own_weights_and_none_is_told_of_all()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var inner = await WorkingAgent.StartAsync(running, "in", ring: "inner");
        await using var outer = await WorkingAgent.StartAsync(running, "out", ring: "outer");
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", Definition);
        var whole = await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        (whole.State, whole.Weights.Single().Weight).ShouldBe((RolloutStateView.Succeeded, 100), whole.Reason);

        var id = await RolloutLogTests.PromoteAsync(running, "1.1", Definition);
        var rollout = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.State == RolloutStateView.Paused);
        rollout.Weights.ShouldBeEmpty();
        rollout.Rings.Select(Told).ShouldBe(["inner Done: 1.0 stable 0, 1.1 canary 100", "outer Current: 1.0 stable 70, 1.1 canary 30"]);
        rollout.Instances.Where(instance => instance.Version == "1.0").ShouldAllBe(instance => instance.Arm == "stable", "it serves the other ring");

        var status = JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", "/api/v1/status").JsonAsync(), ApiJson.Of<StatusView>())!;
        var moving = status.Services.Single().Lanes.Single(lane => lane.Environment == "dev").Moving.ShouldNotBeNull();
        moving.Weight.ShouldBeNull();
        moving.Rings.ShouldBe([new("inner", RingStateView.Done, 100), new("outer", RingStateView.Current, 30)]);

        foreach (var (body, ring) in new[] { ("{}", "outer"), ("""{"ring":"outer"}""", "outer"), ("""{"ring":"inner"}""", "inner") })
        {
            var again = JsonSerializer.Deserialize(await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/rejudgement", body).JsonAsync(), ApiJson.Of<RejudgementView>())!;
            again.Ring.ShouldBe(ring, body);
        }

        var state = (await running.Part<RolloutDesk>().AwaitAsync(id, Cancel)).ShouldNotBeNull();
        ItIsToldWhatWasHeld(state);
        ItIsToldWhatWentBack(state);
        ItIsToldWhatFailedAndServesOn(state);
    }

    private static void ItIsToldWhatFailedAndServesOn(RolloutState state)
    {
        var failed = state with { Paused = new("failed: errors", state.StartedAt, ByStep: false, Failed: true, RolloutPhase.Running) };
        RingViews.Of(failed).Select(Told).ShouldBe(["inner Done: 1.0 stable 0, 1.1 canary 100", "outer Failed: 1.0 stable 70, 1.1 canary 30"]);
        RolloutViews.StepsOf(failed).Last(step => step.StartedAt is not null).ShouldSatisfyAllConditions(step => step.State.ShouldBe(StepStateView.Failed), step => step.EndedAt.ShouldBe(state.StartedAt, "its time is over"));
        RolloutViews.StepsOf(state).Last(step => step.StartedAt is not null).State.ShouldBe(StepStateView.Current);
    }

    private static void ItIsToldWhatWasHeld(RolloutState state)
    {
        var held = state with { Weight = 0, TrafficSince = null, Analysis = null, Paused = new("failed in outer", state.StartedAt, ByStep: false, Failed: true, RolloutPhase.Running, RingIsBack: true), RingsDone = [state.RingsDone[0] with { Analysis = Passed }] };
        RingViews.WeightOf(held).ShouldBeNull();
        RingViews.WeightsOf(held).ShouldBeEmpty();
        RingViews.Of(held).Select(Told).ShouldBe(["inner Done: 1.0 stable 0, 1.1 canary 100", "outer Returned: 1.0 stable 100, 1.1 canary 0"]);
        var last = RolloutViews.AnalysisOf(held.WhereJudged).ShouldNotBeNull();
        (last.Ring, last.Verdict).ShouldBe(("inner", VerdictView.Passed));
    }

    private static void ItIsToldWhatWentBack(RolloutState state)
    {
        var back = state with { Weight = 0, Phase = RolloutPhase.RolledBack, RingsDone = [state.RingsDone[0] with { Returned = true, Analysis = Passed }], Analysis = Passed with { Verdict = JudgeVerdict.Failed } };
        RingViews.WeightOf(back).ShouldBe(0);
        RingViews.WeightsOf(back).Select(weight => (weight.Version, weight.Arm, weight.Weight)).ShouldBe([("1.0", "stable", 100), ("1.1", "canary", 0)]);
        RingViews.Of(back).Select(ring => ring.State).ShouldAllBe(ring => ring == RingStateView.Returned);
        RolloutViews.AnalysisOf(back.WhereJudged)!.Ring.ShouldBe("outer");
    }

    private static string Told(RingView ring) => $"{ring.Name} {ring.State}: {string.Join(", ", ring.Weights.Select(weight => $"{weight.Version} {weight.Arm} {weight.Weight}"))}";
}
