using System.Text.Json.Serialization;
using Slipway.Core.Lanes;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Transitions;

/// <summary>The checked-in tables beside this file are what the machines do.</summary>
public sealed class TransitionTests
{
    private const string Folder = "tests/Slipway.Core.Tests/Transitions/";

    [Fact]
    public void A_lane_does_what_its_table_says() => Snapshot.Matches(Folder + "Lane.transitions.md", TransitionTable.Of("Lane", new LaneSamples()));

    [Fact]
    public void A_promotion_does_what_its_table_says() => Snapshot.Matches(Folder + "Promotion.transitions.md", TransitionTable.Of("Promotion", new PromotionSamples()));

    [Fact]
    public void A_rollout_does_what_its_table_says() => Snapshot.Matches(Folder + "Rollout.transitions.md", TransitionTable.Of("Rollout", new RolloutSamples()));

    [Fact]
    public void A_command_does_what_its_table_says() => Snapshot.Matches(Folder + "Command.transitions.md", TransitionTable.Of("Command", new CommandSamples()));

    [Fact]
    public void A_run_does_what_its_table_says() => Snapshot.Matches(Folder + "Run.transitions.md", TransitionTable.Of("Run", new RunSamples()));

    [Fact]
    public void A_source_does_what_its_table_says() => Snapshot.Matches(Folder + "Source.transitions.md", TransitionTable.Of("Source", new SourceSamples()));

    [Fact]
    public void Every_kind_of_event_and_every_phase_is_in_the_tables()
    {
        KindsOf(new LaneSamples()).ShouldBe(KindsOf<LaneEvent>(), ignoreOrder: true);
        KindsOf(new PromotionSamples()).ShouldBe(KindsOf<PromotionEvent>(), ignoreOrder: true);
        KindsOf(new RolloutSamples()).ShouldBe(KindsOf<RolloutEvent>(), ignoreOrder: true);
        KindsOf(new CommandSamples()).ShouldBe(KindsOf<CommandEvent>(), ignoreOrder: true);
        KindsOf(new RunSamples()).ShouldBe(KindsOf<RunEvent>(), ignoreOrder: true);
        KindsOf(new SourceSamples()).ShouldBe(KindsOf<SourceEvent>(), ignoreOrder: true);
        new RunSamples().States.Where(s => s.State is not null).Select(s => s.State!.Phase).Distinct().ShouldBe(Enum.GetValues<RunPhase>(), ignoreOrder: true);
        new PromotionSamples().States.Where(s => s.State is not null).Select(s => s.State!.Phase).Distinct().ShouldBe(Enum.GetValues<PromotionPhase>(), ignoreOrder: true);
        new RolloutSamples().States.Where(s => s.State is not null).Select(s => s.State!.Phase).Distinct().ShouldBe(Enum.GetValues<RolloutPhase>(), ignoreOrder: true);
        new LaneSamples().States.Where(s => s.State?.Active is not null).Select(s => s.State!.Active!.Stage).Distinct().ShouldBe(Enum.GetValues<ActiveStage>(), ignoreOrder: true);
    }

    private static List<Type> KindsOf<TState, TEvent>(Samples<TState, TEvent> samples)
        where TState : class
        where TEvent : class =>
        [.. samples.Events.SelectMany(e => samples.States.Select(s => e.Event(s.State).GetType())).Distinct()];

    private static List<Type> KindsOf<TEvent>() =>
        [.. typeof(TEvent).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), false).Cast<JsonDerivedTypeAttribute>().Select(a => a.DerivedType)];
}
