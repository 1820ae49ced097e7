using System.Text.Json;
using Slipway.Core.Expressions;

namespace Slipway.Core.Tests.Expressions;

public sealed class JsonInputTests
{
    private static readonly ExpressionType Known = ExpressionType.Object("known", new Dictionary<string, ExpressionType>
    {
        ["count"] = ExpressionType.Int,
        ["size"] = ExpressionType.Uint,
        ["name"] = ExpressionType.String,
        ["at"] = ExpressionType.Timestamp,
        ["took"] = ExpressionType.Duration,
        ["key"] = ExpressionType.Bytes,
        ["shares"] = ExpressionType.List(ExpressionType.Double),
    });

    private static readonly ExpressionEnvironment Environment = new(new("known", Known), new("any", ExpressionType.Dyn));

    [Theory]
    [InlineData("known.count + 1", "8")]
    [InlineData("known.size", "18446744073709551615u")]
    [InlineData("known.at.getHours() + known.took.getMinutes()", "14")]
    [InlineData("known.key", "b\"abc\"")]
    [InlineData("known.shares[1]", "2.0")]
    [InlineData("known.name", "error: 1:7: name: it is declared string, and the JSON holds the number 3")]
    [InlineData("any.a[1].b", "1.0")]
    [InlineData("any.a.size()", "2")]
    [InlineData("any.a[1] == {'b': 1}", "true")]
    [InlineData("any.exists(k, k == 'n') && any.n == null", "true")]
    [InlineData("any.whole == 2 && type(any.whole) == double", "true")]
    [InlineData("any.bad", "error: 1:5: bad: a text in the JSON is not valid Unicode")]
    [InlineData("has(any.missing) || any.missing > 3", "error: 1:25: there is no 'missing'")]
    [InlineData("known.count == any.a[0]", "true")]
    public void It_is_read_as_declared_and_else_as_it_is(string text, string expected)
    {
        using var known = JsonDocument.Parse("""{"count": 7.0, "size": 18446744073709551615, "name": 3, "at": "2026-01-01T12:00:00Z", "took": "120s", "key": "YWJj", "shares": [1, 2]}""");
        using var any = JsonDocument.Parse("""{"a": [7, {"b": 1}], "n": null, "whole": 2, "bad": "\ud800"}""");
        var inputs = Environment.Inputs().With("known", known.RootElement).With("any", any.RootElement);
        Evaluating.Say(Environment.Ready(text).Evaluate(inputs)).ShouldBe(expected);
    }

    [Fact]
    public void What_is_not_given_or_of_another_type_is_an_error_where_it_is_used()
    {
        using var text = JsonDocument.Parse("\"text\"");
        var inputs = Environment.Inputs().With("known", text.RootElement);
        Evaluating.Say(Environment.Ready("any == 1").Evaluate(inputs)).ShouldBe("error: 1:1: nothing is given for 'any'");
        Evaluating.Say(Environment.Ready("true || known.count == 1").Evaluate(inputs)).ShouldBe("true");
        Evaluating.Say(Environment.Ready("known.count == 1").Evaluate(inputs)).ShouldBe("error: 1:1: known: it is declared known, and the JSON holds a text");
    }

    [Fact]
    public void Values_of_the_program_have_the_types_of_their_variables()
    {
        var environment = new ExpressionEnvironment(new("n", ExpressionType.Int), new("at", ExpressionType.Timestamp), new("took", ExpressionType.Duration), new("tags", ExpressionType.List(ExpressionType.String)));
        var inputs = environment.Inputs()
            .With("n", Value.Of(3)).With("at", Value.Of(new DateTimeOffset(1969, 12, 31, 23, 59, 58, 500, TimeSpan.Zero)))
            .With("took", Value.Of(TimeSpan.FromMinutes(2))).With("tags", Value.Of([Value.Of("a"), Value.Of("b")]));
        Evaluating.Say(environment.Ready("string(n) + tags.join() + string(at) + string(took)").Evaluate(inputs)).ShouldBe("\"3ab1969-12-31T23:59:58.5Z120s\"");
        Should.Throw<ArgumentException>(() => environment.Inputs().With("n", Value.Of("3"))).Message.ShouldContain("n is declared int");
        Should.Throw<ArgumentException>(() => environment.Inputs().With("m", Value.Of(3))).Message.ShouldContain("There is no variable 'm'");
        Should.Throw<ArgumentException>(() => environment.Ready("n == 3").Evaluate(Environment.Inputs()));
    }
}
