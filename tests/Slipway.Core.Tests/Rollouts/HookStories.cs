using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>Others are asked, or told, at points of a rollout.</summary>
public sealed class HookStories
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(20);
    private static readonly HookSpec Window = new() { Name = "window", Url = "https://ci.example.com/window" };
    private readonly MachineWorld _world = new();

    private static RolloutSpec With(HookSpecs hooks) => MachineWorld.Canary with { Hooks = hooks, Watch = TimeSpan.Zero };

    private static HookSpecs Everywhere => new() { Before = [Window], BeforeStep = [Window], AfterStep = [Window], ConfirmPromotion = [Window], After = [Window], OnRollback = [Window] };

    /// <summary>That it says go the next time is not enough: the version is held.</summary>
    private static string Held(string id) => $". Nothing was found against 2.0, but it is held in prod. To try it once more: slipway hold lift hold-{id}; then slipway promote storefront@2.0 --to prod";

    private IEnumerable<string> Points => _world.Asked.Select(a => $"{a.Question.Point} {a.Question.Step}".Trim());

    [Fact]
    public void Every_point_is_asked_in_its_place_and_told_what_it_is_about()
    {
        _world.Run("1.0");
        var id = _world.Promote("2.0", With(Everywhere));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);

        Points.ShouldBe(
        [
            "Before", "BeforeStep 5 %", "AfterStep 5 %", "BeforeStep analyze 30s", "AfterStep analyze 30s", "BeforeStep 50 %", "AfterStep 50 %", "BeforeStep analyze 30s", "AfterStep analyze 30s", "ConfirmPromotion", "After",
        ]);
        _world.Rollout(id).Hooks.Count(hook => hook.Point == HookPoint.AfterStep).ShouldBe(4, "each step has its own answer");
        _world.Asked.Select(a => a.AttemptId).Distinct().Count().ShouldBe(_world.Asked.Count);
        var question = _world.Asked[1].Question;
        (question.Rollout, question.Service, question.Environment, question.Version, question.FromVersion).ShouldBe((id, "storefront", "prod", "2.0", "1.0"));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Theory]
    [InlineData("weight >= 50", "AfterStep 50 %, BeforeStep analyze 30s, AfterStep analyze 30s, ConfirmPromotion, After")]
    [InlineData("step.startsWith(\"analyze\") && environment == \"prod\"", "BeforeStep analyze 30s, AfterStep analyze 30s, BeforeStep analyze 30s, AfterStep analyze 30s")]
    [InlineData("fromVersion == \"\" || version == \"9.9\"", "")]
    public void With_a_condition_it_has_its_turn_only_where_that_is_true(string condition, string points)
    {
        var hook = Window with { If = Condition.Parse<HookFields>(condition, out _) };
        _world.Run("1.0");
        var id = _world.Promote("2.0", With(new() { Before = [hook], BeforeStep = [hook], AfterStep = [hook], ConfirmPromotion = [hook], After = [hook] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);

        string.Join(", ", Points).ShouldBe(points);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void Whoever_has_a_condition_that_is_neither_true_nor_false_is_asked()
    {
        _world.Run("1.0");
        _world.Promote("2.0", With(new() { Before = [Window with { If = Condition.Parse<HookFields>("100 / weight > 2", out _) }] }));
        Points.ShouldBe(["Before"]);
    }

    [Fact]
    public void Before_it_says_go_no_instance_starts()
    {
        _world.Hook = _ => null;
        var id = _world.Promote("1.0", With(new() { Before = [Window] }));
        _world.Pass(TimeSpan.FromMinutes(2));
        _world.Wanted("1.0").ShouldBe(0);
        _world.Rollout(id).Reason.ShouldBe("waits for the hook window (before)");
        Answer(id, HookDecision.Go);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
    }

    [Fact]
    public void One_that_says_wait_is_asked_again_after_its_interval()
    {
        _world.Hook = ask => ask.AttemptId.EndsWith(":3", StringComparison.Ordinal) ? (HookDecision.Go, "the window is open") : (HookDecision.Wait, "the window opens at noon");
        var id = _world.Promote("1.0", With(new() { Before = [Window with { Interval = TimeSpan.FromSeconds(20) }] }));
        _world.Rollout(id).Reason.ShouldBe("waits for the hook window (before): the window opens at noon");
        _world.Rollout(id).Until.ShouldBe(_world.Now + TimeSpan.FromSeconds(20));
        _world.Pass(TimeSpan.FromSeconds(19));
        _world.Asked.Count.ShouldBe(1);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Asked.Count.ShouldBe(3);
        _world.Facts.Count(f => f.Type == "rollout.hookAnswered").ShouldBe(1);
    }

    [Theory]
    [InlineData(HookDecision.Wait)]
    [InlineData(HookDecision.Failed)]
    public void Who_does_not_say_go_in_time_stops_it(HookDecision answer)
    {
        _world.Run("1.0");
        _world.Hook = _ => (answer, "no decision");
        var id = _world.Promote("2.0", With(new() { ConfirmPromotion = [Window with { Timeout = TimeSpan.FromMinutes(2) }] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Rollout(id).Reason.ShouldBe("hook window (confirmPromotion): it did not say go within 2m: no decision" + Held(id));
        _world.MostOf("2.0").ShouldBe(50);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void The_last_question_comes_when_its_time_is_over_and_a_go_then_counts()
    {
        _world.Run("1.0");
        var asked = new List<(TimeSpan After, TimeSpan Patience)>();
        var began = _world.Now;
        _world.Hook = ask =>
        {
            began = asked.Count == 0 ? _world.Now : began;
            asked.Add((_world.Now - began, ask.Timeout));
            return _world.Now >= began + TimeSpan.FromSeconds(50) ? (HookDecision.Go, "now") : (HookDecision.Wait, "later");
        };
        var id = _world.Promote("2.0", With(new() { ConfirmPromotion = [Window with { Interval = TimeSpan.FromSeconds(20), Timeout = TimeSpan.FromSeconds(50) }] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);

        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Rollout(id).Reason);
        asked.Select(each => each.After.TotalSeconds).ShouldBe([0, 20, 40, 50]);
        asked.ShouldAllBe(each => each.Patience == Limits.HookTry, "a question at the end has as long for its answer as any other");
    }

    [Theory]
    [InlineData(JobOutcome.BuildFailed, 75, "exit status 75: not yet")]
    [InlineData(JobOutcome.BuildFailed, 1, "exit status 1: not yet")]
    public void A_command_that_is_run_at_the_end_of_its_time_has_as_long_as_its_interval(JobOutcome outcome, int exit, string detail)
    {
        var id = _world.Promote("1.0", With(new() { Before = [new HookSpec { Name = "may we", Run = "./may-we.sh", Interval = TimeSpan.FromSeconds(20), Timeout = TimeSpan.FromSeconds(30) }] }));
        foreach (var seconds in (int[])[21, 11])
        {
            _world.EndCommand(_world.Queued[^1].Run, JobOutcome.BuildFailed, 75, "not yet");
            _world.Pass(TimeSpan.FromSeconds(seconds));
        }

        _world.Queued.Select(queued => queued.Run).Distinct().Count().ShouldBe(3);
        _world.Rollout(id).HasEnded.ShouldBeFalse("the last one runs");
        _world.Command(_world.Queued[^1].Run).Spec.Timeout.ShouldBe(TimeSpan.FromSeconds(20));
        _world.EndCommand(_world.Queued[^1].Run, outcome, exit, "not yet");
        _world.Rollout(id).Reason.ShouldStartWith($"hook may we (before): it did not say go within 30s: {detail}");
    }

    [Theory]
    [InlineData(HookError.Stop, PromotionPhase.RolledBack)]
    [InlineData(HookError.Ignore, PromotionPhase.Succeeded)]
    public void One_that_can_never_be_asked_fails_at_once_and_is_not_tried_until_its_time_is_over(HookError onError, PromotionPhase end)
    {
        const string Why = "https://elsewhere.test is not allowed: whoever runs the platform can add it to hooks.allow in platform.yaml";
        _world.Run("1.0");
        _world.Hook = _ => null;
        var id = _world.Promote("2.0", With(new() { Before = [Window with { OnError = onError, Timeout = TimeSpan.FromHours(1) }] }));
        _world.Send(RolloutFlow.ProcessOf(id), new HookAnswered(_world.Asked.Single().AttemptId, HookDecision.Failed, Why, Final: true));
        var record = _world.Rollout(id).Hooks.ShouldHaveSingleItem();
        (record.Decision, record.Detail, record.Tries).ShouldBe((HookDecision.Failed, Why, 1));
        _world.Rollout(id).HasEnded.ShouldBe(onError == HookError.Stop);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(end);
        (onError == HookError.Stop).ShouldBe(_world.Rollout(id).Reason == $"hook window (before): {Why}{Held(id)}");
    }

    [Fact]
    public void A_stop_stops_even_where_errors_are_ignored()
    {
        _world.Run("1.0");
        _world.Hook = _ => (HookDecision.Stop, "a freeze is on");
        var id = _world.Promote("2.0", With(new() { BeforeStep = [Window with { OnError = HookError.Ignore }] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Rollout(id).Reason.ShouldBe("hook window (beforeStep): a freeze is on" + Held(id));
        _world.LaneNow.Holds.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            hold => hold.Id.ShouldBe($"hold-{id}", "the command names the hold that there is"),
            hold => hold.Why.ShouldBe("2.0 failed here: hook window (beforeStep): a freeze is on"));
        _world.MostOf("2.0").ShouldBe(0);
    }

    [Fact]
    public void An_error_that_is_ignored_lets_it_go_on_and_is_told()
    {
        _world.Run("1.0");
        _world.Hook = _ => (HookDecision.Failed, "it answered 500");
        var id = _world.Promote("2.0", With(new() { Before = [Window with { OnError = HookError.Ignore, Timeout = TimeSpan.FromMinutes(1) }] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Facts.Single(f => f.Type == "rollout.hookAnswered").Body["reason"]!.GetValue<string>().ShouldBe("it did not say go within 1m: it answered 500");
    }

    [Fact]
    public void A_failure_that_pauses_waits_for_a_person_whose_retry_asks_anew()
    {
        _world.Run("1.0");
        _world.Hook = ask => ask.AttemptId.EndsWith(":0", StringComparison.Ordinal) ? (HookDecision.Stop, "not today") : (HookDecision.Go, "fine");
        var id = _world.Promote("2.0", With(new() { BeforeStep = [Window] }) with { OnFailure = OnFailure.Pause });
        _world.PassUntil(() => _world.Rollout(id).Paused is not null, Long);
        _world.Rollout(id).Reason.ShouldBe("failed: hook window (beforeStep): not today");
        _world.Act(id, RolloutAsk.Retry);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Fact]
    public void The_time_of_a_hook_is_not_the_time_of_the_step()
    {
        _world.Run("1.0");
        _world.Hook = ask => ask.Question.Point == HookPoint.BeforeStep && ask.Question.Step == "50 %" && !ask.AttemptId.EndsWith(":30", StringComparison.Ordinal) ? (HookDecision.Wait, "later") : (HookDecision.Go, "now");
        var id = _world.Promote("2.0", With(new() { BeforeStep = [Window with { Timeout = TimeSpan.FromHours(1) }] }), instances: 4);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromHours(1));
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, _world.Rollout(id).Reason);
        _world.Asked.Count.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void What_fails_while_a_hook_is_waited_for_takes_the_version_back_all_the_same()
    {
        _world.Run("1.0");
        _world.Hook = ask => ask.Question.Point == HookPoint.ConfirmPromotion ? null : (HookDecision.Go, "now");
        var id = _world.Promote("2.0", With(new() { ConfirmPromotion = [Window] }));
        _world.PassUntil(() => _world.Rollout(id).AtHook, Long);
        _world.Verdict = JudgeVerdict.Failed;
        _world.PassUntil(() => _world.Promotion(id).HasEnded, TimeSpan.FromMinutes(1));
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        Answer(id, HookDecision.Go);
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
    }

    [Fact]
    public void Those_who_are_told_change_nothing_and_may_answer_when_it_is_over()
    {
        _world.Hook = _ => null;
        var id = _world.Promote("1.0", With(new() { After = [Window], OnRollback = [Window] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        Points.ShouldBe(["After"]);
        Answer(id, HookDecision.Stop);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
        _world.Rollout(id).Hooks.ShouldHaveSingleItem().Decision.ShouldBe(HookDecision.Stop);
        _world.Facts.Count(f => f.Type == "rollout.hookAnswered").ShouldBe(1);
    }

    [Fact]
    public void That_the_traffic_went_back_is_told_when_it_is_back()
    {
        _world.Run("1.0");
        _world.Hook = _ => (HookDecision.Failed, "it answered 500");
        _world.Verdict = JudgeVerdict.Failed;
        var id = _world.Promote("2.0", With(new() { OnRollback = [Window] }));
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        Points.ShouldBe(["OnRollback"], "it is told once");
        _world.Rollout(id).Phase.ShouldBe(RolloutPhase.RolledBack);
    }

    [Fact]
    public void A_way_back_asks_nobody()
    {
        _world.Run("1.0");
        _world.Run("2.0", MachineWorld.Canary with { KeepWarm = TimeSpan.Zero });
        _world.Hook = _ => (HookDecision.Stop, "never");
        var id = _world.Promote("1.0", With(Everywhere) with { RollbackWindow = TimeSpan.Zero }, PromotionKind.Rollback);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Traffic.ShouldBe(new Dictionary<string, int> { ["1.0"] = 100 });
        Points.ShouldBe(["After"]);
    }

    [Fact]
    public void A_commands_exit_status_is_its_decision()
    {
        var hook = new HookSpec { Name = "may we", Run = "./may-we.sh", Interval = TimeSpan.FromSeconds(10) };
        var id = _world.Promote("1.0", With(new() { Before = [hook] }));
        _world.EndCommand(_world.Queued[^1].Run, JobOutcome.BuildFailed, 75, "not yet");
        _world.Rollout(id).Reason.ShouldBe("waits for the hook may we (before): exit status 75: not yet");
        _world.Pass(TimeSpan.FromSeconds(12));
        _world.Queued.Select(q => q.Run).Distinct().Count().ShouldBe(2);
        _world.EndCommand(_world.Queued[^1].Run, JobOutcome.Succeeded, 0);
        _world.PassUntil(() => _world.Promotion(id).HasEnded, Long);
        _world.Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded);
    }

    [Theory]
    [InlineData(JobOutcome.BuildFailed, 1)]
    [InlineData(JobOutcome.TimedOut, null)]
    [InlineData(JobOutcome.AgentLost, null)]
    public void A_command_that_fails_or_is_lost_is_not_run_again_by_itself(JobOutcome outcome, int? exit)
    {
        var id = _world.Promote("1.0", With(new() { Before = [new HookSpec { Name = "may we", Run = "./may-we.sh" }] }));
        _world.EndCommand(_world.Queued[^1].Run, outcome, exit);
        _world.Pass(TimeSpan.FromMinutes(2));
        _world.Queued.Count.ShouldBe(1);
        _world.Rollout(id).HasEnded.ShouldBeTrue();
        _world.Rollout(id).Reason.ShouldStartWith("hook may we (before): ");
    }

    private void Answer(string id, HookDecision decision) => _world.Send(RolloutFlow.ProcessOf(id), new HookAnswered(_world.Asked[^1].AttemptId, decision, $"it says {decision}"));
}
