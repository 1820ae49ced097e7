using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Expressions;

namespace Slipway.Core.Tests.Expressions;

/// <summary>Whatever is written: a value, or an error with a place, and soon.</summary>
public sealed class ExpressionPropertyTests
{
    private static readonly string[] Pieces =
    [
        "1", "0", "2u", "1.5", "'a'", "\"\\n\"", "b'x'", "true", "false", "null", "[", "]", "{", "}", "(", ")", ",", ":", "?", ".", "a", "x", "&&", "||", "!", "-", "+", "*", "/", "%", "==", "!=", "<", ">=",
        " in ", "size", ".size()", ".map(x, ", ".all(x, ", "has(", ".a", "[0]", "timestamp(", "duration('1h')", "matches", ".matches('a*')", "'", "\"", "\\", "`", "r'", "'''", "0x", "9223372036854775807", "type(", "int", "string(", "dyn(", "\u0000", "\ud800", "é", "//", "\n", "@",
    ];

    private static readonly string[] Leaves =
        ["1", "0", "-3", "2u", "1.5", "'a'", "'é😀'", "b'x'", "true", "false", "null", "a", "[]", "{}", "[1, 'b']", "{'k': 1}", "timestamp('2026-01-01T00:00:00Z')", "duration('1h')", "int", "9223372036854775807"];

    private static readonly string[] Shapes =
    [
        "dyn({0}) + {1}", "dyn({0}) - dyn({1})", "dyn({0}) * dyn({1})", "dyn({0}) / dyn({1})", "dyn({0}) % dyn({1})", "dyn({0}) == {1}", "dyn({0}) < dyn({1})", "dyn({0}) in dyn({1})", "dyn({0}) && dyn({1})", "dyn({0}) || dyn({1})",
        "dyn({0}) ? dyn({1}) : {0}", "!dyn({0})", "-dyn({0})", "[{0}, {1}]", "{{dyn({0}): {1}}}", "dyn({0})[dyn({1})]", "dyn({0}).k", "has(dyn({0}).k)", "dyn({0}).map(x, {1})", "dyn({0}).all(x, dyn({1}))", "dyn({0}).exists_one(x, x == {1})",
        "dyn({0}).filter(x, dyn({1}))", "size(dyn({0}))", "string(dyn({0}))", "int(dyn({0}))", "uint(dyn({0}))", "double(dyn({0}))", "bool(dyn({0}))", "bytes(dyn({0}))", "type({0})", "dyn({0}).contains(dyn({1}))", "dyn({0}).matches(dyn({1}))",
        "dyn({0}).replace(dyn({1}), 'zz')", "dyn({0}).split(dyn({1}))", "dyn({0}).sort()", "dyn({0}).distinct()", "dyn({0}).flatten()", "dyn({0}).slice(0, dyn({1}))", "math.greatest(dyn({0}), dyn({1}))", "dyn({0}).getHours(dyn({1}))", "timestamp(dyn({0}))", "duration(dyn({0}))", "dyn({0}).charAt(dyn({1}))", "dyn({0}).join(dyn({1}))",
    ];

    private static readonly ExpressionEnvironment Environment = new(new ExpressionVariable("a", ExpressionType.Dyn));

    private static readonly Gen<string> Trees = Gen.Sized(size => Tree(Math.Min(size, 5)));

    [Fact]
    public void No_text_throws_or_takes_long() =>
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Elements(Pieces))), pieces => EndsWell(string.Concat(pieces))).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void No_expression_throws_or_takes_long() => Prop.ForAll(Arb.From(Trees), text => EndsWell(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void No_pattern_throws_or_takes_long()
    {
        string[] pieces = ["a", "b", ".", "*", "+", "?", "(", ")", "[", "]", "^", "$", "|", "\\d", "\\pL", "\\P{Lu}", "[^a-c]", "[[:alpha:]]", "{2}", "{1,3}", "(?i)", "(?:", "(?s:", "(?P<n>", "\\Q", "\\E", "\\b", "é", "😀", "[😀-😂]", "-", "\\x{1F600}", "\\", "&&", "[a-z-[b]]", "\\z", "#", " "];
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Elements(pieces))), parts => EndsWell($"dyn('aab😀é').matches({Value.Of(string.Concat(parts))})")).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void The_order_of_conditions_makes_no_difference_to_a_value() =>
        Prop.ForAll(Arb.From(Trees.SelectMany(a => Trees.Select(b => (a, b)))), pair => new[] { "&&", "||" }.All(symbol =>
            Outcome($"dyn({pair.a}) {symbol} dyn({pair.b})") == Outcome($"dyn({pair.b}) {symbol} dyn({pair.a})"))).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    [Fact]
    public void A_value_that_is_printed_is_read_as_the_same() =>
        Prop.ForAll(Arb.From(Trees), text =>
        {
            var said = Outcome(text);
            return said.Contains("NaN", StringComparison.Ordinal) || said == "error" || Outcome(said) == said;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Threads_share_an_expression()
    {
        var expression = Environment.Ready("a.map(x, x * 2).filter(x, x % 4 == 0).exists(x, x == 40) && 'v1'.matches('^v[0-9]$')");
        var wrong = 0;
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var holds = (t + i) % 2 == 0;
                var inputs = Environment.Inputs().With("a", Value.Of([Value.Of(1), Value.Of(2), Value.Of(holds ? 20 : 21)]));
                if (expression.Evaluate(inputs) is not { Error: null } result || result.IsTrue != holds)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        wrong.ShouldBe(0);
    }

    private static Gen<string> Tree(int depth) => depth <= 0
        ? Gen.Elements(Leaves)
        : Gen.Elements(Shapes).SelectMany(shape => Tree(depth - 1).SelectMany(a => Tree(depth - 2).Select(b => string.Format(null, shape, $"({a})", $"({b})"))));

    private static string Outcome(string text)
    {
        var read = Environment.Read(text, null);
        return read.Expression?.Evaluate(Inputs()) is { Error: null } result ? result.Value.ToString() : "error";
    }

    private static ExpressionInputs Inputs() => Environment.Inputs().With("a", Value.Of([Value.Of(7), Value.Of("t")]));

    private static bool EndsWell(string text)
    {
        var watch = Stopwatch.StartNew();
        var read = Environment.Read(text, null);
        var lines = text.Split('\n').Length;
        var ended = read.Expression is { } expression
            ? read.Problems.Count == 0 && (expression.Evaluate(Inputs()) is not { Error: { } error } || (error.Line >= 1 && error.Line <= lines && error.Column >= 1 && error.Message.Length > 0))
            : read.Problems.Count > 0 && read.Problems.All(p => p.Line >= 1 && p.Line <= lines && p.Column >= 1 && p.Message.Length > 0);
        return ended && watch.Elapsed < TimeSpan.FromSeconds(5);
    }
}
