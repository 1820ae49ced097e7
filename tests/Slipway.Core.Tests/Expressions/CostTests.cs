using System.Text.Json;
using Slipway.Core.Expressions;

namespace Slipway.Core.Tests.Expressions;

public sealed class CostTests
{
    private const string Many = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";

    // A list of the same list twice, of the same list twice, and so on: short to write, and endless to go through.
    private static readonly string Doubled = "[1]" + string.Concat(Enumerable.Repeat(".map(x, [x, x])", 60));

    public static TheoryData<string> Costly =>
    [
        $"{Many}.all(a, {Many}.all(b, {Many}.all(c, {Many}.all(d, {Many}.all(e, {Many}.all(f, true))))))",
        $"{Many}.map(a, {Many}.map(b, {Many}.map(c, {Many}.map(d, {Many}.map(e, {Many}.map(f, 'x'.replace('', 'yyyyyyyy')))))))",
        string.Concat(Enumerable.Repeat("['0123456789'].map(x, x + x + x + x + x + x + x + x)", 1)) + string.Concat(Enumerable.Repeat(".map(x, x + x + x + x + x + x + x + x)", 12)),
        "[[1, 2]]" + string.Concat(Enumerable.Repeat(".map(x, x + x + x + x + x + x + x + x)", 12)),
        "['ab']" + string.Concat(Enumerable.Repeat(".map(x, x.replace('', x))", 12)),
        $"{Many}.map(a, {Many}.map(b, {Many}.map(c, {Many}.map(d, 'a'.matches('b' + 'c')))))",
        $"'%s'.format({Doubled})",
        "lists.range(1000).exists(i, a, lists.range(1000).exists(j, b, a == -1))",
        "['0123456789'].map(x, '%s%s%s%s%s%s%s%s'.format([x, x, x, x, x, x, x, x]))" + string.Concat(Enumerable.Repeat(".map(x, '%s%s%s%s%s%s%s%s'.format([x, x, x, x, x, x, x, x]))", 12)),
    ];

    [Theory]
    [MemberData(nameof(Costly))]
    public void What_takes_too_much_is_an_error_that_nothing_makes_up_for(string text)
    {
        Evaluating.Say(text).ShouldContain("it takes more steps than are allowed");
        Evaluating.Say($"dyn({text}) == 3 || true").ShouldContain("it takes more steps than are allowed");
    }

    [Fact]
    public void Every_element_counts()
    {
        using var json = JsonDocument.Parse($"[{string.Join(',', Enumerable.Range(0, 1000))}]");
        var environment = new ExpressionEnvironment(new ExpressionVariable("all", ExpressionType.Dyn));
        var inputs = environment.Inputs().With("all", json.RootElement);
        foreach (var text in new[] { "all.exists(x, x == -1.0)", "dyn(-1) in all", "all == all", "all.sort() == []", "all.distinct() == []" })
        {
            environment.Ready(text).Evaluate(inputs, 900).Error.ShouldNotBeNull(text).Message.ShouldBe("it takes more steps than are allowed");
            environment.Ready(text).Evaluate(inputs).Error.ShouldBeNull(text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{1: 2}[type(1) == int ? dyn(#) : 1]")]
    [InlineData("int(dyn(#))")]
    public void What_is_endless_to_write_is_cut(string text) => Evaluating.Say(text.Length == 0 ? Doubled : text.Replace("#", Doubled, StringComparison.Ordinal)).Length.ShouldBeLessThan(70_000);
}
