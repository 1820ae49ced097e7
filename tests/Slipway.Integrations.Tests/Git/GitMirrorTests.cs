using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Integrations.Git;

namespace Slipway.Integrations.Tests.Git;

public sealed class GitMirrorTests : IDisposable
{
    private readonly Repository _origin = new();
    private readonly GitMirrors _mirrors;

    public GitMirrorTests() => _mirrors = new GitMirrors(_origin.Mirrors, TimeProvider.System, new NoAccess());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SourceSpec Source => new(_origin.Folder, "main", null);

    [Fact]
    public async Task A_commit_is_read_with_its_definition_and_its_subject()
    {
        var id = _origin.Commit("Open the shop\n\nAt last.", ("slipway.yaml", "service: shop\n"));
        (await _mirrors.HeadAsync(Source, null, Cancel)).ShouldBe(id);
        var commit = await ReadAsync("main");
        commit.Id.ShouldBe(id);
        commit.Subject.ShouldBe("Open the shop");
        (commit.AuthorName, commit.AuthorMail).ShouldBe(("Maren", "maren@example.org"));
        commit.Definition.ShouldBe("service: shop\n");
        commit.Changed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_branch_that_a_clone_would_be_on_is_found_and_a_repository_without_one_has_none()
    {
        (await _mirrors.DefaultBranchAsync(_origin.Folder, null, Cancel)).ShouldBeNull();
        _origin.Git("checkout", "--quiet", "-b", "trunk/next");
        _origin.Commit("one");
        (await _mirrors.DefaultBranchAsync(_origin.Folder, null, Cancel)).ShouldBe("trunk/next");
        (await Should.ThrowAsync<SourceUnavailableException>(() => _mirrors.DefaultBranchAsync(_origin.Folder + "-away", null, Cancel))).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public async Task A_bare_repository_is_read_as_one_with_a_work_tree_is()
    {
        _origin.Git("checkout", "--quiet", "-b", "trunk");
        var id = _origin.Commit("one", ("slipway.yaml", "service: shop\n"));
        var bare = _origin.Folder + "-bare.git";
        _origin.Git("clone", "--quiet", "--bare", _origin.Folder, bare);
        (await _mirrors.DefaultBranchAsync(bare, null, Cancel)).ShouldBe("trunk");
        var source = new SourceSpec(bare, "trunk", null);
        (await _mirrors.HeadAsync(source, null, Cancel)).ShouldBe(id);
        (await _mirrors.ReadAsync("bare", source, "trunk", null, Cancel)).Definition.ShouldBe("service: shop\n");
    }

    [Fact]
    public async Task Where_ssh_says_why_its_reason_is_told_and_not_that_git_could_not_read()
    {
        using var free = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var refused = await Should.ThrowAsync<SourceUnavailableException>(() => _mirrors.DefaultBranchAsync($"ssh://git@127.0.0.1:{port}/shop.git", null, Cancel));
        refused.Message.ShouldContain("Connection refused");
        refused.Retryable.ShouldBeTrue();
    }

    [Fact]
    public async Task The_version_is_the_tag_or_told_by_the_nearest_tag_or_by_the_number_of_commits()
    {
        var first = _origin.Commit("one");
        (await ReadAsync("main")).Version.ShouldBe($"0.0.0-1.g{first[..8]}");
        _origin.Git("tag", "v1.2.3");
        _origin.Git("tag", "nightly");
        var tagged = await ReadAsync("main");
        (tagged.Tag, tagged.Version).ShouldBe(("v1.2.3", "1.2.3"));
        var second = _origin.Commit("two");
        var after = await ReadAsync("main");
        (after.Tag, after.Version).ShouldBe((null, $"1.2.3-1-g{second[..8]}"));
        (await ReadAsync("v1.2.3")).Id.ShouldBe(first);
    }

    [Fact]
    public async Task Commits_between_which_only_documentation_changed_have_the_same_code()
    {
        var first = _origin.Commit("one", ("shop/cart.js", "1"), ("shop/README.md", "a"), ("till/till.js", "1"));
        var second = _origin.Commit("two", ("shop/README.md", "b"), ("shop/docs/why.md", "c"));
        var third = _origin.Commit("three", ("till/till.js", "2"));
        await ReadAsync("main");
        var code = (await CodeAsync(first, null)).ShouldNotBeNull();
        (await CodeAsync(second, null)).ShouldBe(code);
        (await CodeAsync(third, null)).ShouldNotBe(code);
        (await CodeAsync(third, "shop")).ShouldBe(await CodeAsync(first, "shop"));
        (await CodeAsync(new string('0', 40), null)).ShouldBeNull();
        Task<string?> CodeAsync(string commit, string? path) => _mirrors.CodeAsync("shop", commit, path, Cancel);
    }

    [Fact]
    public async Task A_name_is_there_as_a_branch_or_a_tag_and_not_as_the_end_of_another()
    {
        var first = _origin.Commit("one");
        _origin.Git("tag", "v1.0.0");
        _origin.Git("update-ref", "refs/remotes/other/refs/heads/gone", first);
        (await HasAsync("main")).ShouldBeTrue();
        (await HasAsync("v1.0.0")).ShouldBeTrue();
        (await HasAsync("gone")).ShouldBeFalse();
        (await HasAsync("1.0.0")).ShouldBeFalse();
        Directory.Move(_origin.Folder, _origin.Folder + "-away");
        await Should.ThrowAsync<SourceUnavailableException>(HasAsync("main"));
        Directory.Move(_origin.Folder + "-away", _origin.Folder);
        Task<bool> HasAsync(string name) => _mirrors.HasNameAsync(new SourceSpec(_origin.Folder, "main", null), name, access: null, Cancel);
    }

    [Fact]
    public async Task A_ref_is_told_whole_as_it_is_in_the_repository_now()
    {
        var first = _origin.Commit("one");
        _origin.Git("tag", "v1.0.0");
        _origin.Git("tag", "main");
        _origin.Git("checkout", "--quiet", "-b", "feature");
        var second = _origin.Commit("two");
        (await Found("main")).ShouldBe((first, "refs/heads/main"));
        (await Found("v1.0.0")).ShouldBe((first, "refs/tags/v1.0.0"));
        (await Found("feature")).ShouldBe((second, "refs/heads/feature"));
        (await Found(second)).ShouldBe((second, null));
        // A branch beside the followed one moves on, and goes.
        var third = _origin.Commit("three");
        (await Found("feature")).ShouldBe((third, "refs/heads/feature"));
        _origin.Git("tag", "feature", first);
        _origin.Git("checkout", "--quiet", "main");
        _origin.Git("branch", "--quiet", "-D", "feature");
        (await Found("feature")).ShouldBe((first, "refs/tags/feature"));
        _origin.Git("tag", "-d", "feature");
        // With the repository away the mirror is enough to run, and not to say whose it is.
        Directory.Move(_origin.Folder, _origin.Folder + "-away");
        (await Found("main")).ShouldBe((first, null));
        Directory.Move(_origin.Folder + "-away", _origin.Folder);

        async Task<(string, string?)> Found(string name)
        {
            var commit = await ReadAsync(name);
            return (commit.Id, commit.Ref);
        }
    }

    [Fact]
    public async Task Only_what_is_below_the_service_s_folder_counts_as_a_change()
    {
        var first = _origin.Commit("one", ("shop/slipway.yaml", "service: shop\n"), ("bank/x", "1"));
        _origin.Commit("two", ("bank/x", "2"));
        (await ReadAsync("main", since: first, path: "shop")).Changed.ShouldBeFalse();
        (await ReadAsync("main", since: first, path: "bank")).Changed.ShouldBeTrue();
        (await ReadAsync("main", since: new string('1', 40), path: "shop")).Changed.ShouldBeTrue("a commit that is not known any more says nothing");
        (await ReadAsync("main", path: "shop")).Definition.ShouldBe("service: shop\n");
    }

    [Fact]
    public async Task A_commit_that_a_force_push_took_off_its_branch_is_still_read()
    {
        _origin.Commit("one");
        var lost = _origin.Commit("two", ("a", "2"));
        await ReadAsync("main");
        _origin.Git("reset", "--quiet", "--hard", "HEAD~1");
        var now = _origin.Commit("other two", ("a", "3"));
        (await ReadAsync("main")).Id.ShouldBe(now);
        (await ReadAsync(lost)).Subject.ShouldBe("two");
    }

    [Fact]
    public async Task What_the_mirror_has_is_read_while_the_repository_is_away()
    {
        var id = _origin.Commit("one");
        await ReadAsync("main");
        Directory.Move(_origin.Folder, _origin.Folder + "-away");
        (await ReadAsync("main")).Id.ShouldBe(id);
        (await ReadAsync(id)).Id.ShouldBe(id);
        await Should.ThrowAsync<SourceUnavailableException>(_mirrors.HeadAsync(Source, null, Cancel));
        Directory.Move(_origin.Folder + "-away", _origin.Folder);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_refused_with_what_to_do()
    {
        _origin.Commit("one");
        var fault = await Should.ThrowAsync<SourceUnavailableException>(ReadAsync("v9.9.9"));
        fault.Retryable.ShouldBeFalse();
        fault.Message.ShouldContain("v9.9.9");
        (await _mirrors.HeadAsync(Source with { Branch = "nothing" }, null, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("--upload-pack=touch /tmp/slipway-owned")]
    [InlineData("ext::sh -c whoami")]
    [InlineData("file:///etc")]
    [InlineData("http://git.example/shop.git")]
    [InlineData("https://user:secret@git.example/shop.git")]
    [InlineData("git@git.example:-oProxyCommand=x")]
    [InlineData("/srv/../etc")]
    public async Task A_hostile_address_never_reaches_git(string repository) =>
        (await Should.ThrowAsync<SourceUnavailableException>(_mirrors.HeadAsync(new SourceSpec(repository, "main", null), null, Cancel))).Retryable.ShouldBeFalse();

    [Theory]
    [InlineData("--all")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("refs/heads/x:refs/heads/y")]
    [InlineData("x.lock")]
    public async Task A_hostile_ref_never_reaches_git(string @ref)
    {
        _origin.Commit("one");
        (await Should.ThrowAsync<SourceUnavailableException>(ReadAsync(@ref))).Message.ShouldContain("is no name of a branch");
    }

    [Fact]
    public async Task A_definition_that_is_a_link_or_too_large_is_not_read()
    {
        _origin.Commit("one", ("slipway.yaml", new string('#', 300_000)));
        var large = await ReadAsync("main");
        (large.Definition, large.DefinitionProblem).ShouldBe((null, "slipway.yaml has 300000 bytes; there may be 262144"));
        File.Delete(Path.Combine(_origin.Folder, "slipway.yaml"));
        File.CreateSymbolicLink(Path.Combine(_origin.Folder, "slipway.yaml"), "/etc/passwd");
        _origin.Commit("two");
        (await ReadAsync("main")).DefinitionProblem.ShouldBe("slipway.yaml is no file but a link");
    }

    [Fact]
    public async Task The_head_is_read_of_files_packed_or_not_and_by_git_where_they_are_elsewhere()
    {
        var id = _origin.Commit("one");
        _origin.Git("pack-refs", "--all");
        (await _mirrors.HeadAsync(Source, null, Cancel)).ShouldBe(id);
        var tree = _origin.Folder + "-tree";
        _origin.Git("worktree", "add", "--quiet", "-b", "side", tree);
        (await _mirrors.HeadAsync(new SourceSpec(tree, "side", null), null, Cancel)).ShouldBe(id);
    }

    [Fact]
    public async Task Hooks_and_configuration_of_the_repository_are_not_run()
    {
        _origin.Commit("one");
        var owned = Path.Combine(_origin.Mirrors, "owned");
        await ReadAsync("main");
        var hook = Path.Combine(_mirrors.MirrorOf("shop"), "hooks", "reference-transaction");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\ntouch {owned}\n", Cancel);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _origin.Commit("two");
        await ReadAsync("main");
        File.Exists(owned).ShouldBeFalse();
    }

    public void Dispose() => _origin.Dispose();

    private Task<SourceCommit> ReadAsync(string @ref, string? since = null, string? path = null) => _mirrors.ReadAsync("shop", Source with { Path = path }, @ref, since, Cancel);
}
