using Slipway.Core.Pipelines;
using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Templates;

public sealed class TemplateUseTests
{
    [Fact]
    public void A_pipeline_from_a_template_is_one_as_if_it_had_been_written_out()
    {
        var read = Shelf.UseFull("{ name: shop, retries: 2, online: true, flags: [a, b], size: large, folder: app, minutes: 5 }", """
              extend:
                before-build:
                  - { name: generate, run: make generated }
                checks:
                  lint: { needs: [build], steps: [ { run: make lint } ] }
            """);
        read.Problems.ShouldBeEmpty();
        var pipeline = read.Definition!.Pipeline!;
        pipeline.Concurrency.ShouldBe(RunConcurrency.Queue);
        pipeline.Jobs.Select(j => j.Name).ShouldBe(["build", "test", "lint"]);
        var build = pipeline.Jobs[0];
        (build.Network, build.Timeout, build.Env["SIZE"]).ShouldBe((true, TimeSpan.FromMinutes(5), "size-large"));
        build.Steps.Select(s => (s.Name, s.Directory, s.Retry)).ShouldBe([("generate", null, 0), ("build shop", "app", 2)]);
        build.Outputs.ShouldBe(["app/out"]);
        (build.Env["INPUT_NAME"], build.Env["INPUT_FLAGS"], build.Env["INPUT_ONLINE"], build.Env["INPUT_RETRIES"]).ShouldBe(("shop", "a\nb", "true", "2"));
        JobExpansion.Of(pipeline.Jobs[1]).Select(j => j.Name).ShouldBe(["test (a)", "test (b)", "test (none)"]);
        read.Definition.Artifact.ShouldBe(new ArtifactDefinition("build", "app/out"));
        pipeline.Jobs[2].Env.ShouldBeEmpty();
    }

