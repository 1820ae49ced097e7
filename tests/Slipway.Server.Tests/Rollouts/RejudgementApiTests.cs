using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Server.Api;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>A canary that was judged on what a router told, and is judged again over the API.</summary>
public sealed class RejudgementApiTests
{
    private const int Seconds = 60;

    private const string Definition = """
        service: shop
        run: { command: ./run, instances: 2, health: { path: / } }
        rollout:
          strategy: canary
          steps: [ { weight: 50 }, { analyze: 30m } ]
          checks: [ errors ]
          tolerate: 10%
          falseAlarmRate: 0.01
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rollout_is_judged_again_with_other_settings_and_stays_as_it_is()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", Definition);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", Definition);
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.Steps.Any(step => step is { Kind: "analyze", State: StepStateView.Current }));
        var begins = running.Time.GetUtcNow().ToUnixTimeSeconds();
        running.Time.Advance(TimeSpan.FromSeconds(Seconds + 2));
        agent.WeightsOf("shop/dev").ShouldBe(new Dictionary<string, int> { ["1.0"] = 50, ["1.1"] = 50 }, ignoreOrder: true);
        await agent.CountAsync("shop/dev", Enumerable.Range(1, Seconds).Select(second => begins + second), version => (20, version == "1.1" ? 5 : 2));

        var rollout = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.EndedAt is not null);
        (rollout.State, rollout.Analysis?.Verdict).ShouldBe((RolloutStateView.RolledBack, VerdictView.Failed), rollout.Reason);
        var before = JsonSerializer.Serialize(rollout with { Instances = [] }, ApiJson.Of<RolloutView>());

        var same = await RejudgeAsync(running, id, "{}");
        same.Then.ShouldNotBeNull();
        same.Ring.ShouldBeNull();
        (same.StepsThen, same.StepsNow).ShouldBe((null, null), "that is what the steps came to");
        (same.Now.Verdict, same.Now.DecidedAt, same.Now.Guarantee).ShouldBe((VerdictView.Failed, same.Then.DecidedAt, same.Then.Guarantee));
        same.Now.Checks.Select(check => (check.Name, check.Text, check.LogEvidence)).ShouldBe(same.Then.Checks.Select(check => (check.Name, check.Text, check.LogEvidence)));
        (same.Now.Tolerate, same.Now.FalseAlarmRate).ShouldBe((0.1, 0.01));

        var tolerant = await RejudgeAsync(running, id, """{"tolerate":9}""");
        tolerant.Now.Verdict.ShouldNotBe(VerdictView.Failed);
        (tolerant.Now.Tolerate, tolerant.Then!.Tolerate, tolerant.Then.Verdict).ShouldBe((9, 0.1, VerdictView.Failed));
        var certain = await RejudgeAsync(running, id, """{"falseAlarmRate":0.000001}""");
        (certain.Now.DecidedAt ?? DateTimeOffset.MaxValue).ShouldBeGreaterThan(same.Now.DecidedAt!.Value, "more certainty takes longer");

        JsonSerializer.Serialize(await RolloutLogTests.UntilAsync(running, id, _ => true) with { Instances = [] }, ApiJson.Of<RolloutView>()).ShouldBe(before, "to judge again changes nothing");
    }

    [Fact]
    public async Task Of_a_canary_that_is_watched_the_steps_are_judged_again_too()
    {
        var definition = Definition.Replace("analyze: 30m", "analyze: 1m", StringComparison.Ordinal) + "\n  watch: 10m";
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", definition);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", definition);
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.Steps.Any(step => step is { Kind: "analyze", State: StepStateView.Current }));
        var begins = running.Time.GetUtcNow().ToUnixTimeSeconds();
        running.Time.Advance(TimeSpan.FromSeconds(Seconds + 2));
        await agent.CountAsync("shop/dev", Enumerable.Range(1, Seconds).Select(second => begins + second), _ => (20, 0));
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.State == RolloutStateView.Watching);
        running.Time.Advance(TimeSpan.FromSeconds(5));
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.Analysis is { Verdict: VerdictView.Inconclusive });

        var again = await RejudgeAsync(running, id, """{"tolerate":0.2}""");

        again.Then.ShouldNotBeNull().Verdict.ShouldBe(VerdictView.Inconclusive, "nothing has come since");
        again.Now.Verdict.ShouldBe(VerdictView.Inconclusive);
        (again.StepsThen?.Verdict, again.StepsThen?.Guarantee, again.StepsThen?.Tolerate).ShouldBe((VerdictView.Passed, "guaranteed", 0.1));
        (again.StepsNow?.Verdict, again.StepsNow?.Tolerate).ShouldBe((VerdictView.Passed, 0.2));
        again.StepsThen!.Checks.Single().CanaryUnits.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task What_cannot_be_judged_again_is_told_with_its_reason()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", Definition);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        (await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{first}/rejudgement", "{}").ProblemAsync(409, "nothingToJudge")).Detail.ShouldNotBeNull().ShouldStartWith("The rollout shop-dev-1 had no ");
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", Definition);
        await RolloutLogTests.UntilAsync(running, id, rollout => rollout.Steps.Any(step => step is { Kind: "analyze", State: StepStateView.Current }));
        var where = $"/api/v1/rollouts/{id}/rejudgement";

        (await running.Admin.SendAsync("POST", where, """{"tolerate":11}""").ProblemAsync(400, "invalidSettings")).Detail.ShouldBe("11 is not a number from 0 to 10.");
        (await running.Admin.SendAsync("POST", where, """{"falseAlarmRate":0}""").ProblemAsync(400, "invalidSettings")).Detail.ShouldNotBeNull().ShouldStartWith("0 is not a number from ");
        (await running.Admin.SendAsync("POST", where, """{"check":"latency","acceptable":0.1}""").ProblemAsync(400, "invalidSettings")).NextStep.ShouldBe("Its checks are: errors.");
        (await running.Admin.SendAsync("POST", where, """{"check":"errors"}""").ProblemAsync(400, "invalidSettings")).Detail.ShouldBe("Nothing is said of the check errors.");
        (await running.Admin.SendAsync("POST", where, """{"check":"nix"}""").ProblemAsync(400, "invalidSettings")).ShouldSatisfyAllConditions(
            problem => problem.Detail.ShouldBe("The rollout has no check named nix."), problem => problem.NextStep.ShouldBe("Its checks are: errors."));
        using var unknown = await running.Admin.SendAsync("POST", where, """{"tolerance":0.1}""");
        ((int)unknown.StatusCode).ShouldBe(400, "an unknown setting is none that is passed over");
        await running.Admin.SendAsync("POST", "/api/v1/rollouts/shop-dev-99/rejudgement", "{}").ProblemAsync(404, "notFound");
    }

    private static async Task<RejudgementView> RejudgeAsync(RunningServer running, string id, string body) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/rejudgement", body).JsonAsync(), ApiJson.Of<RejudgementView>())!;
}
