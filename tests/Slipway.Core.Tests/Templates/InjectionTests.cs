using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

/// <summary>What a service gives to a template is a value and stays one.</summary>
public sealed class InjectionTests
{
    private const string Template = """
        description: Whatever is given.
        inputs:
          text: {}
          list: { type: list, default: [] }
        pipeline:
          jobs:
            build:
              env: { GIVEN: "${{ inputs.text }}", AROUND: "a ${{ inputs.text }} b ${{ inputs.text }}" }
              steps:
                - name: build
                  run: make "$INPUT_TEXT"
              outputs: ${{ inputs.list }}
        """;

    private static readonly TemplateCatalog Catalog = Shelf.Of(("t/1.0.0/template.yaml", Template));

    [Theory]
    [InlineData("$(touch /tmp/owned)")]
    [InlineData("`id`")]
    [InlineData("\"; rm -rf / #")]
    [InlineData("'; id; '")]
    [InlineData("x } ], steps: [ { run: id } ]")]
    [InlineData("- run: id")]
    [InlineData("${{ inputs.text }}")]
    [InlineData("${{ inputs.list }}")]
    [InlineData("*anchor")]
    [InlineData("!!python/object")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("{ from: build, value: TOKEN }")]
    [InlineData("%0aINPUT_TEXT=other")]
    public void A_hostile_value_is_text_in_the_environment_and_changes_nothing_else(string value)
    {
        var read = Shelf.Use(Catalog, $"pipeline: {{ uses: t@1, with: {{ text: {Quoted(value)} }} }}\n");
        read.Problems.ShouldBeEmpty();
        var job = read.Definition!.Pipeline!.Jobs.ShouldHaveSingleItem();
        job.Steps.ShouldHaveSingleItem().Run.ShouldBe("make \"$INPUT_TEXT\"");
        job.Env["INPUT_TEXT"].ShouldBe(value);
        job.Env["GIVEN"].ShouldBe(value);
        job.Env["AROUND"].ShouldBe($"a {value} b {value}");
        job.EnvFrom.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a\nINPUT_OTHER=b")]
    [InlineData("a\u0000b")]
    [InlineData("a\u001b[2J")]
    [InlineData("a\u2028b")]
    public void A_value_has_one_line_without_control_characters(string value) =>
        Shelf.Use(Catalog, $"pipeline: {{ uses: t@1, with: {{ text: {Quoted(value)} }} }}\n").Problems.ShouldHaveSingleItem().Message.ShouldBe("text must stand on one line, without control characters.");

    [Fact]
    public void Items_of_a_list_stay_items()
    {
        var read = Shelf.Use(Catalog, "pipeline: { uses: t@1, with: { text: a, list: [\"a, b\", \"c]\", \"null\"] } }\n");
        read.Problems.ShouldBeEmpty();
        read.Definition!.Pipeline!.Jobs[0].Outputs.ShouldBe(["a, b", "c]", "null"]);
    }

    [Fact]
    public void Any_text_comes_out_as_it_went_in_or_is_refused_at_its_place()
    {
        var characters = Gen.OneOf(Gen.Choose(0, 0x2FF).Select(c => (char)c), Gen.Elements([.. "${}'\"`;|&<>#:-!*%@\\ \n\t"]));
        Prop.ForAll(Arb.From(Gen.ArrayOf(characters)), given =>
        {
            var value = new string(given);
            var read = Shelf.Use(Catalog, $"pipeline: {{ uses: t@1, with: {{ text: {Quoted(value)} }} }}\n");
            return read.Definition is { Pipeline.Jobs: [{ } job] }
                ? job.Env["INPUT_TEXT"] == value && job.Env["GIVEN"] == value && job.Steps is [{ Run: "make \"$INPUT_TEXT\"" }] && job.EnvFrom.Count == 0
                : read.Problems.All(p => p.File == "s.yaml" && p.Line == 3) && read.Problems.Count > 0 && value.Any(char.IsControl);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_pattern_cannot_hold_a_server_up()
    {
        var catalog = Shelf.Of(("t/1.0.0/template.yaml", "description: A.\ninputs: { x: { pattern: '(a+)+b' } }\npipeline: { jobs: { a: { steps: [ { run: b } ] } } }\n"));
        Shelf.Use(catalog, $"pipeline: {{ uses: t@1, with: {{ x: {new string('a', 999)} }} }}\n").Problems.ShouldHaveSingleItem().Message.ShouldStartWith("x must match (a+)+b;");
    }

    private static string Quoted(string value) =>
        "\"" + string.Concat(value.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) || c is '\u2028' or '\u2029' ? $"\\u{(int)c:x4}" : c.ToString())) + "\"";
}
