using System.Diagnostics;
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
    public async Task Every_command_of_theirs_is_bash()
    {
        foreach (var step in GoldenPaths.All.SelectMany(t => TemplateExample.TryDefaults(t).Pipeline!.Jobs).SelectMany(j => j.Steps))
        {
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", "-c", step.Run]) { RedirectStandardError = true })!;
            var said = await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            (bash.ExitCode, said).ShouldBe((0, ""), step.Run);
        }
    }

    [Theory]
    [InlineData("$(touch owned)")]
    [InlineData("`touch owned`")]
    [InlineData("\"; touch owned #")]
    [InlineData("'; touch owned; '")]
    [InlineData("-rf *")]
    public async Task A_step_that_quotes_its_variable_gets_a_hostile_value_as_it_is(string value)
    {
        var template = Shelf.Of(("t/1.0.0/template.yaml", """
            description: Says it.
            inputs: { text: {}, list: { type: list } }
            pipeline:
              jobs:
                say:
                  steps:
                    - run: |
                        printf '%s\n' "$INPUT_TEXT"
                        while read -r item; do printf '%s\n' "$item"; done <<< "$INPUT_LIST"
            """));
        var quoted = value.Replace("\"", "\\\"", StringComparison.Ordinal);
        var job = Shelf.Use(template, $"pipeline: {{ uses: t@1, with: {{ text: \"{quoted}\", list: [\"{quoted}\", b] }} }}\n").Definition!.Pipeline!.Jobs[0];
        var folder = Directory.CreateTempSubdirectory("slipway-template-");
        try
        {
            var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", job.Steps[0].Run]) { RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
            foreach (var (name, text) in job.Env)
            {
                start.Environment[name] = text;
            }

            using var bash = Process.Start(start)!;
            (await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe($"{value}\n{value}\nb\n");
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            bash.ExitCode.ShouldBe(0);
            folder.GetFileSystemInfos().ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
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
