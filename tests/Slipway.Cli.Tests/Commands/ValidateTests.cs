using System.Text.Json.Nodes;
using Slipway.Core.Definitions;

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
        (await CliRun.Of(["validate", "shop"], directory: folder.Path)).Error.ShouldContain("There is no template 'lag' of checks.");
        folder.File("shop/slipway.yaml", "service: shop\nrun: { command: ./serve }\nrollout: { checks: [ { uses: lag, with: { most: 3 } } ] }\n");
        (await CliRun.Of(["validate", "shop", "--platform", "platform"], directory: folder.Path)).ExitCode.ShouldBe(0);
        (await CliRun.Of(["docs", "check"], directory: folder.Path)).Out.ShouldBe(DefinitionReference.Text("check"));
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
