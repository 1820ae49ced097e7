using Slipway.Core.Definitions;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

public sealed class TemplateReaderTests
{
    private const string Jobs = "pipeline: { jobs: { build: { steps: [ { run: make } ] } } }\n";

    [Fact]
    public void A_template_says_what_it_takes_and_where_it_can_be_added_to()
    {
        var template = Read(Shelf.Full).Template.ShouldNotBeNull();
        template.Inputs.Select(i => (i.Name, i.Type, i.Default)).ShouldBe(
        [
            ("folder", InputType.Text, "src"), ("name", InputType.Text, null), ("retries", InputType.Whole, "1"), ("online", InputType.YesNo, "false"), ("flags", InputType.List, "[none]"),
            ("size", InputType.Choice, "small"), ("minutes", InputType.Whole, "10"),
        ]);
        template.Extensions.ShouldBe([new("before-build", ExtensionKind.Steps, "Before the build."), new("checks", ExtensionKind.Jobs, "Further jobs.")]);
        template.Jobs.ShouldBe(["build", "test"]);
        template.Inputs[1].Variable.ShouldBe("INPUT_NAME");
    }

    [Theory]
    [InlineData("pipeline: { jobs: { build: { steps: [ { run: make } ] } } }", "t.yaml:1:1: description is missing in the template. (What it makes of what, in a sentence.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { steps: [ { rum: make } ] } } }", "t.yaml:2:41: Unknown key 'rum' in an item of steps. (Did you mean 'run'?)")]
    [InlineData("description: A.\npipeline: { uses: node@1 }", "t.yaml:2:13: A template uses no other template. (Write its jobs and steps out.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { uses: node@1, steps: [ { run: make } ] } } }", "t.yaml:2:30: A template uses no other template. (Write its jobs and steps out.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { needs: [biuld], steps: [ { run: make } ] }, test: { steps: [ { run: make } ] } } }", "t.yaml:2:38: There is no job 'biuld', which build needs. (Allowed: test.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { steps: [ { run: \"echo ${{ inputs.x }}\" } ] } } }\ninputs: { x: {} }", "t.yaml:2:46: An input cannot stand in run. (A command reads it from its environment: \"$INPUT_NAME\".)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { if: \"${{ inputs.x }}\", steps: [ { run: make } ] } } }\ninputs: { x: {} }", "t.yaml:2:34: An input cannot stand in if.|t.yaml:2:35: if: '$' means nothing.")]
    [InlineData("description: A.\npipeline: { jobs: { build: { env: { \"${{ inputs.x }}\": a }, steps: [ { run: make } ] } } }\ninputs: { x: {} }", "t.yaml:2:37: '${{ inputs.x }}' is no name of an environment variable: letters, digits and '_', no digit first.|t.yaml:2:37: An input cannot stand in a key.")]
    [InlineData("description: A.\npipeline: { jobs: { build: { timeout: \"${{ inputs.y }}\", steps: [ { run: make } ] } } }\ninputs: { x: {} }", "t.yaml:2:39: There is no input 'y'. (Did you mean 'x'?)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { timeout: \"${{ github.sha }}\", steps: [ { run: make } ] } } }", "t.yaml:2:39: A reference in '${{ github.sha }}' cannot be read. (Write it like ${{ inputs.name }}.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { timeout: \"a ${{ inputs.x }}\", steps: [ { run: make } ] } } }\ninputs: { x: { type: list } }", "t.yaml:2:39: The input 'x' is a list, and cannot be a part of a text. (Let it stand alone where a list may be, or read it from its variable in a step.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { env: { INPUT_X: a }, steps: [ { run: make } ] } } }\ninputs: { x: {} }", "t.yaml:2:37: The variable INPUT_X is an input's: it is set without being said. (Remove it, or give it another name.)")]
    [InlineData("description: A.\ninputs: { x: { type: number } }\n" + Jobs, "t.yaml:2:22: Unknown type 'number'. (Allowed: string, integer, boolean, list, choice.)")]
    [InlineData("description: A.\ninputs: { x: { type: choice } }\n" + Jobs, "t.yaml:2:11: The choice x has no values. (Write them like values: [small, large].)")]
    [InlineData("description: A.\ninputs: { x: { type: integer, default: many } }\n" + Jobs, "t.yaml:2:40: The default of x is not one of its values: x must be a whole number, not 'many'.")]
    [InlineData("description: A.\ninputs: { x: { type: integer, min: 3, max: 2 } }\n" + Jobs, "t.yaml:2:44: max must not be less than min.")]
    [InlineData("description: A.\ninputs: { x: { type: boolean, pattern: a } }\n" + Jobs, "t.yaml:2:31: pattern says nothing of a boolean. (It is for a string, or a list of them.)")]
    [InlineData("description: A.\ninputs: { x: { pattern: '(' } }\n" + Jobs, "t.yaml:2:25: pattern cannot be used: it is no regular expression. (Write it with classes, groups, | and repetitions: [a-z]+(-[a-z]+)*.)")]
    [InlineData("description: A.\ninputs: { x: { pattern: '(a)\\1' } }\n" + Jobs, "t.yaml:2:25: pattern cannot be used: it looks ahead, behind or back, or counts too far. (Write it with classes, groups, | and repetitions: [a-z]+(-[a-z]+)*.)")]
    [InlineData("description: A.\ninputs: { x: { required: true, default: a } }\n" + Jobs, "t.yaml:2:16: The input x has a default, so it need not be given. (Remove one of the two.)")]
    [InlineData("description: A.\ninputs: { x: { required: false } }\n" + Jobs, "t.yaml:2:16: The input x must be given, since it has no default. (Write its default, or remove required.)")]
    [InlineData("description: A.\npipeline: { jobs: { build: { retry: \"${{ inputs.x }}\", steps: [ { run: make } ] } } }\ninputs: { x: { type: integer, default: 99 } }", "t.yaml:2:37: retry must be from 0 to 10, not 99.")]
    [InlineData("description: A.\nextend: { here: Here. }\n" + Jobs, "t.yaml:2:11: The point 'here' stands nowhere among the steps. (Write - extend: here where its steps go; or, for jobs, adds: jobs.)")]
    [InlineData("description: A.\nextend: { here: Here. }\npipeline: { jobs: { build: { steps: [ { extend: hree }, { extend: here }, { extend: here }, { run: make } ] } } }", "t.yaml:3:49: There is no point 'hree'. (Did you mean 'here'?)|t.yaml:3:85: The point 'here' stands twice. (Give each place a name of its own.)")]
    [InlineData("description: A.\nextend: { more: { adds: jobs, description: More. } }\npipeline: { jobs: { build: { steps: [ { extend: more }, { run: make } ] } } }", "t.yaml:3:49: The point 'more' is for jobs, which stand beside each other: it has no place among steps.")]
    [InlineData("description: A.\ndeprecated: { since: soon, message: Use b. }\n" + Jobs, "t.yaml:2:22: since must be a day, not 'soon'. (Write it like 2026-11-30.)")]
    [InlineData("description: A.\ndeprecated: { since: 2026-11-30, until: 2026-11-01, message: Use b. }\n" + Jobs, "t.yaml:2:41: until must not be before since.")]
    public void Everything_wrong_with_a_template_has_its_place_and_a_way_out(string text, string expected) =>
        string.Join('|', Read(text).Problems).ShouldBe(expected);

    [Fact]
    public void The_reference_is_read_without_a_problem_and_shows_every_key()
    {
        var text = DefinitionReference.Text("template")!;
        var template = Read(text).Template.ShouldNotBeNull(string.Join('\n', Read(text).Problems));
        template.Inputs.Select(i => i.Type).Distinct().Count().ShouldBe(4);
        template.Deprecated.ShouldBe(new Deprecation(new(2026, 11, 30), "Use shop@2.", new(2027, 1, 31)));
        foreach (var key in new[] { "type", "description", "default", "required", "pattern", "values", "min", "max", "extend", "adds", "since", "until", "message", "pipeline", "artifact" })
        {
            text.ShouldContain($"{key}:");
        }
    }

    [Fact]
    public void A_point_for_steps_may_not_be_all_of_a_job() =>
        Read("description: A.\nextend: { here: Here. }\npipeline: { jobs: { build: { steps: [ { extend: here } ] } } }").Problems.ShouldHaveSingleItem().Message.ShouldBe("steps must have 1 to 100 items, not 0.");

    private static TemplateResult Read(string text) => TemplateReader.Read("a", new SemanticVersion(1, 0, 0), TemplateOrigin.Platform, text, "t.yaml");
}
