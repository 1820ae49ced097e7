using Slipway.Client.Api;

namespace Slipway.Server.Tests.Rollouts;

public sealed class RolloutViewTests
{
    private const string Definition = "service: shop\nrun: { command: ./run, health: { path: / } }\nrollout: { strategy: blueGreen, after: [ { pause: untilResumed } ], keepOld: 5m, checks: [errors] }\n";

    [Fact]
    public async Task The_old_version_is_stable_until_the_steps_after_the_switch_are_through_and_each_action_says_what_it_does()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var first = await RolloutLogTests.PromoteAsync(running, "1.0", Definition);
        await RolloutLogTests.UntilAsync(running, first, rollout => rollout.EndedAt is not null);
        var id = await RolloutLogTests.PromoteAsync(running, "1.1", Definition);

        var waiting = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.State == RolloutStateView.Paused);
        waiting.Weights.Select(weight => (weight.Version, weight.Arm, weight.Weight)).ShouldBe([("1.0", "stable", 0), ("1.1", "canary", 100)]);
        waiting.ActionsInWords.Select(action => $"{action.Key}: {action.Value}").ShouldBe(
        [
            "resume: ends the wait; next: 100 %",
            "skip: leaves out pause until resumed; next: 100 %",
            "abort: takes everything back to 1.0, and ends it",
        ]);

        await running.Admin.SendAsync("POST", $"/api/v1/rollouts/{id}/actions", """{"action":"resume"}""").StatusAsync(200);
        var done = await RolloutLogTests.UntilAsync(running, id, rollout => rollout.EndedAt is not null);
        done.Weights.Select(weight => (weight.Version, weight.Arm, weight.Weight)).ShouldBe([("1.0", "warm", 0), ("1.1", "stable", 100)]);
        done.ActionsInWords.ShouldBeEmpty();
    }
}
