using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class ServiceAddTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task A_folder_of_a_repository_gives_name_branch_and_place_and_says_what_is_not_committed()
    {
        folder.File("apps/shop/slipway.yaml", "# The shop.\nservice: shop\nrun: { command: ./serve }\n");
        GitCommand.Run(folder.Path, "init", "--quiet", "--initial-branch=trunk");
        GitCommand.Run(folder.Path, "commit", "--quiet", "--allow-empty", "-m", "Begin");

        var (early, asked) = await Add("shop", "service", "add", "apps/shop");
        early.ExitCode.ShouldBe(0, early.Error);
        asked.ShouldBe(new AddService { Name = "shop", Source = new SetSource { Repository = folder.Path, Branch = "trunk", Path = "apps/shop" } });
        early.Out.ShouldBe("Added shop.\napps/shop/slipway.yaml is not committed on trunk yet: commit it, and its run begins by itself.\n");

        GitCommand.Run(folder.Path, "add", "-A");
        GitCommand.Run(folder.Path, "commit", "--quiet", "-m", "Define");
        var (late, again) = await Add("store", "service", "add", ".", "--path", "apps/shop", "--name", "store");
        again.ShouldBe(asked! with { Name = "store" });
        late.Out.ShouldBe($"Added store.\nCommits of trunk in {folder.Path} make runs, the newest at once. Next: slipway run list store\n");
    }

    [Theory]
    [InlineData("https://git.example.org/web/Storefront.git", null, "storefront")]
    [InlineData("git@git.example.org:shops.git", null, "shops")]
    [InlineData("ssh://git@git.example.org/web/shops", "services/checkoutApi", "checkout-api")]
    public async Task An_address_is_called_as_the_repository_or_its_folder_is(string address, string? path, string name)
    {
        var (run, asked) = await Add(name, ["service", "add", address, .. path is null ? Array.Empty<string>() : ["--path", path]]);
        run.ExitCode.ShouldBe(0, run.Error);
        asked.ShouldBe(new AddService { Name = name, Source = new SetSource { Repository = address, Path = path } });
    }

    [Fact]
    public async Task A_folder_without_repository_or_definition_is_refused_with_the_way_out()
    {
        var (none, _) = await Add("shop", "service", "add", ".");
        none.ExitCode.ShouldBe(2);
        none.Error.ShouldContain("is in no Git repository");

        GitCommand.Run(folder.Path, "init", "--quiet");
        var (undefined, _) = await Add("shop", "service", "add", ".");
        undefined.ExitCode.ShouldBe(2);
        undefined.Error.ShouldContain("slipway init .");
    }

    [Fact]
    public async Task A_branch_that_is_not_there_is_named_with_those_that_are_and_one_without_a_commit_is_told_of()
    {
        GitCommand.Run(folder.Path, "init", "--quiet", "--initial-branch=trunk");
        folder.File("slipway.yaml", "service: shop\n");
        (await Add("shop", "service", "add", ".")).Run.Out.ShouldContain("slipway.yaml is not committed on trunk yet");
        GitCommand.Run(folder.Path, "add", "--all");
        GitCommand.Run(folder.Path, "commit", "--quiet", "--message", "Define");
        var (wrong, asked) = await Add("shop", "service", "add", ".", "--branch", "nope");
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain($"{folder.Path} has no branch 'nope'.");
        wrong.Error.ShouldContain("There are: trunk.");
        asked.ShouldBeNull();
    }

    public void Dispose() => folder.Dispose();

    private async Task<(CliRun Run, AddService? Asked)> Add(string name, params string[] arguments)
    {
        await using var server = await FakeServer.Start();
        AddService? asked = null;
        server.On("POST /api/v1/services", ApiClientJson.Default.ServiceView, () =>
        {
            asked = JsonSerializer.Deserialize(server.Requests.Last().Body!, ApiClientJson.Default.AddService);
            return new ServiceView { Name = name, CreatedAt = Canned.Earlier, CreatedBy = "admin", Releases = 0 };
        });
        server.On($"GET /api/v1/services/{name}/source", ApiClientJson.Default.SourceView, () =>
            new SourceView { Service = name, Repository = asked!.Source!.Repository, Branch = asked.Source.Branch ?? "main", Waiting = [] });
        return (await CliRun.Of(arguments, new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri }, folder.Path), asked);
    }
}
