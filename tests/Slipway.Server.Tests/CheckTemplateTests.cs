using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Engine.Environments;
using Slipway.Engine.Promotions;

namespace Slipway.Server.Tests;

public sealed class CheckTemplateTests
{
    private const string Platform = "environments: { prod: {} }\nmetrics: { prom: { prometheus: { url: http://127.0.0.1:9090 } } }\n";
    private const string Definition = "service: shop\nrun: { command: ./run }\nrollout: { checks: [ { uses: lag, with: { most: 5 } } ] }\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_promotion_keeps_the_check_that_it_was_asked_for_with_whatever_becomes_of_the_template()
    {
        await using var running = await RunningServer.StartAsync();
        var platform = running.Part<Platform>();
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        var artifact = ReleaseTests.Archive(("run", "#!/bin/sh\n"));
        (await ReleaseTests.UploadAsync(running, artifact, "1.0.0", Definition).ProblemAsync(400, "invalidDefinition")).Problems!.ShouldHaveSingleItem().Message.ShouldBe("There is no template 'lag' of checks.");

        platform.Replace(With("value <= {{args.most}}"));
        await ReleaseTests.UploadAsync(running, artifact, "1.0.0", Definition).StatusAsync(201);
        var first = await PromoteAsync(running, "prod");
        platform.Replace(With("value < {{args.most}}"));
        (await PassOfAsync(running, await PromoteAsync(running, "dev"))).ShouldBe("value < 5.0");
        (await PassOfAsync(running, first)).ShouldBe("value <= 5.0");

        platform.Replace(platform.Current with { Checks = [] });
        (await running.Admin.SendAsync("POST", "/api/v1/promotions", """{"service":"shop","environment":"test","version":"1.0.0"}""").ProblemAsync(400, "invalidDefinition")).Problems!.ShouldHaveSingleItem().Line.ShouldBe(3);
    }

    [Fact]
    public async Task A_definition_is_looked_at_with_what_is_in_force_and_nothing_is_kept()
    {
        await using var running = await RunningServer.StartAsync();
        var viewer = await running.AsAsync(Role.Viewer);
        async Task<string> ValidateAsync(string text) => (await viewer.SendAsync("POST", "/api/v1/definitions/validation", JsonSerializer.Serialize(new { file = "s.yaml", text })).JsonAsync()).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        (await ValidateAsync(Definition)).ShouldContain("There is no template 'lag' of checks.");
        var platform = running.Part<Platform>();
        platform.Replace(With("value <= {{args.most}}"));
        (await ValidateAsync(Definition)).ShouldBe("""{"problems":[],"warnings":[],"templates":[]}""");
        (await ValidateAsync(Definition + "pipeline: { uses: node@1 }\n")).ShouldContain("\"template\":\"node\"");
        (await ValidateAsync(Definition.Replace("most: 5", "most: many"))).ShouldContain("\"file\":\"s.yaml\",\"line\":3,\"column\":49,\"message\":\"most must be a number, not 'many'.\"");
        (await running.Admin.SendAsync("GET", "/api/v1/services").JsonAsync())["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_s_checks_are_in_force_with_its_platform_or_not_at_all_and_come_back_from_a_backup()
    {
        using var folder = new TemporaryFolder();
        var (place, backup, restored) = (Path.Combine(folder.Path, "data", "platform"), Path.Combine(folder.Path, "backup.db"), Path.Combine(folder.Path, "restored"));
        Directory.CreateDirectory(Path.Combine(place, "checks"));
        await File.WriteAllTextAsync(Path.Combine(place, "platform.yaml"), Platform, Cancel);
        var lag = Path.Combine(place, "checks", "lag.yaml");
        await File.WriteAllTextAsync(lag, Lag("value <= {{args.mst}}"), Cancel);
        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, Logging = new TestLog() };
        var refused = await Should.ThrowAsync<ServerStartException>(() => SlipwayServer.StartAsync(options, Cancel));
        refused.Problems.Select(p => (Path.GetFileName(p.File), p.Line)).ShouldBe([("lag.yaml", 2), ("lag.yaml", 3)]);

        await File.WriteAllTextAsync(lag, Lag("value <= {{args.most}}"), Cancel);
        await using var server = await SlipwayServer.StartAsync(options, Cancel);
        var platform = (Platform)server.Parts.GetService(typeof(Platform))!;
        platform.Current.Checks.ShouldHaveSingleItem().Name.ShouldBe("lag");
        await File.WriteAllTextAsync(lag, "description: half", Cancel);
        await File.WriteAllTextAsync(Path.Combine(place, "platform.yaml"), Platform.Replace("{ prod: {} }", "{ prod: {}, dev: {} }", StringComparison.Ordinal), Cancel);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        (platform.Current.Checks.Count, platform.Current.Environments.Count).ShouldBe((1, 1));
        await File.WriteAllTextAsync(lag, Lag("value < {{args.most}}"), Cancel);
        await Until.TrueAsync(() => platform.Current.Environments.Count == 2);

        using var client = new HttpClient { BaseAddress = server.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(options.DataDirectory, "admin-token"), Cancel)).Trim());
        for (var tries = 0; !(await client.SendAsync("GET", "/api/v1/ledger/entries").JsonAsync())["items"]!.AsArray().Any(e => e!["text"]!.GetValue<string>() == "The platform's template of checks lag.yaml was changed."); tries++)
        {
            tries.ShouldBeLessThan(300);
            await Task.Delay(100, Cancel);
        }

        await client.SendAsync("POST", "/api/v1/backups", $$"""{"file":"{{backup}}"}""").StatusAsync(201);
        await server.StopAsync(Cancel);
        await DataDirectory.RestoreAsync(backup, restored, force: false, TimeProvider.System);
        (await File.ReadAllTextAsync(Path.Combine(restored, "platform", "checks", "lag.yaml"), Cancel)).ShouldBe(Lag("value < {{args.most}}"));
    }

    private static string Lag(string pass) => $"description: d\narguments: {{ most: {{ type: number, description: d }} }}\ncheck: {{ threshold: {{ source: prom, query: lag, pass: '{pass}' }} }}\n";

    private static PlatformDefinition With(string pass) => PlatformDefinitionReader.Read(Platform.Replace("{ prod: {} }", "{ prod: {}, dev: {}, test: {} }", StringComparison.Ordinal), "platform.yaml", [new PlatformFile("checks/lag.yaml", Lag(pass))]).Definition!;

    private static async Task<string> PromoteAsync(RunningServer running, string environment) =>
        (await running.Admin.SendAsync("POST", "/api/v1/promotions", $$"""{"service":"shop","environment":"{{environment}}","version":"1.0.0"}""").JsonAsync(201))["id"]!.GetValue<string>();

    private static async Task<string> PassOfAsync(RunningServer running, string promotion) =>
        (await running.Part<PromotionDesk>().FindAsync(promotion, Cancel))!.Inputs.Definition.Rollout.Checks.ShouldHaveSingleItem().Threshold!.Pass!;
}
