using Slipway.Core.Targets;

namespace Slipway.Engine.Tests.Loop;

public sealed class PlacementTests
{
    private static readonly Dictionary<string, int> Nothing = [];

    [Fact]
    public void Instances_are_spread_evenly() =>
        Placement.Spread(5, ["a", "b"], Nothing).ShouldBe(new Dictionary<string, int> { ["a"] = 3, ["b"] = 2 }, ignoreOrder: true);

    [Fact]
    public void What_runs_stays_where_it_is() =>
        Placement.Spread(3, ["a", "b"], new Dictionary<string, int> { ["b"] = 2 }).ShouldBe(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, ignoreOrder: true);

    [Fact]
    public void An_agent_that_may_take_no_more_hands_over() =>
        Placement.Spread(2, ["b"], new Dictionary<string, int> { ["a"] = 2 }).ShouldBe(new Dictionary<string, int> { ["a"] = 0, ["b"] = 2 }, ignoreOrder: true);

    [Fact]
    public void A_new_version_comes_where_it_takes_an_old_ones_place()
    {
        Dictionary<string, int> old = new() { ["a"] = 1, ["b"] = 1, ["c"] = 1 }, fresh = [];
        for (var exchanged = 1; exchanged <= 3; exchanged++)
        {
            fresh = new(Placement.Spread(exchanged, ["a", "b", "c"], fresh, old));
            old = new(Placement.Spread(3 - exchanged, ["a", "b", "c"], old, fresh));
            foreach (var agent in old.Keys)
            {
                (old[agent] + fresh.GetValueOrDefault(agent)).ShouldBe(1, $"{agent} after {exchanged}");
            }
        }
    }

    [Fact]
    public void Where_the_old_one_must_go_first_the_new_one_comes_there()
    {
        Dictionary<string, int> old = new() { ["a"] = 1, ["b"] = 1 };
        old = new(Placement.Spread(1, ["a", "b"], old, Nothing));
        Placement.Spread(1, ["a", "b"], Nothing, old).Single(p => p.Value == 1).Key.ShouldBe(old.Single(p => p.Value == 0).Key);
    }

    [Fact]
    public void With_nobody_else_there_what_runs_stays_although_its_agent_is_gone() =>
        Placement.Spread(2, [], new Dictionary<string, int> { ["a"] = 2, ["b"] = 0 }).ShouldBe(new Dictionary<string, int> { ["a"] = 2, ["b"] = 0 });
}
