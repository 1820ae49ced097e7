using System.Text.Json.Nodes;

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
