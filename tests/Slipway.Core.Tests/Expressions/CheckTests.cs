using Slipway.Core.Expressions;

namespace Slipway.Core.Tests.Expressions;

public sealed class CheckTests
{
    private static readonly ExpressionType Build = ExpressionType.Object("build", new Dictionary<string, ExpressionType>
    {
        ["branch"] = ExpressionType.String,
        ["number"] = ExpressionType.Int,
        ["labels"] = ExpressionType.Map(ExpressionType.String, ExpressionType.String),
        ["started"] = ExpressionType.Timestamp,
    });

    private static readonly ExpressionEnvironment Environment = new(
        new("build", Build), new("files", ExpressionType.List(ExpressionType.String)), new("builds", ExpressionType.List(Build)), new("data", ExpressionType.Dyn), new("flag.on", ExpressionType.Bool));

    [Theory]
    [InlineData("build.branch == 'main' && build.number > 3")]
    [InlineData("build.labels.team == 'a' || build.labels['team'] == 'b'")]
    [InlineData("files.exists(f, f.startsWith('src/'))")]
    [InlineData("builds.map(b, b.branch).exists(n, n == 'main')")]
    [InlineData("data.anything.goes > 3")]
    [InlineData("data + 1 == 2")]
    [InlineData("build.started == null")]
    [InlineData("flag.on")]
    [InlineData("build['branch'] == 'main'")]
    [InlineData("'branch' in build && has(build.number)")]
    [InlineData("build.started > timestamp('2026-01-01T00:00:00Z') - duration('1h')")]
    public void What_agrees_is_taken(string text) => Environment.Read(text, ExpressionType.Bool).Problems.ShouldBeEmpty();

    [Theory]
    [InlineData("build.brnch == 'main'", "1:7: build has no field 'brnch'. (Did you mean 'branch'?)")]
    [InlineData("biuld.branch == 'main'", "1:1: There is no variable 'biuld'. (Did you mean 'build'?)")]
    [InlineData("has(build.brnch)", "1:11: build has no field 'brnch'. (Did you mean 'branch'?)")]
    [InlineData("build.number == '3'", "1:14: '==' is not there for int and string. (Convert one: string(…) makes a text of a number, int(…) a number of a text.)")]
    [InlineData("build.number == 3.0", "1:14: '==' is not there for int and double. (Convert one: int(…) or double(…).)")]
    [InlineData("build.number == null", "1:14: '==' is not there for int and null_type.")]
    [InlineData("build.branch", "1:7: It is string; bool is asked for.")]
    [InlineData("build.branch && true", "1:7: '&&' asks for bool; this is string.")]
    [InlineData("files.startsWith('a')", "1:7: startsWith is not there for (list(string), string). (There is string.startsWith(string).)")]
    [InlineData("files.exists(f, f.startWith('src/'))", "1:19: There is no function 'startWith'. (Did you mean 'startsWith'?)")]
    [InlineData("contains('a', 'b')", "1:1: There is no function 'contains'. (It is called like string.contains(string).)")]
    [InlineData("exists(files, f, true)", "1:1: There is no function 'exists'. (It is called on a list or a map: list.exists(x, …).)")]
    [InlineData("files.exists(f)", "1:7: There is no function 'exists'. (exists takes a variable and what is said of it: list.exists(x, …).)")]
    [InlineData("files.exists('f', true)", "1:14: The first argument of exists is the name of a variable. (Write it like list.exists(x, …).)")]
    [InlineData("files.exists(f, f)", "1:17: exists asks for bool; this is string.")]
    [InlineData("build.number.all(x, true)", "1:14: all is there for lists and maps; this is int.")]
    [InlineData("files['a'] == 'b'", "1:6: list(string) cannot be indexed with string.")]
    [InlineData("1 in files", "1:3: 'in' is not there for int and list(string).")]
    [InlineData("-build.branch == 'a'", "1:1: '-' is not there for string.")]
    [InlineData("!build.number", "1:1: '!' is not there for int.")]
    [InlineData("(true ? 1 : 'a') == 1", "1:7: Both sides of ':' must be of one type; they are int and string. (Where that is meant, write dyn(…) around one.)")]
    [InlineData("{1.5: 2} == {}", "1:2: double cannot be a key. (Keys are string, int, uint or bool.)")]
    [InlineData("has(build)", "1:5: has() asks for a field. (Write it like has(build.tag).)")]
    [InlineData("build.branch.size == 3", "1:14: string has no fields. (A function is called with brackets: size().)")]
    [InlineData("math.greatest('a') == 1", "1:6: math.greatest asks for numbers, or a list of them.")]
    [InlineData("[1].exists(x, .x == 1)", "1:16: There is no variable 'x'. (Allowed: build, files, builds, data, flag.on.)")]
    public void What_does_not_is_told_with_its_place_and_a_way_out(string text, string expected) =>
        Environment.Read(text, ExpressionType.Bool).Problems.ShouldHaveSingleItem().ToString().ShouldBe(expected);

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var read = Environment.Read("build.brnch == 'a'\n  && nothing", ExpressionType.Bool);
        read.Expression.ShouldBeNull();
        read.Problems.Select(p => (p.Line, p.Column)).ShouldBe([(1, 7), (2, 6)]);
    }
}
