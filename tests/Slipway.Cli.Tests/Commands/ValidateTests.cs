using System.Text.Json.Nodes;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Core.Definitions;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class ValidateTests
{
    [Fact]
    public async Task A_good_definition_is_valid()
    {
        using var folder = new TemporaryFolder();
        folder.File("slipway.yaml", "service: storefront\nrun: { command: ./serve }\n");

        var run = await CliRun.Of(["validate"], directory: folder.Path);

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldBe("slipway.yaml: valid.\n");
    }

    [Fact]
    public async Task Every_problem_is_told_with_its_place_and_exit_2()
    {
        using var folder = new TemporaryFolder();
        folder.File("shop/slipway.yaml", "service: storefront\nrun: { comand: ./serve }\nrollout: { strategy: canary, steps: [ { weight: 120 } ] }\n");

        var run = await CliRun.Of(["validate", "shop"], directory: folder.Path);
        var json = await CliRun.Of(["validate", "shop", "--json"], directory: folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldBeEmpty();
        run.Error.ShouldContain("shop/slipway.yaml:2:");
        run.Error.ShouldContain("command");
        run.Error.ShouldContain("shop/slipway.yaml:3:");
        json.ExitCode.ShouldBe(2);
        var document = JsonNode.Parse(json.Out)!;
        document["valid"]!.GetValue<bool>().ShouldBeFalse();
        document["problems"]!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_platform_beside_it_says_which_environments_there_are()
    {
        using var folder = new TemporaryFolder();
        folder.File("platform.yaml", "environments:\n  live: { promote: manual }\n");
        folder.File("slipway.yaml", "service: storefront\nrun: { command: ./serve }\nenvironments:\n  lvie: { run: { instances: 2 } }\n");

        var run = await CliRun.Of(["validate"], directory: folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("slipway.yaml:4:");
        run.Error.ShouldContain("live");
    }

    [Fact]
    public async Task Templates_of_checks_are_looked_at_with_their_folder_and_known_to_a_service_that_names_it()
    {
        using var folder = new TemporaryFolder();
        folder.File("platform/platform.yaml", "environments: { prod: {} }\nmetrics: { prom: { prometheus: { url: http://127.0.0.1:9090 } } }\n");
        folder.File("platform/checks/lag.yaml", "description: d\narguments: { most: { type: number, description: d } }\ncheck: { threshold: { source: prom, query: lag, pass: 'value < {{args.most}}' } }\n");
        folder.File("platform/checks/bad.yaml", "description: d\ncheck: { threshold: { source: porm, query: lag, pass: 'value < 1.0' } }\n");
        folder.File("shop/slipway.yaml", "service: shop\nrun: { command: ./serve }\nrollout: { checks: [ { uses: lag, with: { most: many } } ] }\n");

        var platform = await CliRun.Of(["validate", "platform"], directory: folder.Path);
        platform.ExitCode.ShouldBe(2);
        platform.Error.ShouldBe("platform/checks/bad.yaml:2:31: There is no metric source 'porm'. (Did you mean 'prom'?)\n");

        var service = await CliRun.Of(["validate", "shop", "--platform", "platform"], directory: folder.Path);
        service.Error.ShouldBe("shop/slipway.yaml:3:49: most must be a number, not 'many'. (Write it like 5 or 0.5.)\n");
        folder.File("shop/slipway.yaml", "service: shop\nrun: { command: ./serve }\nrollout: { checks: [ { uses: lag, with: { most: 3 } } ] }\n");
        (await CliRun.Of(["validate", "shop", "--platform", "platform"], directory: folder.Path)).ExitCode.ShouldBe(0);
        (await CliRun.Of(["docs", "check"], directory: folder.Path)).Out.ShouldBe(DefinitionReference.Text("check"));
    }

    private const string Templated = "service: shop\nrun: { command: ./serve }\nrollout: { checks: [ { uses: lag, with: { most: 3 } } ] }\n";

    [Fact]
    public async Task A_template_of_checks_is_left_open_where_neither_folder_nor_server_is_known()
    {
        using var folder = new TemporaryFolder();
        folder.File("slipway.yaml", Templated);
        var run = await CliRun.Of(["validate"], directory: folder.Path);
        run.All.ShouldBe(
            "exit 0\nslipway.yaml: valid, as far as it can be told without its platform.\n"
            + "--- stderr\nwarning: slipway.yaml:3:30: The template 'lag' of checks was not looked at: it is the platform's. (Its server knows it (--server URL), and its folder (--platform DIR).)\n");
        JsonNode.Parse((await CliRun.Of(["validate", "--json"], directory: folder.Path)).Out)!["warnings"]!.AsArray().ShouldHaveSingleItem();

        // One that is known and does not answer is said, and holds nobody up.
        var silent = await CliRun.Of(["validate"], new() { ["SLIPWAY_SERVER"] = "http://127.0.0.1:1" }, directory: folder.Path);
        silent.ExitCode.ShouldBe(0);
        silent.Error.ShouldContain("The server was asked, and did not say: http://127.0.0.1:1: ");
        (await CliRun.Of(["validate", "--server", "http://127.0.0.1:1"], directory: folder.Path)).ExitCode.ShouldBe(5);
        (await CliRun.Of(["validate", "--server", "http://127.0.0.1:1", "--platform", "."], directory: folder.Path)).Error.ShouldContain("--platform and --server exclude each other");
    }

    [Fact]
    public async Task A_server_is_asked_where_a_definition_needs_its_platform_or_where_one_is_named()
    {
        await using var server = await FakeServer.Start();
        using var folder = new TemporaryFolder();
        folder.File("slipway.yaml", Templated);
        server.On("POST /api/v1/definitions/validation", ApiClientJson.Default.DefinitionValidation, new DefinitionValidation
        {
            Problems = [new FileProblem("slipway.yaml", 3, 49, "most must be a number.", "Write it like 5.")], Warnings = [], Templates = [],
        });
        var wrong = await CliRun.Of(["validate"], new() { ["SLIPWAY_SERVER"] = server.Url.ToString() }, directory: folder.Path);
        (wrong.ExitCode, wrong.Error).ShouldBe((2, "slipway.yaml:3:49: most must be a number. (Write it like 5.)\n"));
        server.Requests.Last().Body!.ShouldContain("uses: lag");

        server.On("POST /api/v1/definitions/validation", ApiClientJson.Default.DefinitionValidation, new DefinitionValidation
        {
            Problems = [], Warnings = [], Templates = [new TemplateUseView { Template = "make", Version = "1.0.0", Asked = "1", Reason = "the newest that 1 allows" }],
        });
        folder.File("slipway.yaml", "service: shop\nrun: { command: ./serve }\npipeline: { uses: make@1 }\n");
        var told = $", as {server.Url.ToString().TrimEnd('/')} knows it.\n  pipeline: make@1.0.0, the newest that 1 allows\n";
        (await CliRun.Of(["validate"], new() { ["SLIPWAY_SERVER"] = server.Url.ToString() }, directory: folder.Path)).All.ShouldBe($"exit 0\nslipway.yaml: valid{told}");

        // A definition that is whole without a platform needs nobody, unless somebody is named.
        folder.File("slipway.yaml", "service: shop\nrun: { command: ./serve }\n");
        var before = server.Requests.Count;
        (await CliRun.Of(["validate"], new() { ["SLIPWAY_SERVER"] = server.Url.ToString() }, directory: folder.Path)).Out.ShouldBe("slipway.yaml: valid.\n");
        server.Requests.Count.ShouldBe(before);
        (await CliRun.Of(["validate", "--server", server.Url.ToString()], directory: folder.Path)).Out.ShouldStartWith("slipway.yaml: valid, as http");
    }

    [Fact]
    public async Task Nothing_to_validate_is_wrong_usage()
    {
        using var folder = new TemporaryFolder();

        var nothing = await CliRun.Of(["validate"], directory: folder.Path);
        nothing.ExitCode.ShouldBe(2);
        nothing.Error.ShouldContain(folder.Path);
        nothing.Error.ShouldContain("slipway docs slipway");
        (await CliRun.Of(["validate", "nowhere"], directory: folder.Path)).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task The_sample_is_valid()
    {
        var run = await CliRun.Of(["validate", Path.Combine(AppContext.BaseDirectory, "samples", "storefront")]);

        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Docs_prints_a_reference_that_is_itself_valid()
    {
        using var folder = new TemporaryFolder();
        var docs = await CliRun.Of(["docs", "slipway"]);
        folder.File("slipway.yaml", docs.Out);

        docs.ExitCode.ShouldBe(0);
        (await CliRun.Of(["validate"], directory: folder.Path)).ExitCode.ShouldBe(0);
        JsonNode.Parse((await CliRun.Of(["docs", "--schema"])).Out)!["title"]!.GetValue<string>().ShouldBe("slipway.yaml");
        (await CliRun.Of(["docs", "slipwya"])).Error.ShouldContain("Did you mean slipway?");
    }
}
