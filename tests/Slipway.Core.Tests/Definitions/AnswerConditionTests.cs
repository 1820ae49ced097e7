using System.Text.Json;
using Slipway.Core.Expressions;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Definitions;

public sealed class AnswerConditionTests
{
    private static readonly Dictionary<string, string> Headers = new() { ["content-type"] = "application/json; charset=utf-8" };

    [Theory]
    [InlineData("body.ready", true)]
    [InlineData("body.items.size() == 2 && status == 200", true)]
    [InlineData("headers['content-type'].startsWith('application/json')", true)]
    [InlineData("status in [200, 204]", true)]
    [InlineData("body.items.exists(i, i.price > 5)", false)]
    [InlineData("body.name == 'other'", false)]
    public void It_is_decided_by_the_answer(string text, bool expected)
    {
        using var json = JsonDocument.Parse("""{"ready":true,"name":"shop","items":[{"price":1},{"price":2.5}]}""");
        Read(text).IsTrue(new(json.RootElement, 200, Headers), out var error).ShouldBe(expected);
        error.ShouldBeNull();
    }

    [Theory]
    [InlineData("body.missing")]
    [InlineData("headers['x-none'] == ''")]
    [InlineData("body.name > 5")]
    public void What_cannot_be_decided_is_not_true(string text)
    {
        using var json = JsonDocument.Parse("""{"name":"shop"}""");
        Read(text).IsTrue(new(json.RootElement, 200, Headers), out var error).ShouldBeFalse();
        error.ShouldNotBeNull();
    }

    [Fact]
    public void Whether_the_body_is_needed_is_known_before() =>
        (Read("status == 200").SpeaksOf("body"), Read("body.ok").SpeaksOf("body")).ShouldBe((false, true));

    private static Condition<AnswerFields> Read(string text) => Condition.Parse<AnswerFields>(text, out var problems) ?? throw new ArgumentException(string.Join('\n', problems));
}
