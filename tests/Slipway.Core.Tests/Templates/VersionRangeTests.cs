using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData("1", "1.0.0 1.9.9", "0.9.0 2.0.0 1.0.0-rc.1")]
    [InlineData("1.2", "1.2.0 1.2.9", "1.1.9 1.3.0")]
    [InlineData("^1.2", "1.2.0 1.9.0", "1.1.9 2.0.0 1.3.0-rc.1")]
    [InlineData("^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0")]
    [InlineData("^0.2", "0.2.0 0.2.9", "0.1.0 0.3.0 1.0.0")]
    [InlineData("^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0")]
    [InlineData("^0.0.3", "0.0.3", "0.0.2 0.0.4")]
    [InlineData("^0", "0.0.1 0.9.0", "1.0.0")]
    [InlineData("~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0")]
    [InlineData("~1.2", "1.2.0 1.2.9", "1.3.0")]
    [InlineData("~1", "1.0.0 1.9.0", "2.0.0")]
    [InlineData("1.2.3", "1.2.3", "1.2.2 1.2.4 1.2.3-rc.1")]
    [InlineData("1.2.3-rc.1", "1.2.3-rc.1", "1.2.3 1.2.3-rc.2")]
    public void A_range_allows_what_it_says(string range, string allowed, string refused)
    {
        var read = VersionRange.Parse(range).ShouldNotBeNull();
        allowed.Split(' ').ShouldAllBe(v => read.Allows(SemanticVersion.Parse(v)!));
        refused.Split(' ').ShouldAllBe(v => !read.Allows(SemanticVersion.Parse(v)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("latest")]
    [InlineData("v1")]
    [InlineData("01")]
    [InlineData(">=1")]
    [InlineData("1 || 2")]
    [InlineData("^1.2.3-rc.1")]
    [InlineData("1.2.3.4")]
    [InlineData("1.")]
    [InlineData("99999999999999")]
    [InlineData("١")]
    public void What_is_no_range_is_none(string text) => VersionRange.Parse(text).ShouldBeNull();

    [Fact]
    public void Versions_are_in_the_order_of_semver()
    {
        string[] ordered = ["1.0.0-1", "1.0.0-2", "1.0.0-11", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "2.0.0", "10.0.0"];
        ordered.Reverse().Select(v => SemanticVersion.Parse(v)!).Order().Select(v => v.ToString()).ShouldBe(ordered);
        SemanticVersion.Parse("1.0").ShouldBeNull();
        SemanticVersion.Parse("1.0.0+build").ShouldBeNull();
        SemanticVersion.Parse("1.0.0-").ShouldBeNull();
        SemanticVersion.Parse("1.0.0-01").ShouldBeNull();
    }

    [Fact]
    public void What_a_range_allows_lies_in_one_piece_and_begins_with_what_it_names()
    {
        var numbers = Gen.Choose(0, 4);
        var version = numbers.SelectMany(a => numbers.SelectMany(b => numbers.Select(c => new SemanticVersion(a, b, c))));
        var range = Gen.Elements("", "^", "~").SelectMany(kind => version.SelectMany(v => Gen.Elements($"{kind}{v.Major}", $"{kind}{v.Major}.{v.Minor}", $"{kind}{v}")));
        Prop.ForAll(Arb.From(range), Arb.From(version), Arb.From(version), (text, a, b) =>
        {
            var read = VersionRange.Parse(text)!;
            var (low, high) = a < b ? (a, b) : (b, a);
            var middle = new SemanticVersion(low.Major, low.Minor, low.Patch + 1);
            return read.Allows(read.Least) && (!read.Allows(low) || !read.Allows(high) || middle > high || read.Allows(middle));
        }).QuickCheckThrowOnFailure();
    }
}
