using System.Text;
using Slipway.Core.Analysis;

namespace Slipway.Core.Tests.Analysis;

public sealed class AnalysisFileTests
{
    private const string Header = AnalysisFile.Header;

    [Fact]
    public void A_good_file_is_read_with_the_share_of_each_bin()
    {
        var (bins, problems) = AnalysisFile.Parse($"\uFEFF{Header}\r\n0,5,1,95,2\r\n10, 0, 0, 100.0, 3\r\n\r\n", "bins.csv");
        problems.ShouldBeEmpty();
        bins.ShouldBe([new(0, 0.05, 5, 1, 95, 2), new(10, 0, 0, 0, 100, 3)]);
    }

    [Theory]
    [InlineData("", 1, 1, "empty")]
    [InlineData("\n \n", 1, 1, "empty")]
    [InlineData("0,5,1,95,2", 1, 1, "not the header")]
    [InlineData("second,canaryBad,canaryRequests,stableRequests,stableBad\n0,5,1,95,2", 1, 1, "not the header")]
    [InlineData(Header + "\n", 2, 1, "no row")]
    [InlineData(Header + "\n0,5,1,95", 2, 1, "4 columns where 5")]
    [InlineData(Header + "\n0,5,x,95,2", 2, 5, "canaryBad: “x” is not a number")]
    [InlineData(Header + "\n0,5,NaN,95,2", 2, 5, "not a number")]
    [InlineData(Header + "\n0,5,,95,2", 2, 5, "canaryBad: the number is missing")]
    [InlineData(Header + "\n0,5,1,-95,2", 2, 7, "stableRequests: -95 is negative")]
    [InlineData(Header + "\n0,5,6,95,2", 2, 5, "more bad requests than requests")]
    [InlineData(Header + "\n0,5,1,95,96", 2, 10, "more bad requests than requests")]
    [InlineData(Header + "\n1.5,5,1,95,2", 2, 1, "not a whole number")]
    [InlineData(Header + "\n-1,5,1,95,2", 2, 1, "negative")]
    [InlineData(Header + "\n0,5,1,99999999999999,2", 2, 7, "more than can be")]
    [InlineData(Header + "\n7,5,1,95,2\n7,5,1,95,2", 3, 1, "second: 7 does not come after 7")]
    [InlineData(Header + "\n1700000000000,5,1,95,2\n1800000000000,5,1,95,2", 3, 1, "more than a year")]
    public void A_bad_file_is_told_with_its_place(string text, int line, int column, string message)
    {
        var (bins, problems) = AnalysisFile.Parse(text, "bins.csv");
        bins.ShouldBeEmpty();
        var problem = problems.ShouldHaveSingleItem();
        (problem.File, problem.Line, problem.Column).ShouldBe(("bins.csv", line, column));
        problem.Message.ShouldContain(message);
    }

    [Fact]
    public void Every_bad_row_is_told()
    {
        var (_, problems) = AnalysisFile.Parse($"{Header}\n0,5,1,95,2\na,b,1,95,2\n2,5,9,95,2\n2,5,1,95,2\n3,5", "bins.csv");
        problems.Select(problem => (problem.Line, problem.Column)).ShouldBe([(3, 1), (3, 3), (4, 5), (5, 1), (6, 1)]);
    }

    [Fact]
    public void Endless_nonsense_ends_in_a_bounded_list() =>
        AnalysisFile.Parse($"{Header}\n{string.Join('\n', Enumerable.Repeat("x", 5000))}", "f").Problems.Count.ShouldBe(1001);

    [Fact]
    public void A_regression_fails_at_the_row_that_makes_it_certain()
    {
        var result = AnalysisFile.Try(Read(5, 600), new());
        result.Verdict.ShouldBe(Verdict.Failed);
        result.DecidedAtSecond.ShouldNotBeNull().ShouldBeInRange(1, 90);
        result.RatioLow.ShouldBeGreaterThan(1);
        result.Ratio.ShouldNotBeNull().ShouldBeGreaterThan(2);
        result.Reason.ShouldContain("certain beyond 1 in 100");
    }

    [Fact]
    public void An_equal_version_passes_at_the_last_row_and_a_short_file_is_inconclusive()
    {
        var passed = AnalysisFile.Try(Read(1, 3000), new());
        (passed.Verdict, passed.DecidedAtSecond).ShouldBe((Verdict.Passed, 2999));
        passed.RatioLow.ShouldBeLessThan(1);
        passed.RatioHigh.ShouldNotBeNull().ShouldBeInRange(1, 2);

        var waiting = AnalysisFile.Try(Read(1, 20), new());
        (waiting.Verdict, waiting.DecidedAtSecond).ShouldBe((Verdict.Inconclusive, null));
        waiting.Reason.ShouldStartWith("errors: not enough evidence yet");
    }

    [Fact]
    public void A_file_without_canary_traffic_is_inconclusive() =>
        AnalysisFile.Try(AnalysisFile.Parse($"{Header}\n0,0,0,100,3\n1,0,0,100,3", "f").Bins, new()).Reason.ShouldBe("errors: no request to the canary has been counted yet");

    [Fact]
    public void A_tolerated_ratio_is_not_a_failure() =>
        AnalysisFile.Try(Read(1.8, 3000), new() { Tolerate = 1 }).Verdict.ShouldNotBe(Verdict.Failed);

    private static IReadOnlyList<Bin> Read(double ratio, int seconds)
    {
        var random = new Random(4);
        var text = new StringBuilder(Header).Append('\n');
        for (var i = 0; i < seconds; i++)
        {
            var bin = SequentialTestTests.Drawn(random, i, 0.05, 0.02, ratio);
            text.Append($"{i},{bin.CanaryUnits},{bin.CanaryBad},{bin.StableUnits},{bin.StableBad}\n");
        }

        var (bins, problems) = AnalysisFile.Parse(text.ToString(), "generated.csv");
        problems.ShouldBeEmpty();
        return bins;
    }
}
