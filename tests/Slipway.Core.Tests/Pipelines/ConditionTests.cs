using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Expressions;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

public sealed partial class ConditionTests
{
    [Theory]
    [InlineData("branch == \"main\"", true)]
    [InlineData("branch != \"main\"", false)]
    [InlineData("tag == \"\"", true)]
    [InlineData("event == \"push\" && branch == \"main\"", true)]
    [InlineData("event == \"manual\" && branch == \"main\"", false)]
    [InlineData("event == \"manual\" || branch == \"main\"", true)]
    [InlineData("event == \"manual\" || branch == \"x\" || tag == \"\"", true)]
    [InlineData("branch == \"a && b || c\"", false)]
    [InlineData("branch.startsWith('ma') && !(event in ['manual'])", true)]
    [InlineData("tag.matches('^v[0-9]+$') || (branch == 'main' && event == 'push')", true)]
    [InlineData("'main' == branch ? true : false", true)]
    public void It_is_an_expression_over_four_texts(string text, bool expected) => IsTrue(text, new("main", "", "push", "succeeded")).ShouldBe(expected);

    [Theory]
    [InlineData("branch == \"main\"", "failed", false)]
    [InlineData("true", "failed", false)]
    [InlineData("branch == \"outcome\" || true", "failed", false)]
    [InlineData("outcome == \"failed\"", "failed", true)]
    [InlineData("outcome == \"failed\"", "succeeded", false)]
    [InlineData("outcome != \"other\"", "failed", true)]
    [InlineData("outcome in ['failed', 'succeeded']", "failed", true)]
    public void What_does_not_speak_of_the_outcome_asks_for_success(string text, string outcome, bool expected) => IsTrue(text, new("main", "", "push", outcome)).ShouldBe(expected);

    [Theory]
    [InlineData("", "1:1: There is no expression.")]
    [InlineData("branch", "1:1: It is string; bool is asked for.")]
    [InlineData("branch == main", "1:11: There is no variable 'main'. (Allowed: branch, tag, event, outcome.)")]
    [InlineData("branch == \"a\" &&", "1:17: Here is the end; expected was a value.")]
    [InlineData("branch == \"a\" and event == \"push\"", "1:15: Here is 'and'; expected was an operator or the end.")]
    [InlineData("branch == \"a\" || || event == \"push\"", "1:18: Here is '||'; expected was a value.")]
    [InlineData("brnch == \"a\"", "1:1: There is no variable 'brnch'. (Did you mean 'branch'?)")]
    [InlineData("branch == 3", "1:8: '==' is not there for string and int. (Convert one: string(…) makes a text of a number, int(…) a number of a text.)")]
    public void What_is_wrong_is_refused_with_its_place(string text, string expected)
    {
        Condition.Parse<JobFields>(text, out var problems).ShouldBeNull();
        problems.ShouldHaveSingleItem().ToString().ShouldBe(expected);
    }

    [Fact]
    public void Rows_of_comparisons_mean_what_they_did_before_there_were_expressions()
    {
        var terms =
            from before in Gen.Elements("", " ", "\n", "\u00a0", "\v")
            from field in Gen.Elements("branch", "tag", "event", "outcome")
            from symbol in Gen.Elements("==", "!=", " == ", "\u2003!=\t")
            from value in Gen.Elements("main", "", "push", "failed", "a && b", "a || b", "\\", "a\\nb", "\\x6dain", "\\q", "it's", "é😀", "a\nb", "// no")
            select $"{before}{field}{symbol}\"{value}\"{before}";
        var rows = Gen.NonEmptyListOf(terms).SelectMany(list => Gen.ArrayOf(Gen.Elements("&&", "||"), list.Count).Select(joints => string.Concat(list.Select((t, i) => i == 0 ? t : joints[i] + t))));
        var fields =
            from branch in Gen.Elements("main", "a && b", "a\\nb", "\\", "a\nb", "other")
            from outcome in Gen.Elements("succeeded", "failed")
            select new JobFields(branch, "", "push", outcome);
        Prop.ForAll(Arb.From(rows), Arb.From(fields), (text, given) => IsTrue(text, given) == Before(text, given)).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    /// <summary>The fixed grammar of comparisons with texts, by which such rows were read.</summary>
    private static bool Before(string text, JobFields given)
    {
        var either = Or().Split(text).Select(part => And().Split(part).Select(term => Term().Match(term)).ToList()).ToList();
        either.ShouldAllBe(all => all.TrueForAll(t => t.Success), text);
        bool Holds(Match term) => term.Groups["operator"].Value == "==" == (term.Groups["text"].Value == term.Groups["field"].Value switch
        {
            "branch" => given.Branch,
            "tag" => given.Tag,
            "event" => given.Event,
            _ => given.Outcome,
        });
        return either.Exists(all => all.TrueForAll(Holds)) && (either.Exists(all => all.Exists(t => t.Groups["field"].Value == "outcome")) || given.Outcome == "succeeded");
    }

    private static bool IsTrue(string text, JobFields fields)
    {
        var held = fields.LetRun(Condition.Parse<JobFields>(text, out _).ShouldNotBeNull(text), out var error);
        error.ShouldBeNull(text);
        return held;
    }

    [GeneratedRegex("""\|\|(?=(?:[^"]*"[^"]*")*[^"]*\z)""")]
    private static partial Regex Or();

    [GeneratedRegex("""&&(?=(?:[^"]*"[^"]*")*[^"]*\z)""")]
    private static partial Regex And();

    [GeneratedRegex("""^\s*(?<field>[A-Za-z.]+)\s*(?<operator>==|!=)\s*"(?<text>[^"]{0,200})"\s*\z""")]
    private static partial Regex Term();
}
