using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Tests.Terminal;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "just now")]
    [InlineData(-59, "59 s ago")]
    [InlineData(-60, "1 min ago")]
    [InlineData(-7199, "1 h ago")]
    [InlineData(-86400, "1 day ago")]
    [InlineData(-86400 * 3, "3 days ago")]
    [InlineData(-86400 * 40, "2026-01-20")]
    [InlineData(240, "in 4 min")]
    public void Times_are_relative_until_they_are_far(int seconds, string words) => Words.When(CliRun.Now.AddSeconds(seconds), CliRun.Now).ShouldBe(words);

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.9, "0 s")]
    [InlineData(45, "45 s")]
    [InlineData(90, "1 min 30 s")]
    [InlineData(3600, "1 h")]
    [InlineData(3605, "1 h")]
    [InlineData(90_000, "1 day 1 h")]
    public void Spans_have_their_two_largest_units(double seconds, string words) => Words.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    [Theory]
    [InlineData(0, "")]
    [InlineData(0.34, "0.3 s")]
    [InlineData(9.96, "9 s")]
    [InlineData(61, "1 min")]
    public void What_happens_soon_after_the_beginning_is_told_apart(double seconds, string words) => Words.After(TimeSpan.FromSeconds(seconds)).ShouldBe(words);

    /// <summary>The same numbers as in the web app's test of its own.</summary>
    [Theory]
    [InlineData(-2, "less than 1")]
    [InlineData(0, "1")]
    [InlineData(2.1, "126")]
    [InlineData(3.6021, "4,000")]
    [InlineData(6.4, "2.5 million")]
    [InlineData(20, "more than 100 trillion")]
    public void Numbers_given_by_their_logarithm_read_as_in_the_web_app(double log, string words) => Words.FromLog10(log).ShouldBe(words);

    [Fact]
    public void States_read_as_prose()
    {
        Words.Prose(PromotionStateView.RollingOut).ShouldBe("rolling out");
        Words.Of(RolloutStateView.NeedsAttention).ShouldBe("needsAttention");
    }

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(12_345_678, "12.3 MB")]
    public void Sizes_have_units(long bytes, string words) => Words.Bytes(bytes).ShouldBe(words);
}
