using Slipway.Core.Rollouts;
using Slipway.Engine.Analysis;

namespace Slipway.Engine.Tests.Analysis;

public sealed class RejudgeSettingsTests
{
    private static readonly RejudgeSettings Nothing = new();
    private static readonly RolloutSpec Spec = new()
    {
        Tolerate = 0.2,
        Checks = [new() { Kind = CheckKind.Errors }, new() { Kind = CheckKind.Latency }, new() { Kind = CheckKind.Threshold, Name = "queue" }],
    };

    [Fact]
    public void What_is_not_said_stays_as_it_was()
    {
        Applied(Nothing).ShouldBe(Spec);
        var stricter = Applied(Nothing with { FalseAlarmRate = 0.001 });
        (stricter.FalseAlarmRate, stricter.Tolerate).ShouldBe((0.001, 0.2));
        var calmer = Applied(Nothing with { TolerateLatency = TimeSpan.FromMilliseconds(20), WarmUp = TimeSpan.Zero });
        (calmer.TolerateLatency, calmer.WarmUp).ShouldBe((TimeSpan.FromMilliseconds(20), TimeSpan.Zero));
    }

    [Fact]
    public void One_check_is_changed_and_the_others_are_not()
    {
        var changed = Applied(Nothing with { Check = "errors", Acceptable = 0.02, Detectable = 2 });
        changed.Checks.Select(c => (c.Acceptable, c.Detectable)).ShouldBe([(0.02, 2), (null, 1), (null, 1)]);
    }

    [Theory]
    [InlineData(-0.1, null, null, "-0.1 is not a number from 0 to 10.")]
    [InlineData(double.NaN, null, null, "NaN is not a number from 0 to 10.")]
    [InlineData(null, null, 0.02, "It is not said which check")]
    [InlineData(null, "errors", null, "Nothing is said of the check errors.")]
    [InlineData(null, "nix", null, "The rollout has no check named nix.")]
    [InlineData(null, "latency p50", null, "latency p50 is one limit of the check latency, and has no settings of its own.")]
    [InlineData(null, "queue", 0.02, "The check queue is a threshold, which has neither `acceptable` nor `detectable`.")]
    [InlineData(null, "latency p50", 0.02, "latency p50 is one limit of the check latency, and has no settings of its own.")]
    [InlineData(null, "mails", 0.02, "The rollout has no check named mails.")]
    [InlineData(null, "mails", null, "The rollout has no check named mails.")]
    [InlineData(0.1, "mails", null, "The rollout has no check named mails.")]
    [InlineData(null, "queue", null, "The check queue is a threshold, which has neither `acceptable` nor `detectable`.")]
    public void What_makes_no_sense_is_refused_with_the_way_out(double? tolerate, string? check, double? acceptable, string why)
    {
        var refusal = (Nothing with { Tolerate = tolerate, Check = check, Acceptable = acceptable }).ApplyTo(Spec).ShouldBeOfType<Outcome<RolloutSpec>.Refused>().Refusal;
        refusal.Detail.ShouldStartWith(why);
        refusal.NextStep.ShouldNotBeEmpty();
    }

    private static RolloutSpec Applied(RejudgeSettings settings) => settings.ApplyTo(Spec).ShouldBeOfType<Outcome<RolloutSpec>.Done>().Value;
}
