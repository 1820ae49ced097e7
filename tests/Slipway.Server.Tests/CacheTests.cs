using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests;

/// <summary>What agents find and leave for jobs, over HTTP, by the plans that the server has made of the attempts.</summary>
public sealed class CacheTests
{
    private const string Repository = "https://git.example.org/shop.git";
    private static readonly string Key = new('a', 64), Other = new('b', 64);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_job_saves_is_found_by_the_next_of_its_branch_and_nothing_replaces_it()
    {
        await using var running = await RunningServer.StartAsync();
        var agent = await running.AsAsync(Role.Agent, "one");
        await WantAsync(running, "one", Plan("shop-run-1", "refs/heads/main"), Plan("shop-run-2", "refs/heads/main"));
        (await agent.GetAsync(PathOf("shop-run-1"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PutAsync(agent, "shop-run-1", "the first")).ShouldBeNull();
        (await PutAsync(agent, "shop-run-1", "the second")).ShouldBe("another job has saved it for main meanwhile");
        var found = (await FindAsync(agent, "shop-run-2"))!;
        (found.Digest, found.Bytes, found.From).ShouldBe((DigestOf("the first"), 9, "main"));
        (await BytesAsync(agent, "shop-run-2", found.Digest)).ShouldBe("the first");
        (await BytesAsync(agent, "shop-run-2", DigestOf("the second"))).ShouldBeNull();
        (await FindAsync(agent, "shop-run-2", Other)).ShouldBeNull();
    }

    [Fact]
    public async Task A_branch_a_tag_and_a_bare_commit_read_the_followed_branch_and_leave_nothing_for_it()
    {
        await using var running = await RunningServer.StartAsync();
        var agent = await running.AsAsync(Role.Agent, "one");
        string?[] refs = ["refs/heads/evil", "refs/tags/v1.0.0", "refs/tags/main", null];
        await WantAsync(running, "one", [.. refs.Select((r, i) => Plan($"shop-run-{i}", r)), Plan("shop-run-8", "refs/heads/main"), Plan("shop-run-9", "refs/heads/evil")]);
        foreach (var (_, i) in refs.Select((r, i) => (r, i)))
        {
            (await PutAsync(agent, $"shop-run-{i}", $"poison {i}")).ShouldBe(refs[i] is null ? "its run is of a bare commit, and saves for no branch" : null);
        }

        (await FindAsync(agent, "shop-run-8")).ShouldBeNull();
        (await BytesAsync(agent, "shop-run-8", DigestOf("poison 0"))).ShouldBeNull();
        (await PutAsync(agent, "shop-run-8", "sound")).ShouldBeNull();
        // Each its own first; whoever has none takes the followed branch's.
        (await FindAsync(agent, "shop-run-9"))!.From.ShouldBe("evil");
        (await FindAsync(agent, "shop-run-1"))!.From.ShouldBe("tag v1.0.0");
        (await FindAsync(agent, "shop-run-3"))!.From.ShouldBe("main");
        // What cannot be used is forgotten for those alone that could have saved it.
        (await agent.DeleteAsync($"{PathOf("shop-run-3")}?digest={DigestOf("sound")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await agent.DeleteAsync($"{PathOf("shop-run-0")}?digest={DigestOf("sound")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await FindAsync(agent, "shop-run-8"))!.Digest.ShouldBe(DigestOf("sound"));
        (await agent.DeleteAsync($"{PathOf("shop-run-0")}?digest={DigestOf("poison 0")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await FindAsync(agent, "shop-run-9"))!.From.ShouldBe("main");
    }

    [Fact]
    public async Task Another_repository_and_a_service_that_follows_another_branch_are_told_nothing()
    {
        await using var running = await RunningServer.StartAsync();
        var agent = await running.AsAsync(Role.Agent, "one");
        await WantAsync(
            running, "one", Plan("shop-run-1", "refs/heads/main"), Plan("web-run-1", "refs/heads/main", repository: Repository),
            Plan("other-run-1", "refs/heads/main", repository: "https://git.example.org/other.git"), Plan("evil-run-1", "refs/heads/evil", branch: "evil"), Plan("evil-run-2", "refs/heads/main", branch: "evil"));
        // Somebody adds a service that follows a branch of his own: that makes it nobody else's followed branch.
        (await PutAsync(agent, "evil-run-1", "poison")).ShouldBeNull();
        (await FindAsync(agent, "shop-run-1")).ShouldBeNull();
        (await PutAsync(agent, "shop-run-1", "sound")).ShouldBeNull();
        (await FindAsync(agent, "web-run-1"))!.Digest.ShouldBe(DigestOf("sound"));
        (await FindAsync(agent, "other-run-1")).ShouldBeNull();
        (await FindAsync(agent, "evil-run-1"))!.Digest.ShouldBe(DigestOf("poison"));
        (await FindAsync(agent, "evil-run-2"))!.Digest.ShouldBe(DigestOf("sound"));
    }

    [Fact]
    public async Task An_agent_is_heard_for_its_own_jobs_that_have_caches_and_for_keys_that_are_keys()
    {
        await using var running = await RunningServer.StartAsync();
        var (one, two) = (await running.AsAsync(Role.Agent, "one"), await running.AsAsync(Role.Agent, "two"));
        await WantAsync(running, "one", Plan("shop-run-1", "refs/heads/main"), Plan("shop-run-2", "refs/heads/main") with { Caches = [] }, Plan("shop-run-3", "refs/heads/main") with { Job = "test (a/b)" });
        (await PutAsync(one, "shop-run-1", "x")).ShouldBeNull();
        foreach (var (client, path) in new[] { (two, PathOf("shop-run-1")), (one, PathOf("shop-run-2")), (one, PathOf("shop-run-7")), (one, PathOf("shop-run-1", attempt: 2)), (one, PathOf("shop-run-1", "../../x")), (one, PathOf("shop-run-1", new string('A', 64))) })
        {
            (await client.GetAsync(path, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await client.GetAsync($"{path}/bytes?digest={DigestOf("x")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await client.PutAsync($"{path}?digest={DigestOf("y")}", new StringContent("y"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await client.DeleteAsync($"{path}?digest={DigestOf("x")}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        (await FindAsync(one, "shop-run-1")).ShouldNotBeNull();
        (await one.GetAsync($"{CachePaths.Path}/shop-run-3/{Uri.EscapeDataString("test (a/b)")}/1/{Key}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await running.Admin.GetAsync(PathOf("shop-run-1"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await running.Anonymous.GetAsync(PathOf("shop-run-1"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_was_not_used_for_the_longest_time_makes_room_and_what_is_too_large_is_not_taken()
    {
        await using var running = await RunningServer.StartAsync(o => o with { MaxCacheBytes = 2500, MaxCacheBytesOfOne = 1500, SpareBytes = 0 });
        var agent = await running.AsAsync(Role.Agent, "one");
        await WantAsync(running, "one", Plan("shop-run-1", "refs/heads/main"));
        string[] keys = [Key, Other, new('c', 64), new('d', 64)];
        foreach (var key in keys[..2])
        {
            (await PutAsync(agent, "shop-run-1", Kilobyte(key), key)).ShouldBeNull();
            running.Time.Advance(TimeSpan.FromHours(1));
        }

        (await FindAsync(agent, "shop-run-1", keys[0])).ShouldNotBeNull();
        running.Time.Advance(TimeSpan.FromHours(1));
        (await PutAsync(agent, "shop-run-1", Kilobyte(keys[2]), keys[2])).ShouldBeNull();
        (await FindAsync(agent, "shop-run-1", keys[1])).ShouldBeNull();
        (await FindAsync(agent, "shop-run-1", keys[0])).ShouldNotBeNull();
        (await PutAsync(agent, "shop-run-1", new string('x', 1501), keys[3])).ShouldBe("it has more than the 1500 bytes that one may have");
        (await PutAsync(agent, "shop-run-1", "this", keys[3], DigestOf("that"))).ShouldBe("it was damaged on its way to the server");
        Blobs(running).Sum(file => file.Length).ShouldBe(2000);
        Directory.GetFiles(Path.Combine(running.Data, "caches", "incoming")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_takes_nothing_and_gives_up_what_it_has()
    {
        await using var running = await RunningServer.StartAsync(o => o with { SpareBytes = long.MaxValue });
        var agent = await running.AsAsync(Role.Agent, "one");
        await WantAsync(running, "one", Plan("shop-run-1", "refs/heads/main"));
        (await PutAsync(agent, "shop-run-1", "x")).ShouldBe("the server has no room for it");
        Blobs(running).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_that_are_gone_or_spoilt_are_forgotten_and_bytes_without_a_record_are_removed()
    {
        await using var running = await RunningServer.StartAsync();
        var agent = await running.AsAsync(Role.Agent, "one");
        // Another branch's run finds it out; the server knows by itself that the bytes are not what was saved.
        await WantAsync(running, "one", Plan("shop-run-1", "refs/heads/main"), Plan("shop-run-2", "refs/heads/evil"));
        (await PutAsync(agent, "shop-run-1", "sound")).ShouldBeNull();
        File.WriteAllText(Blobs(running).Single().FullName, "spoil");
        (await BytesAsync(agent, "shop-run-2", DigestOf("sound"))).ShouldBe("spoil");
        await Until.TrueAsync(() => !Blobs(running).Any());
        (await FindAsync(agent, "shop-run-1")).ShouldBeNull();

        (await PutAsync(agent, "shop-run-1", "sound")).ShouldBeNull();
        Blobs(running).Single().Delete();
        (await BytesAsync(agent, "shop-run-2", DigestOf("sound"))).ShouldBeNull();
        (await FindAsync(agent, "shop-run-1")).ShouldBeNull();

        // A server that ended between the bytes and their record.
        await using (var staged = await running.Part<ICacheFiles>().StageAsync(new MemoryStream("orphan"u8.ToArray()), 100, Cancel))
        {
            await staged.KeepAsync(Cancel);
        }

        (await PutAsync(agent, "shop-run-1", "next")).ShouldBeNull();
        Blobs(running).Single().Name.ShouldBe(DigestOf("next")["sha256:".Length..]);
    }

    [Fact]
    public async Task Of_many_jobs_that_save_at_once_one_is_first()
    {
        await using var running = await RunningServer.StartAsync();
        var agent = await running.AsAsync(Role.Agent, "one");
        await WantAsync(running, "one", Plan("shop-run-1", "refs/heads/main"));
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(agent, "shop-run-1", $"state {i}")));
        taken.Count(why => why is null).ShouldBe(1);
        (await BytesAsync(agent, "shop-run-1", (await FindAsync(agent, "shop-run-1"))!.Digest)).ShouldBe($"state {Array.IndexOf(taken, null)}");
    }

    private static string Kilobyte(string key) => new(key[0], 1000);

    private static IEnumerable<FileInfo> Blobs(RunningServer running) =>
        Directory.Exists(Path.Combine(running.Data, "caches", "sha256")) ? new DirectoryInfo(Path.Combine(running.Data, "caches", "sha256")).EnumerateFiles("*", SearchOption.AllDirectories) : [];

    private static JobPlan Plan(string run, string? @ref, string branch = "main", string repository = Repository)
    {
        var inputs = new RunInputs
        {
            Service = "shop", Commit = new string('c', 40), Branch = branch, Repository = repository, Ref = @ref, Version = "1.0.0", Subject = "s", Trigger = RunTrigger.Manual,
            Pipeline = new PipelineDefinition { Jobs = [new JobDefinition { Name = "build", Steps = [new StepDefinition { Name = "b", Run = "b" }], Caches = [ToolCaches.Find("npm")!] }] },
        };
        var state = new RunFlow().Decide(RunFlow.ProcessOf(run), null, new RunRequested(inputs, Actor.Slipway, null), DateTimeOffset.UnixEpoch).State;
        return JobPlan.Of(run, state, "build") with { Attempt = 1 };
    }

    private static async Task WantAsync(RunningServer running, string agent, params JobPlan[] plans) => (await running.Store.WriteWantedAsync(
        null,
        [.. plans.Select(plan => new WantedRow(agent, $"{QueuedJob.ResourcePrefix}{plan.Run}/1/{plan.Job}", JsonSerializer.Serialize(plan, JobPlanJson.Default.JobPlan), new FencingToken(running.Store.Generation, 1), RunFlow.ProcessOf(plan.Run)))],
        Cancel)).ShouldBeEmpty();

    private static string PathOf(string run, string? key = null, int attempt = 1) => $"{CachePaths.Path}/{run}/build/{attempt}/{Uri.EscapeDataString(key ?? Key)}";

    private static async Task<CacheFound?> FindAsync(HttpClient agent, string run, string? key = null)
    {
        using var response = await agent.GetAsync(PathOf(run, key), Cancel);
        return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadFromJsonAsync(CacheProtocolJson.Default.CacheFound, Cancel) : null;
    }

    private static async Task<string?> BytesAsync(HttpClient agent, string run, string digest)
    {
        using var response = await agent.GetAsync($"{PathOf(run)}{CachePaths.Bytes}?digest={digest}", Cancel);
        return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(Cancel) : null;
    }

    /// <returns>Why it was not taken; null: it was.</returns>
    private static async Task<string?> PutAsync(HttpClient agent, string run, string content, string? key = null, string? digest = null)
    {
        using var response = await agent.PutAsync($"{PathOf(run, key)}?digest={digest ?? DigestOf(content)}", new StringContent(content, Encoding.UTF8, "application/gzip"), Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await response.Content.ReadFromJsonAsync(CacheProtocolJson.Default.CacheTaken, Cancel))!.WhyNot;
    }

    private static string DigestOf(string content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
