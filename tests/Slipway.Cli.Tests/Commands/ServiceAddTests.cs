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
        var (late, again) = await Add("shop", "service", "add", ".", "--path", "apps/shop", "--name", "shop");
        again.ShouldBe(asked);
        late.Out.ShouldBe($"Added shop.\nCommits of trunk in {folder.Path} make runs, the newest at once. Next: slipway run list shop\n");

        var (other, called) = await Add("store", "service", "add", ".", "--path", "apps/shop", "--name", "store");
        called.ShouldBe(asked! with { Name = "store" });
        other.Out.ShouldBe("Added store.\napps/shop/slipway.yaml is the definition of 'shop', not of 'store', so no commit makes a run yet: change its `service:`, and commit it.\n");
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

    [Theory]
    [InlineData("")]
    [InlineData("file://")]
    public async Task A_bare_repository_is_added_with_its_own_branch_and_the_name_that_is_committed(string scheme)
    {
        folder.File("work/slipway.yaml", "service: shop\n");
        var work = Path.Combine(folder.Path, "work");
        var bare = Path.Combine(folder.Path, "shop.git");
        Commit(work);
        GitCommand.Run(folder.Path, "clone", "--quiet", "--bare", work, bare);

        var (run, asked) = await Add("shop", "service", "add", scheme + bare);
        run.ExitCode.ShouldBe(0, run.Error);
        asked.ShouldBe(new AddService { Name = "shop", Source = new SetSource { Repository = bare, Branch = "trunk" } });
        run.Out.ShouldContain("Next: slipway run list shop");

        var (wrong, _) = await Add("shop", "service", "add", bare, "--path", "nope");
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("--path: there is no folder nope");
        wrong.Error.ShouldContain("slipway.yaml is in the repository's own folder.");
    }

    [Theory]
    [InlineData]
    [InlineData("--name", "hello")]
    public async Task A_definition_in_a_folder_below_is_named_with_the_call_that_takes_it(params string[] options)
    {
        folder.File("HelloApi/slipway.yaml", "service: hello\n");
        folder.File("docs/README.md", "");
        Commit(folder.Path);

        var (run, asked) = await Add("hello", ["service", "add", ".", .. options]);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("slipway.yaml is in HelloApi.");
        run.Error.ShouldContain("slipway service add . --path HelloApi\n");
        asked.ShouldBeNull();

        var (elsewhere, _) = await Add("hello", ["service", "add", "./docs", .. options]);
        elsewhere.Error.ShouldContain($"slipway service add {folder.Path} --path HelloApi\n");

        var (nowhere, _) = await Add("hello", ["service", "add", ".", "--path", "nope", .. options]);
        nowhere.ExitCode.ShouldBe(2);
        nowhere.Error.ShouldContain("--path: there is no folder nope");
        nowhere.Error.ShouldContain("slipway.yaml is in HelloApi.");

        var (above, _) = await Add("hello", ["service", "add", ".", "--path", "../else", .. options]);
        above.ExitCode.ShouldBe(2);
        above.Error.ShouldContain($"--path: ../else is not in {folder.Path}.");
        (await Add("hello", ["service", "add", ".", "--path", "HelloApi/", .. options])).Asked!.Source!.Path.ShouldBe("HelloApi");
    }

    [Fact]
    public async Task Where_no_definition_is_and_a_name_is_given_it_is_said_that_there_is_none()
    {
        folder.File("server.js", "");
        Commit(folder.Path);
        var (run, _) = await Add("shop", "service", "add", ".", "--name", "shop");
        run.Out.ShouldBe("Added shop.\nThere is no slipway.yaml, so no commit makes a run yet. Write one and commit it: slipway init .\n");
    }

    [Theory]
    [InlineData(400, "branchMissing", 2)]
    [InlineData(400, "repositoryUnreadable", 1)]
    [InlineData(409, "serviceExists", 1)]
    public async Task What_was_named_wrongly_is_wrong_usage_and_what_was_tried_has_failed(int status, string code, int exit)
    {
        await using var server = await FakeServer.Start();
        server.Refuse("POST /api/v1/services", status, code, "No.", "Look.");
        (await CliRun.Of(["service", "add", "https://git.example.org/web/shop.git"], new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri }, folder.Path)).ExitCode.ShouldBe(exit);
    }

    public void Dispose() => folder.Dispose();

    private static void Commit(string work)
    {
        GitCommand.Run(work, "init", "--quiet", "--initial-branch=trunk");
        GitCommand.Run(work, "add", "--all");
        GitCommand.Run(work, "commit", "--quiet", "--message", "Begin");
    }

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
