using System.Text.Json.Nodes;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class TemplateTests
{
    private const string Good = "description: Makes it.\ninputs: { target: { pattern: '[a-z]+' } }\npipeline:\n  jobs:\n    build:\n      steps: [ { run: make } ]\nartifact: { path: out }\n";

    [Fact]
    public async Task A_template_is_tried_with_each_of_its_examples()
    {
        using var folder = new TemporaryFolder();
        folder.File("make/1.0.0/template.yaml", Good);
        folder.File("make/1.0.0/examples/all.yaml", "with: { target: all }\n");
        folder.File("make/1.0.0/examples/hostile.yaml", "with: { target: \"; id\" }\nfails: must match\n");

        var run = await CliRun.Of(["template", "test", "make/1.0.0", "--show"], directory: folder.Path);

        run.All.ShouldBe("exit 0\n✓ make@1.0.0  examples/all.yaml: 1 job, 1 step, packs out\n    build: make\n✓ make@1.0.0  examples/hostile.yaml: refused, as it says\n");
        var json = JsonNode.Parse((await CliRun.Of(["template", "test", "--json"], directory: folder.Path)).Out)!;
        json["passed"]!.GetValue<bool>().ShouldBeTrue();
        json["templates"]![0]!["examples"]![0]!["jobs"]![0]!["steps"]![0]!["run"]!.GetValue<string>().ShouldBe("make");
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_its_place_and_a_status_of_its_own()
    {
        using var folder = new TemporaryFolder();
        folder.File("templates/make/1.0.0/template.yaml", Good);
        folder.File("templates/make/1.0.0/examples/all.yaml", "with: { target: ALL }\n");
        folder.File("templates/make/rollout.yaml", "1.0.0: { share: 20% }\n");

        var failed = await CliRun.Of(["template", "test"], directory: folder.Path);
        failed.All.ShouldBe("exit 1\n✗ make@1.0.0  templates/make/1.0.0/examples/all.yaml: not as it says\n    templates/make/1.0.0/examples/all.yaml:1:17: target must match [a-z]+; 'ALL' does not.\n✓ make  templates/make/rollout.yaml\n");

        folder.File("templates/make/1.1.0/template.yaml", "description: A.\npipeline: { jobs: { a: { steps: [ { rum: b } ] } } }\n");
        folder.File("templates/make/rollout.yaml", "1.2.0: { share: 20% }\n");
        var wrong = await CliRun.Of(["template", "test"], directory: folder.Path);
        wrong.ExitCode.ShouldBe(2);
        wrong.Out.ShouldContain("✗ make@1.1.0  templates/make/1.1.0/template.yaml\n    templates/make/1.1.0/template.yaml:2:37: Unknown key 'rum' in an item of steps. (Did you mean 'run'?)\n");
        wrong.Out.ShouldContain("templates/make/rollout.yaml:1:1: There is no version 1.2.0. (Did you mean '1.0.0'?)");
    }

    [Theory]
    [InlineData("make/template.yaml", "Its folder 'make' is no version.")]
    [InlineData("Make/1.0.0/template.yaml", "A template's name must have")]
    public async Task A_template_in_a_folder_of_another_name_is_told(string file, string message)
    {
        using var folder = new TemporaryFolder();
        folder.File(file, Good);
        var run = await CliRun.Of(["template", "test"], directory: folder.Path);
        run.ExitCode.ShouldBe(2);
        run.Out.ShouldContain(message);
    }

    [Fact]
    public async Task Nothing_to_try_is_wrong_usage()
    {
        using var folder = new TemporaryFolder();
        (await CliRun.Of(["template", "test"], directory: folder.Path)).Error.ShouldContain("There is no template.yaml in");
        (await CliRun.Of(["template", "test", "nowhere"], directory: folder.Path)).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_definition_that_uses_a_golden_path_is_checked_offline()
    {
        using var folder = new TemporaryFolder();
        folder.File("slipway.yaml", "service: shop\npipeline: { uses: node@1 }\nrun: { command: node server.js }\n");
        var run = await CliRun.Of(["validate"], directory: folder.Path);
        run.All.ShouldBe("exit 0\nslipway.yaml: valid.\n  pipeline: node@1.0.0, the newest that 1 allows\n");

        folder.File("slipway.yaml", "service: shop\npipeline: { uses: node@1, with: { biuld: x } }\nrun: { command: node server.js }\n");
        var wrong = await CliRun.Of(["validate"], directory: folder.Path);
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldBe("slipway.yaml:2:35: node@1.0.0 has no input 'biuld'. (Did you mean 'build'?)\n");
    }

    [Fact]
    public async Task The_templates_of_a_platform_are_known_where_its_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.File("shop/slipway.yaml", "service: shop\npipeline: { uses: make@1, with: { target: all } }\nrun: { command: ./serve }\n");
        folder.File("platform/templates/make/1.0.0/template.yaml", "deprecated: { since: 2026-01-31, message: Take 2. }\n" + Good);
        folder.File("platform/templates/broken/1.0.0/template.yaml", "[");

        var alone = await CliRun.Of(["validate", "shop"], directory: folder.Path);
        alone.ExitCode.ShouldBe(2);
        alone.Error.ShouldContain("There is no template 'make'.");
        alone.Error.ShouldContain("--platform");

        var named = await CliRun.Of(["validate", "shop", "--platform", "platform"], directory: folder.Path);
        named.ExitCode.ShouldBe(0);
        named.Out.ShouldBe("shop/slipway.yaml: valid.\n  pipeline: make@1.0.0, the newest that 1 allows\n");
        named.Error.ShouldBe("warning: shop/slipway.yaml:2:19: make@1.0.0 is deprecated since 2026-01-31: Take 2.\n");

        (await CliRun.Of(["validate", "shop", "--platform", "nowhere"], directory: folder.Path)).ExitCode.ShouldBe(2);

        // Who checks the folder itself is told what is wrong in it.
        folder.File("platform/platform.yaml", "environments: { dev: {} }\n");
        var platform = await CliRun.Of(["validate", "platform"], directory: folder.Path);
        platform.ExitCode.ShouldBe(2);
        platform.Error.ShouldStartWith("platform/templates/broken/1.0.0/template.yaml:");
    }

    [Fact]
    public async Task A_run_says_what_its_pipeline_came_from()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/runs/shop-run-7", ApiClientJson.Default.RunView, new RunView
        {
            Id = "shop-run-7", Service = "shop", State = RunStateView.Succeeded, Reason = "made shop@1.0.0", Commit = "4f1c2a9be07d663399aa0b1c2d3e4f5061728394", Branch = "main", Subject = "All", Version = "1.0.0",
            RequestedBy = "slipway", RequestedAt = Canned.Earlier, Jobs = [],
            Templates =
            [
                new() { Template = "node", Version = "1.0.0", Asked = "1", Job = "site", Reason = "the newest that 1 allows" },
                new() { Template = "go", Version = "1.2.0", Asked = "1.2.0", Job = "api", Reason = "it is named exactly", Deprecated = "deprecated since 2026-01-31: Take 2." },
            ],
        });

        (await CliRun.Of(server, "run", "show", "shop-run-7")).Out.ShouldContain(
            "template   node@1.0.0 for site: the newest that 1 allows\n           go@1.2.0 for api: it is named exactly; deprecated since 2026-01-31: Take 2.\n");
    }

    [Fact]
    public async Task What_the_server_knows_of_templates_is_printed()
    {
        var use = new TemplateUseView { Template = "make", Version = "1.0.0", Asked = "1", Reason = "the newest that 1 allows for all services", Deprecated = "deprecated since 2026-01-31: Take 2." };
        var view = new TemplateView { Name = "make", Version = "1.0.0", Origin = "platform", Description = "Makes it.", Services = 1, Deprecated = use.Deprecated };
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/templates", ApiClientJson.Default.TemplateList, new TemplateList
        {
            Items = [view, view with { Version = "2.0.0", Deprecated = null, Rollout = "20 %", Services = 0 }],
            Faults = [new() { Path = "make/2.1.0/template.yaml", Instead = "it is not used", Problems = [new("templates/make/2.1.0/template.yaml", 2, 1, "This is not YAML.", "Check it.")] }],
        });
        server.On("GET /api/v1/templates/make?version=1", ApiClientJson.Default.TemplateDetail, new TemplateDetail
        {
            Template = view, Versions = ["1.0.0", "2.0.0"], Jobs = ["build"], Definition = Good,
            Inputs = [new() { Name = "target", Type = "string", Variable = "INPUT_TARGET", Rule = "matching [a-z]+", Description = "What is made." }, new() { Name = "clean", Type = "boolean", Default = "false", Variable = "INPUT_CLEAN" }],
            Extensions = [new() { Name = "before-build", Adds = "steps", Description = "Before make." }],
        });
        server.On("GET /api/v1/templates/make/usage", ApiClientJson.Default.PageTemplateUserView, new Page<TemplateUserView>
        {
            Items = [new() { Service = "shop", Run = "shop-run-7", At = Canned.Earlier, Use = use, Next = "2.0.0" }, new() { Service = "till", Run = "till-run-1", At = Canned.Earlier, Use = use with { Deprecated = null }, Problem = "There is no template 'make' any more." }],
        });

        Snapshot.Matches(string.Join("\n", (await CliRun.Of(server, "template", "list")).All, (await CliRun.Of(server, "template", "show", "make@1")).All, (await CliRun.Of(server, "template", "usage", "make")).All));
        (await CliRun.Of(server, "template", "show", "make@1", "--definition")).Out.ShouldBe(Good);
    }
}
