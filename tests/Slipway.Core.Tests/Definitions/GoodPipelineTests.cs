using Slipway.Core.Definitions;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Definitions;

public sealed class GoodPipelineTests
{
    private static readonly PipelineDefinition Full = Read("""
        service: shop
        pipeline:
          concurrency: queue
          jobs:
            build:
              cache: npm
              steps:
                - run: npm ci && npm run build
              outputs: [./dist/, logs]
            test:
              needs: [build]
              if: branch == "main" || event == "manual"
              network: false
              matrix: { node: [20, 22], os: [debian], include: [ { node: 24, os: sid } ], exclude: [ { node: 20 } ] }
              timeout: 10m
              retry: 1
              resources: { cpu: 1.5, memory: 2GiB, processes: 500 }
              env: { CI: yes, VERSION: { from: build, value: version } }
              steps:
                - run: npm test
                  report: { junit: "out/*.xml" }
                - { name: unit, run: npm run unit, directory: packages/a, timeout: 2m, retry: 2, continueOnError: true, always: true }
                - run: npm test
        artifact: { from: build, path: out/site }
        run: { command: node server.js }
        """);

    [Fact]
    public void A_job_reads_all_that_is_said_of_it()
    {
        Full.Concurrency.ShouldBe(RunConcurrency.Queue);
        var test = Full.Jobs[1];
        test.Name.ShouldBe("test");
        test.Needs.ShouldBe(["build"]);
        test.If!.Text.ShouldBe("branch == \"main\" || event == \"manual\"");
        test.Network.ShouldBeFalse();
        test.Timeout.ShouldBe(TimeSpan.FromMinutes(10));
        test.Retry.ShouldBe(1);
        test.Resources.ShouldBe(new JobResources(1.5, 2L << 30, 500));
        Full.Jobs[0].Resources.ShouldBeNull();
        test.Env.ShouldHaveSingleItem().Value.ShouldBe("yes");
        test.EnvFrom["VERSION"].ShouldBe(new ValueFrom("build", "version"));
        test.Steps.Select(s => s.Name).ShouldBe(["npm test", "unit", "npm test (2)"]);
        test.Steps[0].Report!.Junit.ShouldBe("out/*.xml");
        var unit = test.Steps[1];
        (unit.Directory, unit.Timeout, unit.Retry, unit.ContinueOnError, unit.Always).ShouldBe(("packages/a", TimeSpan.FromMinutes(2), 2, true, true));
    }

    [Fact]
    public void Variables_of_programs_may_be_set_those_of_dotnet_too_that_do_no_more_than_their_name_says()
    {
        var read = Read("service: a\npipeline: { jobs: { a: { steps: [ { run: x, env: { DOTNET_NOLOGO: 1, DOTNET_CLI_TELEMETRY_OPTOUT: 1, DOTNET_ENVIRONMENT: Test, NODE_OPTIONS: --test, env: e, GITHUB: g } } ] } } }\nrun: { command: a }");
        read.Jobs[0].Steps[0].Env.Count.ShouldBe(6);
    }

    [Fact]
    public void Outputs_are_written_plainly_and_hold_the_artifact()
    {
        Full.Jobs[0].Outputs.ShouldBe(["dist", "logs", "out/site"]);
        Full.Jobs[0].Caches.ShouldHaveSingleItem().Paths.ShouldBe(["~/.npm"]);
    }

    [Fact]
    public void A_cache_is_a_tool_or_files_and_folders_or_several_of_both()
    {
        var job = Read("""
            service: shop
            pipeline:
              jobs:
                build:
                  cache: [nuget, { key: [./go.sum, "tools/**"], paths: [~/.tool/, ./node_modules] }]
                  steps: [ { run: make } ]
            run: { command: ./shop }
            """).Jobs.ShouldHaveSingleItem();
        job.Caches.Select(c => (c.Name, c.IsShared)).ShouldBe([("nuget", true), ("~/.tool, node_modules", false)]);
        job.Caches[1].Key.ShouldBe(["go.sum", "tools/**"]);
        job.Caches[1].Paths.ShouldBe(["~/.tool", "node_modules"]);
    }

    [Fact]
    public void What_is_not_said_has_its_default()
    {
        var job = Read("service: shop\npipeline: { jobs: { build: { steps: [ { run: make } ] } } }\nrun: { command: ./shop }\n").Jobs.ShouldHaveSingleItem();
        (job.Network, job.Timeout, job.Retry, job.RetrySafe, job.ContinueOnError, job.If).ShouldBe((true, TimeSpan.FromHours(1), 0, false, false, null));
        job.Outputs.ShouldBeEmpty();
    }

    [Fact]
    public void A_matrix_is_a_job_for_each_combination() =>
        JobExpansion.Of(Full.Jobs[1]).Select(j => j.Name).ShouldBe(["test (22, debian)", "test (24, sid)"]);

    private static PipelineDefinition Read(string text)
    {
        var read = ServiceDefinitionReader.Read(text, "s.yaml", null);
        read.Problems.ShouldBeEmpty();
        return read.Definition!.Pipeline!;
    }
}
