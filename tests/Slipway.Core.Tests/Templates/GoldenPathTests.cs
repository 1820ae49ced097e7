using Slipway.Core.Definitions;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

public sealed class GoldenPathTests
{
    [Fact]
    public void There_is_one_for_each_ecosystem()
    {
        GoldenPaths.All.Select(t => t.Name).ShouldBe(["dotnet", "go", "java-gradle", "java-maven", "node", "python", "static"]);
        GoldenPaths.All.ShouldAllBe(t => t.Inputs.All(i => i.Default != null));
        // They can be used for a job, too.
        GoldenPaths.All.ShouldAllBe(t => t.Jobs.Count == 1);
    }

    [Fact]
    public void Each_does_what_its_examples_say()
    {
        foreach (var template in GoldenPaths.All)
        {
            var examples = GoldenPaths.Files.Where(f => f.Path.StartsWith($"{template.Name}/{template.Version}/examples/", StringComparison.Ordinal)).ToList();
            examples.Count.ShouldBeGreaterThan(1);
            foreach (var example in examples)
            {
                TemplateExample.Try(template, example.Text, example.Path).Problems.ShouldBeEmpty();
            }

            var defaults = TemplateExample.TryDefaults(template);
            defaults.Problems.ShouldBeEmpty();
            defaults.Artifact!.Path.ShouldBe(".artifact");
        }
    }

    [Fact]
    public void A_service_uses_one_with_a_line()
    {
        var read = Shelf.Use(TemplateCatalog.Own, "pipeline: { uses: node@1, with: { build: bundle } }\n");
        read.Problems.ShouldBeEmpty();
        read.Definition!.Pipeline!.Jobs.ShouldHaveSingleItem().Env["INPUT_BUILD"].ShouldBe("bundle");
        read.Definition.Artifact!.From.ShouldBe("build");
    }

    [Theory]
    [InlineData("with: { tests: false }\nfails: nothing like it\n", "e.yaml:2:8: node@1.0.0 takes this, and must not. (Give the input a pattern, bounds or values; or remove fails.)")]
    [InlineData("with: { tests: maybe }\nfails: nothing like it\n", "e.yaml:2:8: node@1.0.0 refuses this with other words: tests must be true or false, not 'maybe'. (Write a part of them behind fails.)")]
    [InlineData("with: { tests: maybe }\n", "e.yaml:1:16: tests must be true or false, not 'maybe'.")]
    [InlineData("wiht: {}\n", "e.yaml:1:1: Unknown key 'wiht' in the example. (Did you mean 'with'?)")]
    public void An_example_that_is_not_as_it_says_is_told(string example, string expected) =>
        TemplateExample.Try(GoldenPaths.All.First(t => t.Name == "node"), example, "e.yaml").Problems.ShouldHaveSingleItem().ToString().ShouldBe(expected);
}
