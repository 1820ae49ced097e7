using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("0s", 0)]
    [InlineData("90s", 90_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("2d", 172_800_000)]
    [InlineData("1d2h3m4s5ms", 93_784_005)]
    [InlineData("PT5M", 300_000)]
    [InlineData("P1DT0.5S", 86_400_500)]
    public void A_duration_is_read(string text, long milliseconds)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 m")]
    [InlineData("30m1h")]
    [InlineData("five minutes")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("5M")]
    [InlineData("5m\n")]
    [InlineData("999999999d")]
    public void What_is_no_duration_is_refused(string? text) => Durations.TryParse(text, out _).ShouldBeFalse();
}
