using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

public sealed class ConditionTests
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
    public void It_compares_fields_with_texts(string text, bool expected) => Parse(text).IsTrue(new("main", "", "push", "succeeded")).ShouldBe(expected);

    [Fact]
    public void What_does_not_speak_of_the_outcome_asks_for_success()
    {
        Parse("branch == \"main\"").IsTrue(new("main", "", "push", "failed")).ShouldBeFalse();
        Parse("outcome == \"failed\"").IsTrue(new("main", "", "push", "failed")).ShouldBeTrue();
        Parse("outcome == \"failed\"").IsTrue(new("main", "", "push", "succeeded")).ShouldBeFalse();
        Parse("outcome != \"other\"").IsTrue(new("main", "", "push", "failed")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("branch")]
    [InlineData("branch == main")]
    [InlineData("branch == \"a\" &&")]
    [InlineData("branch == \"a\" and event == \"push\"")]
    [InlineData("(branch == \"a\")")]
    [InlineData("branch == \"a\" || || event == \"push\"")]
    public void What_cannot_be_read_is_refused(string text)
    {
        Condition.Parse(text, out var wrong, out var unknown).ShouldBeNull();
        wrong.ShouldNotBeNull().ShouldStartWith("cannot be read at");
        unknown.ShouldBeNull();
    }

    private static Condition Parse(string text) => Condition.Parse(text, out _, out _).ShouldNotBeNull();
}
