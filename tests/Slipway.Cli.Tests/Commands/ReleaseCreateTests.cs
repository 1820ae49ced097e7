using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class ReleaseCreateTests
{
    [Fact]
    public async Task A_directory_is_packed_the_same_way_each_time_and_sent_with_its_definition()
    {
        await using var server = await FakeServer.Start();
        var received = new List<(byte[] Bytes, string Definition, string Version)>();
        server.On("POST /api/v1/services/storefront/releases", async context =>
        {
            var form = await context.Request.ReadFormAsync();
            var bytes = new MemoryStream();
            await form.Files["artifact"]!.CopyToAsync(bytes);
            received.Add((bytes.ToArray(), form["definition"].ToString(), form["version"].ToString()));
            await context.Response.WriteAsJsonAsync(new CreateReleaseAnswer { Release = Canned.Release(), Created = true, Promotions = ["p-12"] }, ApiClientJson.Default.CreateReleaseAnswer);
        });
        using var folder = new TemporaryFolder();
        folder.File("publish/serve", "#!/bin/sh\n");
        folder.File("slipway.yaml", "service: storefront\n");
        string[] arguments = ["release", "create", "storefront", "--version", "1.3.0", "--artifact", "publish", "--definition", "slipway.yaml"];
        var variables = new Dictionary<string, string> { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri };

        var first = await CliRun.Of(arguments, variables, folder.Path);
        await CliRun.Of(arguments, variables, folder.Path);

        Snapshot.Matches(first.All);
        received.Count.ShouldBe(2);
        received[0].Bytes.ShouldBe(received[1].Bytes);
        received[0].Bytes[..2].ShouldBe([0x1f, 0x8b]);
        received[0].Definition.ShouldBe("service: storefront\n");
        received[0].Version.ShouldBe("1.3.0");
    }

    [Theory]
    [InlineData("nowhere", "there is nothing at nowhere")]
    [InlineData("empty", "the artifact is empty")]
    public async Task What_cannot_be_packed_is_wrong_usage_and_nothing_is_sent(string artifact, string message)
    {
        await using var server = await FakeServer.Start();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty"));

        var run = await CliRun.Of(
            ["release", "create", "storefront", "--version", "1", "--artifact", artifact], new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri }, folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(message);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_definition_s_problems_are_told_with_their_places()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/services/storefront/releases", ApiClientJson.Default.ProblemDocument, new ProblemDocument
        {
            Title = "Not valid", Status = 400, Code = "invalidDefinition", Detail = "The definition is not valid.",
            Problems = [new("slipway.yaml", 3, 5, "unknown key 'comand'", "did you mean 'command'?")],
        }, 400);
        using var folder = new TemporaryFolder();
        folder.File("serve", "x");

        var run = await CliRun.Of(["release", "create", "storefront", "--version", "1", "--artifact", "."], new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri }, folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe("slipway: The definition is not valid.\n  slipway.yaml:3:5: unknown key 'comand' (did you mean 'command'?)\n");
    }
}
