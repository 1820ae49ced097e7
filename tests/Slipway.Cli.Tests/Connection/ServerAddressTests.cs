using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Cli.Connection;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Connection;

public sealed class ServerAddressTests
{
    private static readonly WhoAmI Admin = new() { Identity = "admin", Roles = ["admin"], Permissions = [], Installation = "i", Program = "slipway" };

    [Fact]
    public async Task The_local_server_is_found_by_the_context_file_and_gets_the_local_token()
    {
        await using var server = await ServerWithStatus();
        using var home = Home(server.Url);

        (await CliRun.Of(["status"], new() { ["HOME"] = home.Path })).ExitCode.ShouldBe(0);

        server.Requests.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer slp_local");
    }

    [Fact]
    public async Task The_local_token_is_not_sent_to_another_server()
    {
        await using var local = await ServerWithStatus();
        await using var other = await ServerWithStatus();
        using var home = Home(local.Url);

        (await CliRun.Of(["status", "--server", other.Url.AbsoluteUri], new() { ["HOME"] = home.Path })).ExitCode.ShouldBe(0);

        other.Requests.ShouldHaveSingleItem().Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_named_wins_over_variables_and_those_over_the_context_file()
    {
        await using var server = await ServerWithStatus();
        using var home = Home(new Uri("http://127.0.0.1:1"));

        await CliRun.Of(["status", "--server", server.Url.AbsoluteUri, "--token", "slp_named"], new() { ["HOME"] = home.Path, ["SLIPWAY_SERVER"] = "http://127.0.0.1:1", ["SLIPWAY_TOKEN"] = "slp_variable" });
        await CliRun.Of(["status"], new() { ["HOME"] = home.Path, ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri, ["SLIPWAY_TOKEN"] = "slp_variable" });

        server.Requests.Select(request => request.Authorization).ShouldBe(["Bearer slp_named", "Bearer slp_variable"]);
    }

    [Fact]
    public async Task A_broken_context_file_is_named()
    {
        using var home = new TemporaryFolder();
        var file = home.File(".slipway/context.json", "{");

        var run = await CliRun.Of(["status"], new() { ["HOME"] = home.Path });

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(file);
        run.Error.ShouldContain("--server URL");
        run.Error.ShouldNotContain("$");
        run.Error.ShouldNotContain("LineNumber");
    }

    [Fact]
    public async Task An_address_that_is_none_is_wrong_usage()
    {
        var run = await CliRun.Of(["status", "--server", "ftp://x"]);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("http://127.0.0.1:7300");
    }

    private static async Task<FakeServer> ServerWithStatus() =>
        (await FakeServer.Start()).On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status()).On("GET /api/v1/whoami", ApiClientJson.Default.WhoAmI, Admin);

    private static TemporaryFolder Home(Uri server)
    {
        var home = new TemporaryFolder();
        var token = home.File("data/admin-token", "slp_local\n");
        home.File(".slipway/context.json", System.Text.Json.JsonSerializer.Serialize(new ContextFile(server, token), ContextFileJson.Default.ContextFile));
        return home;
    }
}
