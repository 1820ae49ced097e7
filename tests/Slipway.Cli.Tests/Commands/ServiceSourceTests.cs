using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class ServiceSourceTests : IDisposable
{
    private static readonly SourceView Told = new()
    {
        Service = "storefront", Repository = "https://git.example.org/web/storefront.git", Branch = "main", Head = new string('a', 40), Waiting = [],
        Hook = new HookView { MadeAt = Canned.Earlier, MadeBy = "admin", ToldAt = Canned.Earlier, ToldBy = "GitHub" },
    };

    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_service_is_given_a_repository_with_what_opens_it()
    {
        await using var server = await FakeServer.Start();
        server.On("PUT /api/v1/services/storefront/source", ApiClientJson.Default.SourceView, Told with { Hook = null });
        folder.File("token", "tok-12345678\n");
        var run = await In(server, "service", "source", "set", "storefront", "https://git.example.org/web/storefront.git", "--path", "apps/web", "--token-file", "token");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe("Commits of main in https://git.example.org/web/storefront.git make runs, the newest at once. Next: slipway run list storefront\n");
        JsonSerializer.Deserialize(server.Requests.Single().Body!, ApiClientJson.Default.SetSource)
            .ShouldBe(new SetSource { Repository = "https://git.example.org/web/storefront.git", Path = "apps/web", Credential = new SetCredential { Token = "tok-12345678" } });
        (await In(server, "service", "source", "set", "storefront", "./none")).Error.ShouldContain("There is no folder ./none.");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_known_of_it_is_shown_and_it_is_taken_away()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/storefront/source", ApiClientJson.Default.SourceView, Told);
        server.On("DELETE /api/v1/services/storefront/source", _ => Task.CompletedTask);
        var shown = await In(server, "service", "source", "show", "storefront");
        shown.Out.ShouldContain("https://git.example.org/web/storefront.git, branch main");
        shown.Out.ShouldContain("told by webhook, last at ");
        shown.Out.ShouldContain("by GitHub");
        (await In(server, "service", "source", "remove", "storefront")).Out.ShouldBe("Removed the repository of storefront. From now on its releases come from `release create`.\n");
    }

    [Fact]
    public async Task A_webhook_is_made_with_its_secret_alone_on_standard_output_and_how_to_set_it_beside()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/services/storefront/source/hook", ApiClientJson.Default.CreatedHook, new CreatedHook
        {
            Service = "storefront", Secret = "whsec_c2VjcmV0", GitHubPath = "/hooks/github?service=storefront", GitLabPath = "/hooks/gitlab?service=storefront", GenericPath = "/hooks/generic/storefront",
        });
        server.On("DELETE /api/v1/services/storefront/source/hook", _ => Task.CompletedTask);
        var made = await In(server, "service", "source", "hook", "storefront");
        made.ExitCode.ShouldBe(0, made.Error);
        made.Out.ShouldBe("whsec_c2VjcmV0\n");
        Snapshot.Matches(made.Error.Replace(server.Url.AbsoluteUri.TrimEnd('/'), "http://127.0.0.1:7300", StringComparison.Ordinal));
        server.Requests.Last().Body.ShouldBe("""{"rotate":false}""");
        await In(server, "service", "source", "hook", "storefront", "--rotate");
        server.Requests.Last().Body.ShouldBe("""{"rotate":true}""");
        (await In(server, "service", "source", "hook", "storefront", "--remove")).Out.ShouldBe("Removed the webhook of storefront. Delete it at the Git host too.\n");
        (await In(server, "service", "source", "hook", "storefront", "--remove", "--rotate")).Error.ShouldContain("exclude each other");
    }

    public void Dispose() => folder.Dispose();

    private Task<CliRun> In(FakeServer server, params string[] arguments) => CliRun.Of(arguments, CliRun.Toward(server), folder.Path);
}
