using Slipway.Core.Kernel;

namespace Slipway.Core.Tests.Expressions;

public sealed class LiteralTests
{
    [Theory]
    [InlineData("0x1F", "31")]
    [InlineData("-0x10", "-16")]
    [InlineData("0xFFu", "255u")]
    [InlineData("1e3", "1000.0")]
    [InlineData(".5", "0.5")]
    [InlineData("-2.5E-1", "-0.25")]
    [InlineData("'a\"b'", "\"a\\\"b\"")]
    [InlineData("'''a'b\nc'''", "\"a'b\\nc\"")]
    [InlineData("\"\"\"x\"y\"\"\"", "\"x\\\"y\"")]
    [InlineData("r'a\\n'", "\"a\\\\n\"")]
    [InlineData("'\\x41\\101\\u0041\\U00000041'", "\"AAAA\"")]
    [InlineData("'\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\\"\\'\\`' == '\\u0007\\u0008\\u000c\\u000a\\u000d\\u0009\\u000b\\x5c?\"\\x27`'", "true")]
    [InlineData("b'é'", "b\"\\xc3\\xa9\"")]
    [InlineData("b'\\303\\377'", "b\"\\xc3\\xff\"")]
    [InlineData("rb'\\' // no", "wrong: 1:3: Here is '\\'; expected was an operator or the end.")]
    [InlineData("br'\\d'", "b\"\\\\d\"")]
    [InlineData("[1, 2,]", "[1, 2]")]
    [InlineData("{'a': 1,}", "{\"a\": 1}")]
    [InlineData("1 // one\n + 2", "3")]
    [InlineData("null", "null")]
    public void All_forms_are_read(string text, string expected)
    {
        if (expected.StartsWith("wrong", StringComparison.Ordinal))
        {
            Evaluating.Say(text).ShouldStartWith("wrong: ");
        }
        else
        {
            Evaluating.Say(text).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("", "1:1: There is no expression.")]
    [InlineData("   ", "1:4: There is no expression.")]
    [InlineData("1 +", "1:4: Here is the end; expected was a value.")]
    [InlineData("(1", "1:3: Here is the end; expected was ')'.")]
    [InlineData("[1 2]", "1:4: Here is '2'; expected was ',' or ']'.")]
    [InlineData("1 2", "1:3: Here is '2'; expected was an operator or the end.")]
    [InlineData("a = 1", "1:3: There is no '='. (Compare with '=='.)")]
    [InlineData("true & false", "1:6: There is no '&'. (Join conditions with '&&'.)")]
    [InlineData("true | false", "1:6: There is no '|'. (Join conditions with '||'.)")]
    [InlineData("#", "1:1: '#' means nothing.")]
    [InlineData("'abc", "1:1: The text has no end. (End it with '.)")]
    [InlineData("'a\nb'", "1:1: The text has no end. (End it with '.)")]
    [InlineData("'\\s'", @"1:2: There is no such escape. (A backslash itself is written \\, or the text as r'…'.)")]
    [InlineData("'\\u12'", "1:2: The escape asks for 4 hexadecimal digits.")]
    [InlineData("'\\ud800'", "1:2: The escape names no character of Unicode.")]
    [InlineData("b'\\u0041'", @"1:3: There is no such escape. (A backslash itself is written \\, or the text as r'…'.)")]
    [InlineData("9223372036854775808", "1:1: The number is too large for an int. (A uint has a 'u' behind it.)")]
    [InlineData("18446744073709551616u", "1:1: The number is too large for a uint.")]
    [InlineData("1e999", "1:1: The number is too large for a double.")]
    [InlineData("0x", "1:1: There are no digits after 0x.")]
    [InlineData("12ab", "1:1: '12ab' is no number.")]
    [InlineData("for", "1:1: 'for' is a reserved word.")]
    [InlineData("true ?\n 1", "2:3: Here is the end; expected was ':' and what it is otherwise.")]
    [InlineData("Thing{a: 1}", "1:6: Messages cannot be made. (A map is written { \"name\": value }.)")]
    [InlineData("{}.?", "1:5: Here is the end; expected was the name of a field.")]
    [InlineData("f(1,)", "1:5: Here is ')'; expected was a value.")]
    public void What_cannot_be_read_is_told_with_its_place(string text, string expected) => Evaluating.Say(text).ShouldBe("wrong: " + expected);

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{1: ", "1", "}")]
    [InlineData("dyn(", "1", ")")]
    [InlineData("-", "(1)", "")]
    [InlineData("!", "true", "")]
    [InlineData("true ? 1 : ", "2", "")]
    [InlineData("", "1", " + 1")]
    [InlineData("", "dyn({'a': 1})", ".a")]
    [InlineData("", "dyn([1])", "[0]")]
    public void Nesting_is_bounded_and_small_stacks_bear_it(string before, string inner, string after)
    {
        string Nested(int times) => string.Concat(Enumerable.Repeat(before, times)) + inner + string.Concat(Enumerable.Repeat(after, times));
        string allowed = "", refused = "";
        var thread = new Thread(() => (allowed, refused) = (Evaluating.Say(Nested(240)), Evaluating.Say(Nested(1000))), 512 * 1024);
        thread.Start();
        thread.Join();
        allowed.ShouldNotStartWith("wrong");
        refused.ShouldContain($"nested deeper than {Limits.ExpressionDepth} levels");
    }

    [Fact]
    public void Rows_of_conditions_may_be_long() => Evaluating.Say(string.Join(" || ", Enumerable.Repeat("false", 1500)) + " || true").ShouldBe("true");

    [Fact]
    public void The_length_is_bounded() => Evaluating.Say(new string(' ', Limits.ExpressionLength) + "1").ShouldContain($"{Limits.ExpressionLength} are allowed");

    [Fact]
    public void A_name_between_backticks_follows_a_dot() => Evaluating.Say("`a-b`").ShouldStartWith("wrong: 1:1: Here is 'a-b'");
}
