using Slipway.Core.Analysis.MannWhitney;

namespace Slipway.Core.Tests.Analysis.MannWhitney;

public sealed class FencesTests
{
    private static readonly double[] OneFarAway = [100, 1, 4, 2, 3];

    [Fact]
    public void Quartiles_lie_between_the_values_next_to_them()
    {
        Fences.Quartiles(OneFarAway, 1.5).ShouldBe(new Fences(2 - 3, 4 + 3));
        Fences.Quartiles([1, 2], 1).ShouldBe(new Fences(1.25 - 0.5, 1.75 + 0.5));
    }

    [Fact]
    public void Wide_fences_never_lie_within_the_first_and_the_last_percent()
    {
        var wide = Fences.Wide(OneFarAway, 1.5);
        wide.Low.ShouldBe(-1);
        wide.High.ShouldBe(4 + (0.96 * 96), 1e-9);
        wide.IsBeyond(100).ShouldBeTrue();
        Fences.Wide([1, 2, 3, 4, 5], 3).ShouldBe(new Fences(2 - 6, 4 + 6));
    }

    [Fact]
    public void Deviations_are_those_of_the_values_themselves() => Fences.Deviations([1, 3, 1, 3], 2).ShouldBe(new Fences(0, 4));

    [Fact]
    public void A_value_on_a_fence_stays()
    {
        var fences = new Fences(-1, 7);
        fences.IsBeyond(7).ShouldBeFalse();
        fences.IsBeyond(-1).ShouldBeFalse();
        fences.IsBeyond(7.001).ShouldBeTrue();
        fences.IsBeyond(-1.001).ShouldBeTrue();
    }

    [Fact]
    public void Of_nothing_and_of_one_value_nothing_is_far_away()
    {
        Fences.Quartiles([], 3).IsBeyond(1).ShouldBeFalse();
        Fences.Deviations([], 3).IsBeyond(1).ShouldBeFalse();
        Fences.Wide([], 3).IsBeyond(1).ShouldBeFalse();
        Fences.Wide([5], 3).IsBeyond(5).ShouldBeFalse();
        Fences.Deviations([5], 3).IsBeyond(5).ShouldBeFalse();
    }
}
