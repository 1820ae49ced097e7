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
    public void With_nobody_else_there_what_runs_stays_although_its_agent_is_gone() =>
        Placement.Spread(2, [], new Dictionary<string, int> { ["a"] = 2 }).ShouldBe(new Dictionary<string, int> { ["a"] = 2 });
}
