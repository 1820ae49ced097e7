using System.Text.Json;
using Slipway.Core.Expressions;

namespace Slipway.Core.Tests.Expressions;

public sealed class OptionalTests
{
    [Theory]
    [InlineData("{'a': 1}.?a", "optional.of(1)")]
    [InlineData("{'a': 1}.?b", "optional.none()")]
    [InlineData("{'a': 1}[?'b']", "optional.none()")]
    [InlineData("{'a': {'b': 2}}.?a.b", "optional.of(2)")]
    [InlineData("{'a': {'b': 2}}.?a.c", "optional.none()")]
    [InlineData("dyn({'a': {'b': 2}}).?x.b.c.orValue(7)", "7")]
    [InlineData("{'a': [5]}.?a[0]", "optional.of(5)")]
    [InlineData("{'a': [5]}.?a[1]", "optional.none()")]
    [InlineData("[1, 2][?1].value() + [1, 2][?2].orValue(10)", "12")]
    [InlineData("[1][?-1]", "optional.none()")]
    [InlineData("has({'a': {}}.?a.b) || has({'a': {}}.?x.b)", "false")]
    [InlineData("has({'a': {'b': 1}}.?a.b)", "true")]
    [InlineData("{'a': 1}.?a.hasValue() && !{'a': 1}.?b.hasValue()", "true")]
    [InlineData("{'a': null}.?a", "optional.of(null)")]
    [InlineData("dyn(1).?a", "error: 1:9: int has no field 'a'")]
    [InlineData("[1][?'a' == 'a' ? dyn('x') : dyn(0)]", "error: 1:4: list cannot be indexed with string")]
    [InlineData("optional.none().value()", "error: 1:17: the optional value is missing")]
    public void A_key_or_an_element_may_be_asked_for_that_is_not_there(string text, string expected) => Evaluating.Say(text).ShouldBe(expected);

    [Theory]
    [InlineData("optional.of(1).or(optional.of(1 / 0))", "optional.of(1)")]
    [InlineData("optional.none().or(optional.of(2))", "optional.of(2)")]
    [InlineData("optional.of(1).orValue(1 / 0)", "1")]
    [InlineData("optional.none().orValue(1 / 0)", "error: 1:27: it divides by zero")]
    [InlineData("optional.of(2).optMap(x, x * 21)", "optional.of(42)")]
    [InlineData("optional.none().optMap(x, 1 / 0)", "optional.none()")]
    [InlineData("{'a': {'b': 3}}.?a.optFlatMap(a, a.?b)", "optional.of(3)")]
    [InlineData("{'a': {'b': 3}}.?a.optFlatMap(a, a.?c).hasValue()", "false")]
    [InlineData("optional.of(2).optMap(x, [1].map(y, x + y))", "optional.of([3])")]
    [InlineData("[optional.ofNonZeroValue(''), optional.ofNonZeroValue('a')]", "[optional.none(), optional.of(\"a\")]")]
    [InlineData("[optional.ofNonZeroValue(0), optional.of(0)].unwrapOpt() + optional.unwrap([optional.of(1)])", "[0, 1]")]
    [InlineData("[1, 2].first().value() + [1, 2].last().value() + [].first().orValue(4)", "7")]
    [InlineData("[1, ?{'a': 2}.?a, ?{'a': 2}.?b, 3]", "[1, 2, 3]")]
    [InlineData("{'k': 1, ?'l': {'a': 2}.?a, ?'m': {'a': 2}.?b}", "{\"k\": 1, \"l\": 2}")]
    [InlineData("[?dyn(1)]", "error: 1:2: what may be left out is optional, not int")]
    [InlineData("optional.of(1) == optional.of(dyn(1.0)) && optional.none() == optional.none() && optional.none() != optional.of(1)", "true")]
    [InlineData("type(optional.none()) == optional_type", "true")]
    [InlineData("dyn(1).orValue(2)", "error: 1:8: orValue is there for optional values, and not for int")]
    [InlineData("(true ? optional.of(1) : optional.none()).value()", "1")]
    public void What_may_be_missing_is_made_and_replaced(string text, string expected) => Evaluating.Say(text).ShouldBe(expected);

    [Theory]
    [InlineData("(1).orValue(2)", "wrong: 1:2: orValue asks for an optional value; this is int. (Such are made by a.?b, a[?i] and optional.of(…).)")]
    [InlineData("optional.of(1).orValue('a')", "wrong: 1:24: orValue asks for int; this is string. (Where that is meant, write dyn(…) around it.)")]
    [InlineData("optional.of(true) && true", "wrong: 1:10: '&&' asks for bool; this is optional_type(bool). (Say what it is where it is missing: .orValue(false).)")]
    [InlineData("optional.off(1)", "wrong: 1:10: There is no function 'optional.off'. (Did you mean 'optional.of'?)")]
    [InlineData("has({'a': 1}.?a)", "wrong: 1:15: has() asks for a field. (Write it like has(build.tag).)")]
    [InlineData("[1, ?2]", "wrong: 1:6: '?' asks for an optional value; this is int. (Such are made by a.?b, a[?i] and optional.of(…).)")]
    public void What_is_wrong_is_told_when_it_is_read(string text, string expected) => Evaluating.Say(text).ShouldStartWith(expected);

    [Fact]
    public void Of_an_object_whose_fields_are_known_only_those_may_be_asked_for()
    {
        var environment = new ExpressionEnvironment(new ExpressionVariable("build", ExpressionType.Object("build", new Dictionary<string, ExpressionType> { ["labels"] = ExpressionType.Map(ExpressionType.String, ExpressionType.String) })));
        environment.Read("build.?lables.hasValue()").Problems.ShouldHaveSingleItem().ToString().ShouldBe("1:8: build has no field 'lables'. (Did you mean 'labels'?)");
        using var json = JsonDocument.Parse("""{ "labels": { "team": "shop" } }""");
        var inputs = environment.Inputs().With("build", json.RootElement);
        environment.Ready("build.labels.?team.orValue('none') + build.?labels.?part.orValue('none')").Evaluate(inputs).Value.AsText.ShouldBe("shopnone");
    }
}