    [Fact]
    public void What_was_used_is_said_with_why()
    {
        var read = Shelf.UseFull("{ name: shop }");
        var use = read.Templates.ShouldHaveSingleItem();
        (use.Template, use.Version, use.Asked, use.Job, use.Reason, use.Deprecated).ShouldBe(("thing", "1.0.0", "1", null, "the newest that 1 allows", null));
        read.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_services_own_artifact_and_concurrency_take_the_place_of_the_templates()
    {
        var read = Shelf.UseFull("{ name: shop }", "  concurrency: newestWins\nartifact: { from: build, path: bundle }\n");
        read.Problems.ShouldBeEmpty();
        read.Definition!.Artifact!.Path.ShouldBe("bundle");
        read.Definition.Pipeline!.Concurrency.ShouldBe(RunConcurrency.NewestWins);
        read.Definition.Pipeline.Jobs[0].Outputs.ShouldBe(["src/out", "bundle"]);
    }

    [Fact]
    public void A_job_from_a_template_has_the_services_needs_and_condition()
    {
        var read = Shelf.Use(Shelf.Of(("one/1.0.0/template.yaml", Shelf.OneJob)), """
            pipeline:
              jobs:
                first: { steps: [ { run: make } ] }
                second: { uses: one@^1.0, needs: [first], if: event == "push", continueOnError: true }
            artifact: { from: second, path: out }
            """);
        read.Problems.ShouldBeEmpty();
        var second = read.Definition!.Pipeline!.Jobs[1];
        (second.Name, string.Join(',', second.Needs), second.If!.Text, second.ContinueOnError, second.Labels["disk"]).ShouldBe(("second", "first", "event == \"push\"", true, "fast"));
        second.Outputs.ShouldBe(["out"]);
        read.Templates.ShouldHaveSingleItem().Job.ShouldBe("second");
    }

    [Fact]
    public void A_deprecated_version_works_and_warns()
    {
        var read = Shelf.Use(Shelf.Of(("one/1.0.0/template.yaml", "deprecated: { since: 2026-10-01, until: 2027-01-31, message: Move to 2. }\n" + Shelf.OneJob), ("one/2.0.0/template.yaml", Shelf.OneJob)), "pipeline: { uses: one@1 }\n");
        read.Problems.ShouldBeEmpty();
        read.Warnings.ShouldHaveSingleItem().ToString().ShouldBe("s.yaml:3:19: one@1.0.0 is deprecated since 2026-10-01, to be taken away on 2027-01-31: Move to 2. (one@2.0.0 is the newest.)");
        read.Templates[0].Deprecated.ShouldBe("deprecated since 2026-10-01, to be taken away on 2027-01-31: Move to 2.");
    }

    [Fact]
    public void Without_templates_the_rest_of_a_definition_is_read_and_its_pipeline_is_not()
    {
        foreach (var pipeline in new[] { "pipeline: { uses: nowhere@1 }\nartifact: { from: build, path: out }\n", "pipeline: { jobs: { a: { uses: nowhere@1 } } }\n" })
        {
            var read = ServiceDefinitionReader.Read(Shelf.Head + pipeline, "s.yaml", null);
            read.Problems.ShouldBeEmpty();
            read.Definition!.Pipeline.ShouldBeNull();
            read.Definition.Run.Command.ShouldBe(["./shop"]);
        }
    }

    [Theory]
    [InlineData("pipeline: { uses: thng@1 }", "s.yaml:3:19: There is no template 'thng'. (Did you mean 'thing'? A platform's own are known to its server (--server URL), and offline with --platform.)")]
    [InlineData("pipeline: { uses: thing@2 }", "s.yaml:3:19: thing has no version that 2 allows. (There are 1.0.0.)")]
    [InlineData("pipeline: { uses: thing }", "s.yaml:3:19: uses must say which versions of 'thing' will do. (Write it like node@1, node@^1.2 or node@1.2.0; `slipway template list` shows which there are.)")]
    [InlineData("pipeline: { uses: thing@latest }", "s.yaml:3:19: uses: what follows the '@' of 'thing@latest' is no version and no range of them. (Write it like node@1, node@^1.2 or node@1.2.0; `slipway template list` shows which there are.)")]
    [InlineData("pipeline: { uses: ../thing@1 }", "s.yaml:3:19: A template's name must have lower-case letters, digits and single hyphens inside, at most 40 characters; not '../thing'. (Write it like node@1, node@^1.2 or node@1.2.0; `slipway template list` shows which there are.)")]
    [InlineData("pipeline: { uses: thing@1 }", "s.yaml:3:19: thing@1.0.0 must be given name, a string: What it is called. (Write it like with: { name: … }.)")]
    [InlineData("pipeline: { use: thing@1 }", "s.yaml:3:13: Unknown key 'use' in pipeline. (Did you mean 'uses'?)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, jobs: {} }", "s.yaml:3:47: jobs cannot stand beside uses: the template says it. (Beside uses there may be with, extend, concurrency.)")]
    [InlineData("pipeline: { with: { name: a }, jobs: { a: { steps: [ { run: b } ] } } }", "s.yaml:3:13: with is for a template, and none is named in pipeline. (Write uses: NAME@1 beside it; `slipway template list` shows which there are.)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, nmae: b } }", "s.yaml:3:45: thing@1.0.0 has no input 'nmae'. (Did you mean 'name'?)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: [a] } }", "s.yaml:3:42: name must be text, not a list.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, retries: 4 } }", "s.yaml:3:54: retries must be from 0 to 3, not 4.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, online: \"true\" } }", "s.yaml:3:53: online must be true or false, not 'true'.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, flags: b } }", "s.yaml:3:52: flags must be a list, not 'b'. (Write it like [a, b].)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, size: smal } }", "s.yaml:3:51: Unknown size 'smal'. (Did you mean 'small'?)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, folder: A } }", "s.yaml:3:53: folder must match [a-z][a-z/.]*; 'A' does not.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, folder: a/../.. } }", "s.yaml:3:53: an item of outputs must stay in the checkout, not 'a/../../out'. (Write it like dist/site: no '/' first, no '..'.)|s.yaml:3:53: directory must stay in the checkout, not 'a/../..'. (Write it like dist/site: no '/' first, no '..'.)|s.yaml:3:53: path must stay in the checkout, not 'a/../../out'. (Write it like dist/site: no '/' first, no '..'.)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a, minutes: 9999 } }", "s.yaml:3:54: timeout must be from 1s to 1d, not '9999m'.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, extend: { befor-build: [ { run: b } ] } }", "s.yaml:3:57: thing@1.0.0 has no point 'befor-build'. (Did you mean 'before-build'?)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, extend: { checks: [ { run: b } ] } }", "s.yaml:3:65: At 'checks' jobs are added: a map of them, not a list.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, extend: { before-build: { b: { steps: [ { run: c } ] } } } }", "s.yaml:3:71: At 'before-build' steps are added: a list, not a map.")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, extend: { before-build: [ { name: build a, run: b } ] } }", "s.yaml:3:42: 'build a' is twice in steps. (Give it another name.)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, extend: { checks: { build: { steps: [ { run: b } ] } } } }", "s.yaml:3:67: thing@1.0.0 has a job 'build' already. (Give it another name.)")]
    [InlineData("pipeline: { uses: thing@1, with: { name: a }, extend: { checks: { x: { needs: [nothing], steps: [ { run: b } ] } } } }", "s.yaml:3:80: There is no job 'nothing', which x needs. (Allowed: build, test.)")]
    [InlineData("pipeline: { jobs: { a: { uses: thing@1, with: { name: a } } } }", "s.yaml:3:32: thing@1.0.0 has 2 jobs (build, test), and cannot be one. (Use it for the whole pipeline: pipeline: { uses: thing@1 }.)")]
    [InlineData("pipeline: { jobs: { a: { uses: thing@1, steps: [ { run: b } ], with: { name: a } } } }", "s.yaml:3:32: thing@1.0.0 has 2 jobs (build, test), and cannot be one. (Use it for the whole pipeline: pipeline: { uses: thing@1 }.)|s.yaml:3:41: steps cannot stand beside uses: the template says it. (Beside uses there may be with, extend, needs, if, labels, continueOnError.)")]
    public void Everything_wrong_with_a_use_has_its_place_and_a_way_out(string pipeline, string expected) =>
        string.Join('|', Shelf.Use(Shelf.Of(("thing/1.0.0/template.yaml", Shelf.Full)), pipeline + "\n").Problems).ShouldBe(expected);
}
