using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Tests.Terminal;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "just now")]
    [InlineData(-59, "59 s ago")]
    [InlineData(-60, "1 m ago")]
    [InlineData(-7199, "1 h ago")]
    [InlineData(-86400 * 3, "3 d ago")]
    [InlineData(-86400 * 40, "2026-01-20")]
    [InlineData(240, "in 4 m")]
    public void Times_are_relative_until_they_are_far(int seconds, string words) => Words.When(CliRun.Now.AddSeconds(seconds), CliRun.Now).ShouldBe(words);

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
