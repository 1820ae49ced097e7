using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Tests.CommandLine;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("500ms", 0.5)]
    [InlineData("1h30m", 5400)]
    [InlineData("30d", 2_592_000)]
    [InlineData("1.5m", 90)]
    public void Durations_are_read(string text, double seconds) => Durations.Parse(text)!.Value.TotalSeconds.ShouldBe(seconds);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5 m")]
    [InlineData("m")]
    [InlineData("-5s")]
    [InlineData("5y")]
    [InlineData("99999999d")]
    public void What_is_no_duration_is_none(string text) => Durations.Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("now", "2026-03-01T12:00:00Z")]
    [InlineData("+2h", "2026-03-01T14:00:00Z")]
    [InlineData("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z")]
    [InlineData("2026-12-24T18:00+01:00", "2026-12-24T17:00:00Z")]
    public void Moments_are_read(string text, string moment) => Durations.ParseMoment(text, CliRun.Now).ShouldBe(DateTimeOffset.Parse(moment));

    [Theory]
    [InlineData("2026-12-24")]
    [InlineData("2026-12-24T18:00:00")]
    [InlineData("+soon")]
    [InlineData("tomorrow")]
    public void A_moment_without_a_zone_is_none(string text) => Durations.ParseMoment(text, CliRun.Now).ShouldBeNull();
}
