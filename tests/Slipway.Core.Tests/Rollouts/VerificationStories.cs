using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Verifications that are asked again.</summary>
public sealed class VerificationStories
{
    private readonly MachineWorld _world = new() { Unanswered = [] };

    public VerificationStories() => _world.Verification = new() { Name = "", Http = new() { Path = "/" }, Retries = 2, Interval = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromSeconds(40) };

    private List<RunVerification> Asked => _world.Unanswered!;

    [Fact]
    public void A_verification_is_asked_again_after_its_interval_until_it_passes()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        Answer(id, passed: false, "it answered 503");
        _world.Pass(TimeSpan.FromSeconds(2));
        Asked.Count.ShouldBe(1, "three seconds have not passed");
        _world.Rollout(id).Reason.ShouldBe("verifies: smoke; the first try: it answered 503");
        _world.Pass(TimeSpan.FromSeconds(2));
        Asked.Count.ShouldBe(2);
        Asked[1].AttemptId.ShouldNotBe(Asked[0].AttemptId);
        Answer(id, passed: true, "it answered 200");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));

        var verification = _world.Rollout(id).Verifications.ShouldHaveSingleItem();
        (verification.Passed, verification.Detail, verification.Tries).ShouldBe((true, "it answered 200 (2 tries)", 2));
        _world.Facts.Count(f => f.Type == "rollout.verified").ShouldBe(1, "the ledger has what was decided");
    }

    [Fact]
    public void When_no_try_is_left_the_last_ones_words_are_told()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        for (var tries = 1; tries <= 3; tries++)
        {
            Asked.Count.ShouldBe(tries);
            Answer(id, passed: false, $"answer {tries}");
            _world.Pass(TimeSpan.FromSeconds(4));
        }

        Asked.Count.ShouldBe(3);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.NeedsAttention);
        _world.Rollout(id).Reason.ShouldStartWith("verification smoke: answer 3 (3 tries)");
    }

    [Fact]
    public void The_timeout_is_of_all_tries_together()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        Asked[0].Timeout.ShouldBe(TimeSpan.FromSeconds(30));
        _world.Pass(TimeSpan.FromSeconds(30));
        Answer(id, passed: false, "no answer");
        _world.Pass(TimeSpan.FromSeconds(4));
        Asked.Count.ShouldBe(2);
        Asked[1].Timeout.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(7));
        _world.Pass(TimeSpan.FromSeconds(5));
        Answer(id, passed: false, "no answer again");

        _world.Pass(TimeSpan.FromSeconds(10));
        Asked.Count.ShouldBe(2);
        _world.Rollout(id).Reason.ShouldStartWith("verification smoke: no answer again (2 tries)");
    }

    [Fact]
    public void The_answer_to_a_try_that_is_over_changes_nothing()
    {
        var id = _world.Promote("1.0", verify: ["smoke"]);
        Answer(id, passed: false, "it answered 503");
        _world.Send(RolloutFlow.ProcessOf(id), new VerificationFinished(Asked[0].AttemptId, "smoke", true, "it answered 200"));
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Passed.ShouldBeNull();
        _world.Pass(TimeSpan.FromSeconds(4));
        _world.Send(RolloutFlow.ProcessOf(id), new VerificationFinished(Asked[0].AttemptId, "smoke", true, "it answered 200"));
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Passed.ShouldBeNull();
    }

    [Fact]
    public void After_a_persons_retry_all_tries_are_there_again()
    {
        var paused = MachineWorld.Canary with { OnFailure = OnFailure.Pause };
        _world.Verification = _world.Verification with { Retries = 0 };
        var id = _world.Promote("1.0", paused, verify: ["smoke"]);
        Answer(id, passed: false, "it answered 503");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.Paused);

        _world.Act(id, RolloutAsk.Retry);
        _world.Pass(TimeSpan.FromSeconds(2));
        Asked.Count.ShouldBe(2);
        _world.Rollout(id).Verifications.ShouldHaveSingleItem().Tries.ShouldBe(1);
        Answer(id, passed: true, "it answered 200");
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(5));
    }

    private void Answer(string id, bool passed, string detail) => _world.Send(RolloutFlow.ProcessOf(id), new VerificationFinished(Asked[^1].AttemptId, "smoke", passed, detail));
}
