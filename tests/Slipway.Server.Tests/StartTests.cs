using System.Net;
using System.Net.Sockets;
using System.Net.Http.Headers;
using Slipway.Engine.Environments;
using Slipway.Server.Access;

namespace Slipway.Server.Tests;

public sealed class StartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_starts_in_an_empty_directory_stops_and_finds_everything_again()
    {
        using var folder = new TemporaryFolder();
        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, Logging = new TestLog() };
        await using (var first = await SlipwayServer.StartAsync(options, Cancel))
        {
            File.GetUnixFileMode(options.DataDirectory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            first.Parts.GetService(typeof(Platform)).ShouldBeOfType<Platform>().Current.Environments.Select(e => e.Name).ShouldBe(["dev", "staging", "prod"]);
            using var client = await ClientAsync(first, options);
            await client.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
            await first.StopAsync(Cancel);
        }

        await using var second = await SlipwayServer.StartAsync(options, Cancel);
        using var again = await ClientAsync(second, options);
        await again.SendAsync("GET", "/api/v1/services/shop").StatusAsync(200);
        await second.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_port_that_is_taken_and_a_store_that_is_open_are_told_with_the_way_out()
    {
        using var folder = new TemporaryFolder();
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var taken = await Should.ThrowAsync<ServerStartException>(() => SlipwayServer.StartAsync(new ServerOptions { DataDirectory = Path.Combine(folder.Path, "a"), Port = port }, Cancel));
        taken.Message.ShouldBe($"The port {port} is taken by another program.");
        taken.NextStep.ShouldContain("--port");

        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "b"), Port = 0 };
        await using var one = await SlipwayServer.StartAsync(options, Cancel);
        (await Should.ThrowAsync<ServerStartException>(() => SlipwayServer.StartAsync(options, Cancel))).NextStep.ShouldContain("--data");
        await one.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_named_with_the_way_out()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        foreach (var directory in (string[])["/proc/foo", file, Path.Combine(file, "data")])
        {
            var refused = await Should.ThrowAsync<ServerStartException>(() => SlipwayServer.StartAsync(new ServerOptions { DataDirectory = directory, Port = 0 }, Cancel));
            refused.Message.ShouldStartWith($"The data directory {directory} cannot be made: ");
            refused.Message.ShouldNotContain("Could not");
            refused.NextStep.ShouldContain("--data");
        }
    }

    [Fact]
    public async Task A_store_that_is_there_is_replaced_only_by_force()
    {
        using var folder = new TemporaryFolder();
        var backup = Path.Combine(folder.Path, "backup.db");
        await File.WriteAllTextAsync(backup, "", Cancel);
        await File.WriteAllTextAsync(DataDirectory.StoreIn(folder.Path), "", Cancel);

        var refused = await Should.ThrowAsync<ServerStartException>(() => DataDirectory.RestoreAsync(backup, folder.Path, force: false, TimeProvider.System));

        refused.Message.ShouldBe($"There is a store in {folder.Path} already.");
        refused.NextStep.ShouldContain("--force");
    }

    [Fact]
    public async Task A_wrong_platform_refuses_the_start_with_every_mistake_and_its_place()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "platform.yaml"), "environments:\n  dev: { promte: auto }\n  prod: { after: [stagin] }\n", Cancel);
        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, PlatformDirectory = folder.Path };
        var refused = await Should.ThrowAsync<ServerStartException>(() => SlipwayServer.StartAsync(options, Cancel));
        refused.Problems.Count.ShouldBe(2);
        refused.Problems[0].Line.ShouldBe(2);
        await Should.ThrowAsync<ServerStartException>(() => SlipwayServer.StartAsync(options with { PlatformDirectory = Path.Combine(folder.Path, "none") }, Cancel));
    }

    [Fact]
    public async Task A_platform_that_changes_is_taken_when_it_is_good_and_named_when_it_is_not()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "platform.yaml");
        await File.WriteAllTextAsync(file, "environments:\n  dev: {}\n", Cancel);
        var options = new ServerOptions { DataDirectory = Path.Combine(folder.Path, "data"), Port = 0, PlatformDirectory = folder.Path, Logging = new TestLog() };
        await using var server = await SlipwayServer.StartAsync(options, Cancel);
        using var client = await ClientAsync(server, options);
        await File.WriteAllTextAsync(file, "environments:\n  dev: {}\n  prod: { after: [dev] }\n", Cancel);
        await EnvironmentsAsync(client, "dev, prod, from");
        await File.WriteAllTextAsync(file, "environments:\n  dev: {}\n  prod: { after: [dve] }\n", Cancel);
        (await EnvironmentsAsync(client, "not in force")).ShouldContain("platform.yaml:3:");
        await File.WriteAllTextAsync(file, "environments:\n  dev: {}\n", Cancel);
        await EnvironmentsAsync(client, "dev, from");
        await server.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_restored_installation_has_the_environments_and_gates_that_were_in_force()
    {
        using var folder = new TemporaryFolder();
        var (data, backup, restored) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "backup.db"), Path.Combine(folder.Path, "restored"));
        const string Guarded = "environments:\n  prod: { gates: [ { approval: { count: 2 } } ] }\n";
        var options = new ServerOptions { DataDirectory = data, Port = 0, Logging = new TestLog() };
        await using var server = await SlipwayServer.StartAsync(options, Cancel);
        using var client = await ClientAsync(server, options);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        for (var changes = 0; !await HasEntryAsync(client, "The platform's definition changed; its environments are prod."); changes++)
        {
            // The first one that the server sees is what it compares with.
            await File.WriteAllTextAsync(Path.Combine(data, "platform", "platform.yaml"), Guarded + $"# {changes / 50}\n", late.Token);
            await Task.Delay(100, late.Token);
        }

        await File.WriteAllTextAsync(Path.Combine(data, "platform", "platform.yaml"), "environments: { broken", Cancel);
        await EnvironmentsAsync(client, "not in force");
        await client.SendAsync("POST", "/api/v1/backups", $$"""{"file":"{{backup}}"}""").StatusAsync(201);
        await server.StopAsync(Cancel);

        var file = await DataDirectory.RestoreAsync(backup, restored, force: false, TimeProvider.System);
        file.ShouldBe(Path.Combine(restored, "platform", "platform.yaml"));
        (await File.ReadAllTextAsync(file!, Cancel)).ShouldStartWith(Guarded);
        await File.WriteAllTextAsync(file!, "environments: { mine: {} }\n", Cancel);
        (await DataDirectory.RestoreAsync(backup, restored, force: true, TimeProvider.System)).ShouldBeNull();
        (await File.ReadAllTextAsync(file!, Cancel)).ShouldBe("environments: { mine: {} }\n", "what is there is left as it is");
    }

    [Fact]
    public async Task What_is_in_the_data_directory_is_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        var options = new ServerOptions { DataDirectory = data, Port = 0, Logging = new TestLog() };
        await using (var first = await SlipwayServer.StartAsync(options, Cancel))
        {
            await first.StopAsync(Cancel);
        }

        // As one was left by an earlier version.
        File.SetUnixFileMode(DataDirectory.StoreIn(data), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using var server = await SlipwayServer.StartAsync(options, Cancel);
        using var client = await ClientAsync(server, options);
        await client.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        await client.SendAsync("POST", "/api/v1/backups", $$"""{"file":"{{Path.Combine(data, "backup.db")}}"}""").StatusAsync(201);

        var files = Directory.GetFiles(data, "*", SearchOption.AllDirectories);
        new[] { "slipway.db", "slipway.db-wal", "slipway.db-shm", "slipway.db.lock", "backup.db", "platform.yaml", "admin-token" }.ShouldBeSubsetOf(files.Select(f => Path.GetFileName(f)));
        foreach (var file in files)
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        await server.StopAsync(Cancel);
    }

    private static async Task<bool> HasEntryAsync(HttpClient client, string sentence) =>
        (await client.SendAsync("GET", "/api/v1/ledger/entries?limit=1000").JsonAsync())["items"]!.AsArray().Any(e => e!["text"]!.GetValue<string>() == sentence);

    private static async Task<string> EnvironmentsAsync(HttpClient client, string until)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var lines = (await client.SendAsync("GET", "/api/v1/doctor").JsonAsync())["lines"]!.AsArray();
            var detail = lines.Single(l => l!["name"]!.GetValue<string>() == "environments")!["detail"]!.GetValue<string>();
            if (detail.Contains(until, StringComparison.Ordinal))
            {
                return detail;
            }

            await Task.Delay(100, late.Token);
        }
    }

    private static async Task<HttpClient> ClientAsync(SlipwayServer server, ServerOptions options)
    {
        var client = new HttpClient { BaseAddress = server.Url };
        var token = await File.ReadAllTextAsync(Path.Combine(options.DataDirectory, TokenFile.Admin), Cancel);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return client;
    }
}
