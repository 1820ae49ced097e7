namespace Slipway.Core.Tests.Expressions;

public sealed class MacroTests
{
    [Theory]
    [InlineData("[1, 2, 3].all(x, x > 0)", "true")]
    [InlineData("[].all(x, x > 0)", "true")]
    [InlineData("[0, 1].all(x, 1 / x == 7)", "false")]
    [InlineData("[0, 1].all(x, 1 / x == 1)", "error: 1:17: it divides by zero")]
    [InlineData("[0, 1].exists(x, 1 / x == 1)", "true")]
    [InlineData("[0, 1].exists(x, 1 / x == 7)", "error: 1:20: it divides by zero")]
    [InlineData("[].exists(x, true)", "false")]
    [InlineData("[1, 2, 3].exists_one(x, x > 2)", "true")]
    [InlineData("[1, 2, 3].exists_one(x, x > 1)", "false")]
    [InlineData("[0, 1].exists_one(x, 1 / x == 1)", "error: 1:24: it divides by zero")]
    [InlineData("[1, 2, 3].map(x, x * x)", "[1, 4, 9]")]
    [InlineData("[1, 2, 3].map(x, x > 1, x * x)", "[4, 9]")]
    [InlineData("[1, 0].map(x, 1 / x)", "error: 1:17: it divides by zero")]
    [InlineData("[1, 2, 3].filter(x, x != 2)", "[1, 3]")]
    [InlineData("{'a': 1, 'b': 2}.filter(k, k == 'b')", "[\"b\"]")]
    [InlineData("{'a': 1, 'b': 2}.exists(k, k == 'b')", "true")]
    [InlineData("{'a': 1, 'b': 2}.map(k, k + '!')", "[\"a!\", \"b!\"]")]
    [InlineData("[1, 2].map(x, [10, 20].map(y, x * y))", "[[10, 20], [20, 40]]")]
    [InlineData("[1, 2].map(x, [10].map(x, x + 1)[0] + x)", "[12, 13]")]
    [InlineData("[[1], [2]].map(x, x.map(y, y)).flatten() + [3].map(z, z)", "[1, 2, 3]")]
    [InlineData("dyn([1]).all(x, dyn(3))", "error: 1:21: the test of an element is bool, not int")]
    [InlineData("dyn(1).all(x, true)", "error: 1:8: there are no elements in int")]
    public void They_take_one_element_after_the_other(string text, string expected) => Evaluating.Say(text).ShouldBe(expected);
}
