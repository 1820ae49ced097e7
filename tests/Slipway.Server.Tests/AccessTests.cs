using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Access;
using Slipway.Engine.Environments;
using Slipway.Server.Access;

namespace Slipway.Server.Tests;

public sealed class AccessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_endpoint_that_names_no_permission_stops_the_start()
    {
        var fault = await Should.ThrowAsync<InvalidOperationException>(() => RunningServer.StartAsync(moreRoutes: routes => routes.MapGet("/api/v1/forgotten", () => TypedResults.Ok())));
        fault.Message.ShouldContain("/api/v1/forgotten");
    }

    [Fact]
    public async Task Every_operation_answers_each_role_as_the_published_matrix_says()
    {
        await using var running = await RunningServer.StartAsync();
        var api = JsonNode.Parse(await running.Anonymous.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancel))!;
        Role[] roles = [Role.Viewer, Role.Deployer, Role.Approver, Role.Admin, Role.Agent];
        var clients = new List<HttpClient> { running.Anonymous };
        foreach (var role in roles)
        {
            clients.Add(await running.AsAsync(role));
        }

        var page = new StringBuilder();
        page.Append("# Who may do what\n\nEvery operation of the API asks for one permission; a role is a set of permissions. Checked against the running server by a test.\n\n");
        page.Append("| Operation | Permission | nobody | ").AppendJoin(" | ", roles.Select(Roles.NameOf)).Append(" |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var (path, methods) in api["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var asked = path.Replace("{service}", "no-such", StringComparison.Ordinal).Replace("{environment}", "none", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
                page.Append($"| {method.ToUpperInvariant()} {path} | {operation!["x-permission"]} |");
                foreach (var client in clients)
                {
                    page.Append(await AnswerAsync(client, method.ToUpperInvariant(), asked) switch { 401 or 403 => " – |", _ => " ✓ |" });
                }

                page.Append('\n');
            }
        }

        Snapshot.Matches("docs/access.md", page.ToString());
    }

    // The body is none, so that whoever is let in gets no further than a problem with it.
    private static async Task<int> AnswerAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        return (int)response.StatusCode;
    }

    [Fact]
    public async Task Without_a_token_one_is_told_how_to_sign_in()
    {
        await using var running = await RunningServer.StartAsync();
        var problem = await running.Anonymous.SendAsync("GET", "/api/v1/services").ProblemAsync(401, "notSignedIn");
        problem.NextStep!.ShouldContain("slipway open");
        await running.Client("slp_" + new string('a', 43)).SendAsync("GET", "/api/v1/services").ProblemAsync(401, "unknownToken");
        await running.Client("not even a token").SendAsync("GET", "/api/v1/services").ProblemAsync(401, "unknownToken");
    }

    [Fact]
    public async Task Who_lacks_a_permission_is_told_which_role_has_it()
    {
        await using var running = await RunningServer.StartAsync();
        var viewer = await running.AsAsync(Role.Viewer);
        var problem = await viewer.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").ProblemAsync(403, "notAllowed");
        problem.Detail!.ShouldContain("deploy");
        problem.NextStep!.ShouldContain("'deployer', 'admin'");
    }

    [Fact]
    public async Task The_admin_token_is_in_a_file_that_only_its_user_reads_and_is_kept_until_it_nears_its_end()
    {
        await using var running = await RunningServer.StartAsync();
        var path = Path.Combine(running.Data, TokenFile.Admin);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var first = await File.ReadAllTextAsync(path, Cancel);
        var who = await running.Admin.SendAsync("GET", "/api/v1/whoami").JsonAsync();
        who["identity"]!.GetValue<string>().ShouldBe("admin");
        who["permissions"]!.AsArray().Select(p => p!.GetValue<string>()).ShouldContain("manageTokens");

        await RestartAsync(running);
        (await File.ReadAllTextAsync(path, Cancel)).ShouldBe(first);
        running.Time.Advance(TimeSpan.FromDays(65));
        await RestartAsync(running);
        (await File.ReadAllTextAsync(path, Cancel)).ShouldNotBe(first);
    }

    private static async Task RestartAsync(RunningServer running)
    {
        var parts = new ServerParts { Store = running.Store, Jobs = running.Database, Tests = running.Database, Platform = running.Part<Platform>() };
        await using var again = await SlipwayServer.StartAsync(new ServerOptions { DataDirectory = running.Data, Port = 0, Time = running.Time }, parts, null, null, Cancel);
        await again.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_token_is_never_stronger_nor_longer_lived_than_the_one_that_asked_and_ends_with_it()
    {
        await using var running = await RunningServer.StartAsync();
        var deployer = await running.AsAsync(Role.Deployer, "dora");
        await deployer.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","role":"admin"}""").ProblemAsync(403, "tooStrong");
        await deployer.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","identity":"somebody-else","role":"viewer"}""").ProblemAsync(403, "notAllowed");
        await deployer.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","role":"boss"}""").ProblemAsync(400, "unknownRole");
        await deployer.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","role":"agent"}""").ProblemAsync(400, "agentRole");
        await deployer.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","expires":"soon"}""").ProblemAsync(400, "invalidDuration");

        var child = await deployer.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","role":"viewer","expires":"300d"}""").JsonAsync(201);
        DateTimeOffset.Parse(child["token"]!["expiresAt"]!.GetValue<string>()).ShouldBeLessThan(running.Time.GetUtcNow().AddDays(1.1));
        var childClient = running.Client(child["secret"]!.GetValue<string>());
        await childClient.SendAsync("GET", "/api/v1/services").StatusAsync(200);
        await childClient.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").ProblemAsync(403, "notAllowed");

        var own = await deployer.SendAsync("GET", "/api/v1/tokens").JsonAsync();
        var parent = own["items"]!.AsArray().Single(t => t!["name"]!.GetValue<string>() == "test")!["id"]!.GetValue<string>();
        await running.Admin.SendAsync("DELETE", $"/api/v1/tokens/{parent}").StatusAsync(204);
        await deployer.SendAsync("GET", "/api/v1/services").ProblemAsync(401, "unknownToken");
        await childClient.SendAsync("GET", "/api/v1/services").ProblemAsync(401, "unknownToken");
    }

    [Fact]
    public async Task An_expired_token_is_unknown()
    {
        await using var running = await RunningServer.StartAsync();
        var viewer = await running.AsAsync(Role.Viewer);
        await viewer.SendAsync("GET", "/api/v1/services").StatusAsync(200);
        running.Time.Advance(TimeSpan.FromDays(2));
        await viewer.SendAsync("GET", "/api/v1/services").ProblemAsync(401, "unknownToken");
    }

    [Fact]
    public async Task One_sees_and_revokes_ones_own_tokens_only_unless_one_manages_tokens()
    {
        await using var running = await RunningServer.StartAsync();
        var dora = await running.AsAsync(Role.Deployer, "dora");
        await running.TokenOfAsync(Role.Viewer, "vic");
        (await dora.SendAsync("GET", "/api/v1/tokens").JsonAsync())["items"]!.AsArray().ShouldAllBe(t => t!["identity"]!.GetValue<string>() == "dora");
        var all = (await running.Admin.SendAsync("GET", "/api/v1/tokens").JsonAsync())["items"]!.AsArray();
        var vics = all.Single(t => t!["identity"]!.GetValue<string>() == "vic")!["id"]!.GetValue<string>();
        await dora.SendAsync("DELETE", $"/api/v1/tokens/{vics}").ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task Secrets_are_not_in_the_store()
    {
        await using var running = await RunningServer.StartAsync();
        var made = await running.Admin.SendAsync("POST", "/api/v1/tokens", """{"name":"ci"}""", ("Idempotency-Key", "k1")).JsonAsync(201);
        var secret = made["secret"]!.GetValue<string>();
        secret.ShouldStartWith("slp_");
        await running.SettledHeadAsync();
        var copy = Path.Combine(running.Data, "copy.db");
        await running.Store.BackupAsync(copy, Cancel);
        foreach (var file in Directory.GetFiles(running.Data, "slipway.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Append(copy))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, Encoding.Latin1);
            var stored = await reader.ReadToEndAsync(Cancel);
            stored.Contains(secret[4..], StringComparison.Ordinal).ShouldBeFalse(file);
        }

        await running.Admin.SendAsync("POST", "/api/v1/tokens", """{"name":"ci"}""", ("Idempotency-Key", "k1")).ProblemAsync(409, "secretShownOnce");
    }

    [Fact]
    public async Task Too_many_unknown_tokens_from_an_address_are_told_to_wait_while_those_who_are_known_go_on()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("GET", "/api/v1/whoami").StatusAsync(200);
        var stranger = running.Client("slp_" + new string('x', 43));
        for (var i = 0; i < FailuresByAddress.MostFailures; i++)
        {
            await stranger.SendAsync("GET", "/api/v1/whoami").StatusAsync(401);
        }

        using (var refused = await stranger.SendAsync("GET", "/api/v1/whoami"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }

        await running.Admin.SendAsync("GET", "/api/v1/whoami").StatusAsync(200);
        running.Time.Advance(FailuresByAddress.Window + TimeSpan.FromSeconds(1));
        await stranger.SendAsync("GET", "/api/v1/whoami").StatusAsync(401);
    }

    [Fact]
    public async Task Requests_under_a_foreign_host_name_end_at_the_door()
    {
        await using var running = await RunningServer.StartAsync(o => o with { HostNames = ["slipway.example"] });
        await running.Admin.SendAsync("GET", "/api/v1/whoami", null, ("Host", "evil.example")).ProblemAsync(421, "unknownHost");
        await running.Admin.SendAsync("GET", "/healthz", null, ("Host", "127.0.0.1.evil.example:7300")).ProblemAsync(421, "unknownHost");
        await running.Admin.SendAsync("GET", "/api/v1/whoami", null, ("Host", "localhost:1")).StatusAsync(200);
        await running.Admin.SendAsync("GET", "/api/v1/whoami", null, ("Host", "[::1]:7300")).StatusAsync(200);
        await running.Admin.SendAsync("GET", "/api/v1/whoami", null, ("Host", "Slipway.Example")).StatusAsync(200);
    }
}
