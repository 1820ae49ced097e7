using Slipway.Core.Artifacts;
using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

public sealed class RetentionDefinitionTests
{
    private const string Head = "environments: { prod: {} }\n";

    [Fact]
    public void Without_a_word_of_it_the_defaults_hold() => Read(Head).ShouldBe(RetentionPolicy.Default);

    [Fact]
    public void What_is_said_takes_the_place_of_the_defaults_key_by_key() => Read(Head + "retention: { goodVersions: 3, artifacts: { age: 2d }, logs: { atLeast: 5, atMost: 50 } }\n").ShouldBe(
        new RetentionPolicy { GoodVersions = 3, Artifacts = new(TimeSpan.FromDays(2), 10), Logs = new(TimeSpan.FromDays(90), 5, 50) });

    [Fact]
    public void The_reference_says_the_defaults() => Read(DefinitionReference.Text("platform")!).ShouldBe(RetentionPolicy.Default);

    // What is behind the head begins on line 2.
    [Theory]
    [InlineData("retention: 30d", "p.yaml:2:12: retention must be a map, not '30d'. (Allowed keys: goodVersions, artifacts, logs, outputs.)")]
    [InlineData("retention: { goodVersion: 5 }", "p.yaml:2:14: Unknown key 'goodVersion' in retention. (Did you mean 'goodVersions'?)")]
    [InlineData("retention: { goodVersions: 0 }", "p.yaml:2:28: goodVersions must be from 1 to 20, not 0.")]
    [InlineData("retention: { goodVersions: 21 }", "p.yaml:2:28: goodVersions must be from 1 to 20, not 21.")]
    [InlineData("retention: { artifacts: { age: 10m } }", "p.yaml:2:32: age must be from 1h to 36500d, not '10m'.")]
    [InlineData("retention: { artifacts: { atMost: 10 } }", "p.yaml:2:27: Unknown key 'atMost' in artifacts. (Allowed: age, atLeast.)")]
    [InlineData("retention: { outputs: { atLeast: 0 } }", "p.yaml:2:34: atLeast must be from 1 to 1000000, not 0.")]
    [InlineData("retention: { outputs: { atLeast: 10, atMost: 5 } }", "p.yaml:2:34: outputs keeps at least 10 and at most 5: that contradicts itself. (Say an atMost that is not below atLeast.)")]
    [InlineData("retention: { logs: { atMost: 5 } }", "p.yaml:2:30: logs keeps at least 20 and at most 5: that contradicts itself. (Say an atMost that is not below atLeast.)")]
    public void One_mistake_is_told_with_its_place_and_the_way_out(string text, string expected) =>
        PlatformDefinitionReader.Read(Head + text + "\n", "p.yaml").Problems.ShouldHaveSingleItem().ToString().ShouldBe(expected);

    private static RetentionPolicy Read(string text)
    {
        var result = PlatformDefinitionReader.Read(text, "p.yaml");
        result.Problems.ShouldBeEmpty();
        return result.Definition!.Retention;
    }
}
