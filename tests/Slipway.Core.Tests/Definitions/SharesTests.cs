using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

public sealed class SharesTests
{
    [Theory]
    [InlineData("5%", 0.05)]
    [InlineData("0.5%", 0.005)]
    [InlineData("0.05", 0.05)]
    [InlineData("5", 5)]
    [InlineData("-1%", -0.01)]
    public void Shares_are_read(string text, double share)
    {
        Shares.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(share);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("5 %")]
    [InlineData("1e-3")]
    [InlineData("five")]
    [InlineData("0.00000000000000000000000000000001")]
    public void What_is_no_share_is_none(string text) => Shares.TryParse(text, out _).ShouldBeFalse();
}
