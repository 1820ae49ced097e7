using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Slipway.Server.Access;

namespace Slipway.Server.Tests;

public sealed class TemplateTests
{
    private const string Good = "description: Makes it.\ninputs: { target: { default: all } }\npipeline:\n  jobs:\n    build:\n      steps: [ { run: make } ]\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_platforms_templates_are_in_force_and_where_one_is_wrong_its_last_good_text_holds_even_over_a_restart()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "platform/platform.yaml", "environments:\n  dev: {}\n");
        Write(folder, "platform/templates/make/1.0.0/template.yaml", Good);
        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, PlatformDirectory = Path.Combine(folder.Path, "platform"), Logging = new TestLog() };
        await using (var server = await SlipwayServer.StartAsync(options, Cancel))
        {
            using var client = await ClientAsync(server, options);
            (await ListAsync(client)).ShouldContain("make@1.0.0 platform");
            (await ListAsync(client)).ShouldContain("node@1.0.0 slipway");

            Write(folder, "platform/templates/make/1.1.0/template.yaml", Good.Replace("Makes it.", "Makes it better.", StringComparison.Ordinal));
            await ListedAsync(client, list => list.Contains("make@1.1.0 platform"));
            Write(folder, "platform/templates/make/1.1.0/template.yaml", "description: [\n");
            await ListedAsync(client, list => list.Any(line => line.StartsWith("make/1.1.0/template.yaml: services keep what was last good in it: templates/make/1.1.0/template.yaml:2:1: This is not YAML", StringComparison.Ordinal)));
            (await ListAsync(client)).ShouldContain("make@1.1.0 platform");
            var doctor = await client.SendAsync("GET", "/api/v1/doctor").JsonAsync();
            doctor["lines"]!.AsArray().Select(l => l!["name"]!.GetValue<string>()).ShouldContain("template make/1.1.0/template.yaml");
            await EntriesAsync(client, "The platform's template file make/1.1.0/template.yaml was added.");
            await server.StopAsync(Cancel);
        }

        await using (var again = await SlipwayServer.StartAsync(options, Cancel))
        {
            using var client = await ClientAsync(again, options);
            var shown = await client.SendAsync("GET", "/api/v1/templates/make?version=1.1").JsonAsync();
            shown["template"]!["description"]!.GetValue<string>().ShouldBe("Makes it better.");
            shown["inputs"]![0]!["variable"]!.GetValue<string>().ShouldBe("INPUT_TARGET");
            await client.SendAsync("GET", "/api/v1/templates/make?version=2").ProblemAsync(404, "notFound");
            (await client.SendAsync("GET", "/api/v1/templates/mkae").ProblemAsync(404, "notFound")).NextStep.ShouldBe("Did you mean 'make'?");

            Directory.Delete(Path.Combine(folder.Path, "platform", "templates", "make", "1.1.0"), recursive: true);
            await ListedAsync(client, list => !list.Contains("make@1.1.0 platform"));
            await again.StopAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_leaves_in_force_what_was_kept()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "platform/platform.yaml", "environments:\n  dev: {}\n");
        Write(folder, "platform/templates/make/1.0.0/template.yaml", Good);
        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, PlatformDirectory = Path.Combine(folder.Path, "platform"), Logging = new TestLog() };
        await using (var server = await SlipwayServer.StartAsync(options, Cancel))
        {
            await server.StopAsync(Cancel);
        }

        for (var version = 0; version <= Slipway.Core.Kernel.Limits.TemplateVersions; version++)
        {
            Write(folder, $"platform/templates/many/1.0.{version}/template.yaml", Good);
        }

        await using var again = await SlipwayServer.StartAsync(options, Cancel);
        using var client = await ClientAsync(again, options);
        (await ListAsync(client)).ShouldContain("make@1.0.0 platform");
        (await ListAsync(client)).ShouldNotContain("many@1.0.0 platform");
        var doctor = await client.SendAsync("GET", "/api/v1/doctor").JsonAsync();
        doctor["lines"]!.AsArray().Select(l => l!["detail"]!.GetValue<string>()).ShouldContain(l => l.Contains("has more than 500 versions of templates"));

        Directory.Delete(Path.Combine(folder.Path, "platform/templates/many"), recursive: true);
        await WaitAsync(async () => !(await client.SendAsync("GET", "/api/v1/doctor").JsonAsync())["lines"]!.AsArray().Any(l => l!["detail"]!.GetValue<string>().Contains("more than 500")));
        await again.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_backup_has_the_templates_that_were_in_force()
    {
        using var folder = new TemporaryFolder();
        var (data, backup, restored) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "backup.db"), Path.Combine(folder.Path, "restored"));
        Write(folder, "data/platform/platform.yaml", "environments:\n  dev: {}\n");
        Write(folder, "data/platform/templates/make/1.0.0/template.yaml", Good);
        Write(folder, "data/platform/templates/make/rollout.yaml", "1.0.0: { share: 50% }\n");
        var options = new ServerOptions { DataDirectory = data, Port = 0, Logging = new TestLog() };
        await using var server = await SlipwayServer.StartAsync(options, Cancel);
        using var client = await ClientAsync(server, options);
        // The platform's definition is kept a moment after the start; a restore writes it and the templates together.
        await Until.TrueAsync(() => Slipway.Engine.Environments.KeptPlatform.ReadAsync((Slipway.Engine.Ports.IStore)server.Parts.GetService(typeof(Slipway.Engine.Ports.IStore))!, Cancel).GetAwaiter().GetResult() is not null);
        await client.SendAsync("POST", "/api/v1/backups", $$"""{"file":"{{backup}}"}""").StatusAsync(201);
        await server.StopAsync(Cancel);

        await DataDirectory.RestoreAsync(backup, restored, force: false, TimeProvider.System);

        (await File.ReadAllTextAsync(Path.Combine(restored, "platform/templates/make/1.0.0/template.yaml"), Cancel)).ShouldBe(Good);
        (await File.ReadAllTextAsync(Path.Combine(restored, "platform/templates/make/rollout.yaml"), Cancel)).ShouldBe("1.0.0: { share: 50% }\n");
    }

    [Fact]
    public async Task A_run_says_which_version_of_a_template_it_got_and_why_and_a_commit_that_names_none_makes_no_run()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "platform/platform.yaml", "environments:\n  dev: {}\n");
        Write(folder, "platform/templates/make/1.0.0/template.yaml", "deprecated: { since: 2026-01-31, message: Take 1.1. }\n" + Good);
        Write(folder, "platform/templates/make/1.1.0/template.yaml", Good);
        Write(folder, "platform/templates/make/rollout.yaml", "1.1.0: { services: [pilot] }\n");
        foreach (var (service, uses) in new[] { ("pilot", "make@1"), ("shop", "make@1"), ("lost", "mkae@1") })
        {
            Write(folder, $"{service}/slipway.yaml", $"service: {service}\npipeline: {{ uses: {uses} }}\nrun: {{ command: ./serve }}\n");
            GitCommand.Run(folder.In(service), "init", "--quiet", "--initial-branch=main");
            GitCommand.Run(folder.In(service), "add", "-A");
            GitCommand.Run(folder.In(service), "commit", "--quiet", "-m", "All");
        }

        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, PlatformDirectory = Path.Combine(folder.Path, "platform"), Logging = new TestLog() };
        await using var server = await SlipwayServer.StartAsync(options, Cancel);
        using var client = await ClientAsync(server, options);
        foreach (var service in new[] { "pilot", "shop", "lost" })
        {
            await client.SendAsync("POST", "/api/v1/services", $$$"""{"name":"{{{service}}}","source":{"repository":"{{{Path.Combine(folder.Path, service)}}}","branch":"main"}}""").StatusAsync(201);
        }

        (await TemplateOfAsync(client, "pilot")).ShouldBe("make@1.1.0: it is rolled out to some services first, and pilot is named among them");
        (await TemplateOfAsync(client, "shop")).ShouldBe(
            "make@1.0.0: the newest that 1 allows for all services: 1.1.0 is rolled out to pilot so far, and shop is not among them; deprecated since 2026-01-31: Take 1.1.");
        await WaitAsync(async () => (await client.SendAsync("GET", "/api/v1/services/lost/source").JsonAsync())["problem"]?.GetValue<string>() is { } problem
            && problem.StartsWith("slipway.yaml:2:19: There is no template 'mkae'. (Did you mean 'make'?", StringComparison.Ordinal));

        var usage = (await client.SendAsync("GET", "/api/v1/templates/make/usage").JsonAsync())["items"]!.AsArray();
        usage.Select(u => $"{u!["service"]} {u["use"]!["version"]} {u["next"]} {u["problem"]}").ShouldBe(["pilot 1.1.0  ", "shop 1.0.0  "]);
        (await client.SendAsync("GET", "/api/v1/templates").JsonAsync())["items"]!.AsArray().Single(t => t!["name"]!.GetValue<string>() == "make" && t["version"]!.GetValue<string>() == "1.1.0")!["rollout"]!.GetValue<string>().ShouldBe("pilot");
        await EntriesAsync(client, "Slipway asked for shop-run-1 of commit");

        // Once it is for all, the next run of shop would get it.
        File.Delete(Path.Combine(folder.Path, "platform/templates/make/rollout.yaml"));
        await WaitAsync(async () => (await client.SendAsync("GET", "/api/v1/templates/make/usage").JsonAsync())["items"]![1]!["next"]?.GetValue<string>() == "1.1.0");
        await server.StopAsync(Cancel);
    }

    private static async Task<string> TemplateOfAsync(HttpClient client, string service)
    {
        JsonNode? use = null;
        await WaitAsync(async () => (use = (await client.SendAsync("GET", $"/api/v1/runs?service={service}").JsonAsync())["items"]!.AsArray().FirstOrDefault()?["templates"]?[0]) is not null);
        return $"{use!["template"]}@{use["version"]}: {use["reason"]}{(use["deprecated"] is { } deprecated ? $"; {deprecated}" : "")}";
    }

    private static async Task<List<string>> ListAsync(HttpClient client)
    {
        var list = await client.SendAsync("GET", "/api/v1/templates").JsonAsync();
        return
        [
            .. list["items"]!.AsArray().Select(t => $"{t!["name"]}@{t["version"]} {t["origin"]}"),
            .. list["faults"]!.AsArray().Select(f => $"{f!["path"]}: {f["instead"]}: {f["problems"]![0]!["file"]}:{f["problems"]![0]!["line"]}:{f["problems"]![0]!["column"]}: {f["problems"]![0]!["message"]}"),
        ];
    }

    private static Task ListedAsync(HttpClient client, Func<List<string>, bool> asWanted) => WaitAsync(async () => asWanted(await ListAsync(client)));

    private static Task EntriesAsync(HttpClient client, string beginning) => WaitAsync(async () =>
        (await client.SendAsync("GET", "/api/v1/ledger/entries?limit=200").JsonAsync())["items"]!.AsArray().Any(e => e!["text"]!.GetValue<string>().StartsWith(beginning, StringComparison.Ordinal)));

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(90));
        while (!await condition())
        {
            await Task.Delay(100, late.Token);
        }
    }

    private static async Task<HttpClient> ClientAsync(SlipwayServer server, ServerOptions options)
    {
        var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(options.DataDirectory, TokenFile.Admin), Cancel)).Trim());
        return client;
    }

    private static void Write(TemporaryFolder folder, string path, string text)
    {
        var file = Path.Combine(folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
