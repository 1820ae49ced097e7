using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Definitions;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

/// <summary>Whatever a service and a template say: a pipeline comes of it that stands by itself, or every problem has a place in one of the two files.</summary>
public sealed class ExpansionPropertyTests
{
    private static readonly string[] Values = ["a", "\"\"", "3", "-1", "true", "null", "[a, b]", "[]", "{ a: b }", "small", "large", "../..", "99999999999", "\"${{ inputs.name }}\"", "~", "[[a]]", "src"];
    private static readonly string[] Inputs = ["folder", "name", "retries", "online", "flags", "size", "minutes", "other", "NAME"];
    private static readonly string[] Additions =
    [
        "{}", "{ before-build: [ { run: x } ] }", "{ before-build: [] }", "{ checks: { lint: { steps: [ { run: x } ] } } }", "{ checks: { build: { steps: [ { run: x } ] } } }", "{ before-build: { a: {} } }",
        "{ checks: [] }", "{ checks: { a: { uses: one@1 } } }", "{ nowhere: 3 }", "[]", "{ checks: { a: { needs: [a], steps: [ { run: x } ] } } }", "{ checks: { a: 3 } }",
    ];

    private static readonly TemplateCatalog Catalog = Shelf.Of(("thing/1.0.0/template.yaml", Shelf.Full), ("one/1.0.0/template.yaml", Shelf.OneJob));

    [Fact]
    public void A_use_of_a_template_gives_a_whole_pipeline_or_problems_with_places()
    {
        var given = Gen.ArrayOf(Gen.Elements(Inputs).SelectMany(i => Gen.Elements(Values).Select(v => (i, v))));
        var whole = given.SelectMany(with => Gen.Elements(Additions).SelectMany(added => Gen.Elements("thing@1", "thing@^1", "one@1", "thing@2", "nothing@1").SelectMany(name => Gen.Elements(true, false).Select(asJob => Text(name, with, added, asJob)))));
        Prop.ForAll(Arb.From(whole), text =>
        {
            var read = Shelf.Use(Catalog, text);
            var lines = (Shelf.Head + text).Split('\n').Length;
            return read.Definition is { } definition
                ? read.Problems.Count == 0 && definition.Pipeline!.Jobs.All(j => j.Steps.Count > 0 && j.Steps.All(s => !s.Run.Contains("${{")) && j.Needs.All(n => definition.Pipeline.Jobs.Any(o => o.Name == n)))
                : read.Problems.Count > 0 && read.Problems.All(p => p.Message.Length > 0 && p.Column > 0 && (p.File == "s.yaml" ? p.Line > 0 && p.Line <= lines : p.File.StartsWith("templates/", StringComparison.Ordinal) && p.Line > 0));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Hostile_text_is_no_template_and_does_no_harm()
    {
        string[] parts = ["description: ", "a\n", "inputs:\n", "  x: ", "{ type: ", "list", " }", "\n", "pipeline:\n", "  jobs:\n", "    b:\n", "      steps: ", "[ { run: ", "${{ inputs.x }}", "${{", "}}", "extend: ", "&a ", "*a", "!!str ", "\t", "- ", "[", "]", "{", "}", "\"", "'", "|\n", "#", "\u0000", "deprecated: ", "uses: a@1\n", ": ", "? "];
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Elements(parts))), pieces =>
        {
            var text = new StringBuilder().AppendJoin("", pieces).ToString();
            var read = TemplateReader.Read("a", new SemanticVersion(1, 0, 0), TemplateOrigin.Platform, text, "t.yaml");
            var (rollout, problems) = TemplateRollout.Read(text, "r.yaml", []);
            return (read.Template is null) == (read.Problems.Count > 0) && (rollout is null) == (problems.Count > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static string Text(string name, (string Input, string Value)[] with, string added, bool asJob)
    {
        var use = $"uses: {name}, with: {{ {string.Join(", ", with.DistinctBy(w => w.Input).Select(w => $"{w.Input}: {w.Value}"))} }}, extend: {added}";
        return asJob ? $"pipeline: {{ jobs: {{ j: {{ {use} }} }} }}\n" : $"pipeline: {{ {use} }}\n";
    }
}
