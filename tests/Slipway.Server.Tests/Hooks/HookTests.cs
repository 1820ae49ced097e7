using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Tests.Hooks;

/// <summary>Deliveries to a real server, which follows a real repository.</summary>
public sealed class HookTests
{
    private const string Push = """{"ref":"refs/heads/main","repository":{"full_name":"team/shop"},"project":{"path_with_namespace":"team/shop"},"after":"irrelevant"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_is_looked_at_when_it_is_told_and_one_that_is_told_twice_or_late_makes_no_other_run()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        await HasRunsAsync(running, repository.Head);

        await GitHubAsync(running, hook, Push, "ping").SaysAsync(200, "The secret is right");
        (await SourceAsync(running)).Hook!.ToldAt.ShouldBeNull("a ping is no push");
        var second = await repository.CommitAsync("two");
        await GitHubAsync(running, hook, Push).SaysAsync(202, "shop looks at its branch main");
        await HasRunsAsync(running, second);
        var hooked = (await SourceAsync(running)).Hook!;
        (hooked.ToldBy, hooked.MadeBy).ShouldBe(("GitHub", "admin"));
        hooked.ToldAt.ShouldNotBeNull();

        // From here on nobody looks by itself for most of an hour.
        var third = await repository.CommitAsync("three");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GitHubAsync(running, hook, Push.Replace("irrelevant", second, StringComparison.Ordinal)).SaysAsync(202, "looks")));
        await HasRunsAsync(running, third);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GitHubAsync(running, hook, Push.Replace("irrelevant", second, StringComparison.Ordinal)).SaysAsync(202, "looks")));
        await Task.Delay(500, Cancel);
        (await RunsAsync(running)).ShouldBe([third, second, repository.First], "each commit was run once, in order, and none again");
        (await running.SentencesAsync("service=shop", 4)).Count(text => text.Contains("webhook", StringComparison.Ordinal)).ShouldBe(1, "not every delivery is recorded");
    }

    [Fact]
    public async Task GitLab_proves_itself_by_the_token_or_by_a_signature_and_by_both_if_it_sends_both()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        var (token, kind) = (("X-Gitlab-Token", hook.Secret), ("X-Gitlab-Event", "Push Hook"));
        var now = running.Time.GetUtcNow();
        await PostAsync(running, hook.GitLabPath, Push, token, kind).SaysAsync(202, "looks");
        await PostAsync(running, hook.GitLabPath, Push, token, ("X-Gitlab-Event", "Tag Push Hook")).SaysAsync(200, "only push events");
        await PostAsync(running, hook.GitLabPath, Push, [.. Signed(hook.Secret, Push, now), kind]).SaysAsync(202, "looks");
        await PostAsync(running, hook.GitLabPath, Push, [.. Signed(hook.Secret, Push, now), kind, token]).SaysAsync(202, "looks");
        (await SourceAsync(running)).Hook!.ToldBy.ShouldBe("GitLab");

        await PostAsync(running, hook.GitLabPath, Push, ("X-Gitlab-Token", hook.Secret + "x"), kind).ProblemAsync(401, "wrongSignature");
        await PostAsync(running, hook.GitLabPath, Push, kind).ProblemAsync(401, "notSigned");
        await PostAsync(running, hook.GitLabPath, Push + " ", [.. Signed(hook.Secret, Push, now), kind]).ProblemAsync(401, "wrongSignature");
        await PostAsync(running, hook.GitLabPath, Push + " ", [.. Signed(hook.Secret, Push, now), kind, token]).ProblemAsync(401, "wrongSignature");
        await PostAsync(running, hook.GitLabPath, Push, [.. Signed(hook.Secret, Push, now)[..2], kind, token, ("webhook-signature", "v1,AAAA v1a,BBBB nonsense")]).ProblemAsync(401, "wrongSignature");
        await PostAsync(running, hook.GitLabPath, Push, kind, token, ("webhook-signature", "v1,AAAA")).ProblemAsync(401, "wrongSignature");
        (await PostAsync(running, hook.GitLabPath, Push, [.. Signed(hook.Secret, Push, now.AddMinutes(-6)), kind]).ProblemAsync(401, "staleSignature")).Detail!.ShouldContain("more than 5 min");
    }

    [Fact]
    public async Task Anybody_with_the_secret_can_tell_of_a_push_with_curl()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        await HasRunsAsync(running, repository.Head);
        var body = Path.Combine(repository.Path, "push.json");
        await File.WriteAllTextAsync(body, """{"ref":"refs/heads/main"}""", Cancel);
        var second = await repository.CommitAsync("two");
        var said = await Repository.RunAsync(
            "bash", "-c", $$"""curl -s -H "X-Slipway-Signature-256: sha256=$(openssl dgst -sha256 -hmac '{{hook.Secret}}' -r < {{body}} | cut -d' ' -f1)" --data-binary @{{body}} {{running.Server.Url.AbsoluteUri.TrimEnd('/')}}{{hook.GenericPath}}""");
        said.ShouldBe("shop looks at its branch main.");
        await HasRunsAsync(running, second);

        await GenericAsync(running, hook, "").SaysAsync(202, "looks");
        await GenericAsync(running, hook, """{"ref":"refs/heads/other"}""").SaysAsync(200, "follows the branch main");
        await GenericAsync(running, hook, """{"ref":"refs/tags/main"}""").SaysAsync(200, "follows the branch main");
    }

    [Fact]
    public async Task What_is_not_signed_by_the_secret_of_its_service_is_refused_alike_whether_the_service_is_there_or_not()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        var other = await ShopAsync(running, repository, "store");
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"plain"}""").StatusAsync(201);
        var answers = new HashSet<string>();
        foreach (var service in new[] { "shop", "store", "plain", "no-such", "../shop", new string('x', 4000) })
        {
            using var answer = await PostAsync(running, $"/hooks/github?service={service}", Push, ("X-Hub-Signature-256", Hmac("whsec_AAAA", Push)), ("X-GitHub-Event", "push"));
            ((int)answer.StatusCode).ShouldBe(401);
            answers.Add(await answer.Content.ReadAsStringAsync(Cancel));
        }

        answers.ShouldHaveSingleItem().ShouldContain("wrongSignature");
        await PostAsync(running, other.GitHubPath, Push, ("X-Hub-Signature-256", Hmac(hook.Secret, Push)), ("X-GitHub-Event", "push")).ProblemAsync(401, "wrongSignature");
        await PostAsync(running, hook.GitHubPath, Push, ("X-GitHub-Event", "push")).ProblemAsync(401, "notSigned");
        foreach (var malformed in new[] { "sha256=", "sha256=zz", "sha1=" + new string('a', 64), Hmac(hook.Secret, Push)[7..], Hmac(hook.Secret, Push) + "0", "sha256=" + new string('g', 64) })
        {
            await PostAsync(running, hook.GitHubPath, Push, ("X-Hub-Signature-256", malformed), ("X-GitHub-Event", "push")).ProblemAsync(401, "notSigned");
        }

        await PostAsync(running, "/hooks/github", Push, ("X-Hub-Signature-256", Hmac(hook.Secret, Push))).ProblemAsync(400, "noService");
        await running.Anonymous.SendAsync("GET", hook.GitHubPath).ProblemAsync(405, "methodNotAllowed");
        (await SourceAsync(running)).Hook!.ToldAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_right_delivery_that_says_nothing_of_use_is_told_so()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        foreach (var garbage in new[] { "", "payload=%7B%7D", "[]", "null", "{\"ref\":", "{}", """{"ref":7,"repository":{"full_name":"team/shop"}}""", """{"ref":"refs/heads/main","repository":"team/shop"}""", new string('[', 100_000), "\u0001\u0000" })
        {
            (await GitHubAsync(running, hook, garbage).ProblemAsync(400, "invalidJson")).NextStep!.ShouldContain("application/json");
        }

        await GitHubAsync(running, hook, Push.Replace("team/shop", "team/other", StringComparison.Ordinal)).SaysAsync(200, "does not follow team/other");
        await GitHubAsync(running, hook, Push.Replace("refs/heads/main", "refs/heads/next", StringComparison.Ordinal)).SaysAsync(200, "follows the branch main");
        await GitHubAsync(running, hook, Push, "pull_request").SaysAsync(200, "only pushes");
        (await SourceAsync(running)).Hook!.ToldAt.ShouldBeNull("it is looked at each minute until it is told of a push of its own");
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_refused_before_it_is_read_however_it_is_signed()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        var fits = Push + new string(' ', ApiLimits.MostBodyBytes - Push.Length);
        await GitHubAsync(running, hook, fits).SaysAsync(202, "looks");
        // Who asks before sending hears it; who does not may find the connection closed in the middle.
        await PostAsync(running, hook.GitHubPath, fits + " ", ("X-Hub-Signature-256", Hmac(hook.Secret, fits + " ")), ("X-GitHub-Event", "push"), ("Expect", "100-continue")).ProblemAsync(413, "tooLarge");
    }

    [Fact]
    public async Task After_a_thousand_wrong_deliveries_a_right_one_is_taken_at_once()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        var padded = Push + new string(' ', 64 * 1024);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var counts = new Dictionary<HttpStatusCode, int>();
        foreach (var batch in Enumerable.Range(0, 1000).Chunk(20))
        {
            foreach (var answer in await Task.WhenAll(batch.Select(n => PostAsync(running, $"/hooks/github?service={(n % 2 == 0 ? "shop" : $"guess-{n}")}", padded, ("X-Hub-Signature-256", Hmac($"guess-{n}", padded)), ("X-GitHub-Event", "push")))))
            {
                counts[answer.StatusCode] = counts.GetValueOrDefault(answer.StatusCode) + 1;
                answer.Dispose();
            }
        }

        var watch = Stopwatch.StartNew();
        await GitHubAsync(running, hook, Push).SaysAsync(202, "looks");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(50 * 1024 * 1024);
        counts.Keys.ShouldBe([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], ignoreOrder: true);
        counts[HttpStatusCode.Unauthorized].ShouldBeInRange(FailuresByAddress.MostFailures, FailuresByAddress.MostFailures + 20);
        await running.Admin.SendAsync("GET", "/api/v1/whoami").StatusAsync(200);
        running.Time.Advance(FailuresByAddress.Window + TimeSpan.FromSeconds(1));
        await PostAsync(running, hook.GitHubPath, Push, ("X-Hub-Signature-256", Hmac("guess", Push))).ProblemAsync(401, "wrongSignature");
    }

    [Fact]
    public async Task A_secret_is_shown_once_replaced_on_request_and_goes_with_hook_repository_and_service()
    {
        using var repository = await Repository.MakeAsync();
        await using var running = await RunningServer.StartAsync();
        var hook = await ShopAsync(running, repository);
        hook.Secret.ShouldStartWith("whsec_");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/source/hook", "{}").ProblemAsync(409, "hookExists");
        await (await running.AsAsync(Role.Viewer)).SendAsync("POST", "/api/v1/services/shop/source/hook", "{}").ProblemAsync(403, "notAllowed");
        await GitHubAsync(running, hook, Push).SaysAsync(202, "looks");

        var next = await HookAsync(running, "shop", """{"rotate":true}""");
        next.Secret.ShouldNotBe(hook.Secret);
        await GitHubAsync(running, hook, Push).ProblemAsync(401, "wrongSignature");
        (await SourceAsync(running)).Hook!.ToldAt.ShouldBeNull("the new secret has told of nothing yet");
        await GitHubAsync(running, next, Push).SaysAsync(202, "looks");
        await NowhereAsync(running, next.Secret);

        // Another repository's pushes are not told by it; back at the one that it was made for, they are.
        using var elsewhere = await Repository.MakeAsync();
        await SetAsync(running, elsewhere.Path);
        (await SourceAsync(running)).Hook.ShouldBeNull();
        await GitHubAsync(running, next, Push).ProblemAsync(401, "wrongSignature");
        await SetAsync(running, repository.Path);
        await GitHubAsync(running, next, Push).SaysAsync(202, "looks");

        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source/hook").StatusAsync(204);
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source/hook").ProblemAsync(404, "notFound");
        await GitHubAsync(running, next, Push).ProblemAsync(401, "wrongSignature");

        var last = await HookAsync(running, "shop", "{}");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source").StatusAsync(204);
        await FollowsAsync(running, null);
        await GitHubAsync(running, last, Push).ProblemAsync(401, "wrongSignature");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/source/hook", "{}").ProblemAsync(404, "notFound");
        await SetAsync(running, repository.Path);
        await GitHubAsync(running, last, Push).ProblemAsync(401, "wrongSignature");
        await HookAsync(running, "shop", "{}");
        (await running.SentencesAsync("service=shop", 8)).Where(text => text.Contains("webhook", StringComparison.Ordinal)).Take(3).ShouldBe(
            ["admin made a webhook for the repository of shop.", "admin gave the webhook of the repository of shop a new secret.", "admin removed the webhook of the repository of shop."], ignoreOrder: true);
    }

    private static async Task<CreatedHook> ShopAsync(RunningServer running, Repository repository, string service = "shop")
    {
        await running.Admin.SendAsync("POST", "/api/v1/services", JsonSerializer.Serialize(new AddService { Name = service, Source = new SetSource { Repository = repository.Path } }, ApiJson.Of<AddService>())).StatusAsync(201);
        return await HookAsync(running, service, null);
    }

    private static async Task<CreatedHook> HookAsync(RunningServer running, string service, string? body) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("POST", $"/api/v1/services/{service}/source/hook", body).JsonAsync(201), ApiJson.Of<CreatedHook>())!;

    private static async Task SetAsync(RunningServer running, string repository)
    {
        await running.Admin.SendAsync("PUT", "/api/v1/services/shop/source", JsonSerializer.Serialize(new SetSource { Repository = repository }, ApiJson.Of<SetSource>())).StatusAsync(200);
        await FollowsAsync(running, repository);
    }

    /// <summary>What is asked of a source is in force once its process has taken it in.</summary>
    /// <param name="repository">Null: none.</param>
    private static async Task FollowsAsync(RunningServer running, string? repository)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var response = await running.Admin.SendAsync("GET", "/api/v1/services/shop/source");
            var text = await response.Content.ReadAsStringAsync(late.Token);
            if (repository == (response.StatusCode == HttpStatusCode.NotFound ? null : JsonSerializer.Deserialize(text, ApiJson.Of<SourceView>())!.Repository))
            {
                return;
            }

            await Task.Delay(20, late.Token);
        }
    }

    private static async Task<SourceView> SourceAsync(RunningServer running) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", "/api/v1/services/shop/source").JsonAsync(), ApiJson.Of<SourceView>())!;

    private static Task<HttpResponseMessage> GitHubAsync(RunningServer running, CreatedHook hook, string body, string kind = "push") =>
        PostAsync(running, hook.GitHubPath, body, ("X-Hub-Signature-256", Hmac(hook.Secret, body)), ("X-GitHub-Event", kind));

    private static Task<HttpResponseMessage> GenericAsync(RunningServer running, CreatedHook hook, string body) =>
        PostAsync(running, hook.GenericPath, body, ("X-Slipway-Signature-256", Hmac(hook.Secret, body)));

    private static Task<HttpResponseMessage> PostAsync(RunningServer running, string path, string body, params (string, string)[] headers) => running.Anonymous.SendAsync("POST", path, body, headers);

    private static string Hmac(string secret, string body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));

    private static (string, string)[] Signed(string secret, string body, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds();
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"msg_1.{seconds}.{body}")));
        return [("webhook-id", "msg_1"), ("webhook-timestamp", $"{seconds}"), ("webhook-signature", $"v1,AAAA v1,{signature}")];
    }

    private static async Task<IReadOnlyList<string>> RunsAsync(RunningServer running) =>
        [.. (await running.Admin.SendAsync("GET", "/api/v1/runs?service=shop").JsonAsync())["items"]!.AsArray().Select(run => run!["commit"]!.GetValue<string>())];

    /// <summary>A run of the commit is there within less than the pause between two looks of its own would take.</summary>
    private static async Task HasRunsAsync(RunningServer running, string commit)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (!(await RunsAsync(running)).Contains(commit))
        {
            await Task.Delay(50, late.Token);
        }
    }

    private static async Task NowhereAsync(RunningServer running, string secret)
    {
        await running.SettledHeadAsync();
        var copy = Path.Combine(running.Data, "copy.db");
        await running.Store.BackupAsync(copy, Cancel);
        (await File.ReadAllTextAsync(copy, Encoding.Latin1, Cancel)).Contains(secret["whsec_".Length..^1], StringComparison.Ordinal).ShouldBeFalse("it is sealed");
        foreach (var path in new[] { "/api/v1/services/shop/source", "/api/v1/ledger/entries", "/api/v1/services/shop" })
        {
            (await running.Admin.SendAsync("GET", path).JsonAsync()).ToJsonString().ShouldNotContain(secret["whsec_".Length..^1]);
        }
    }

    /// <summary>A repository that its host calls team/shop.</summary>
    private sealed class Repository : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public string Path => System.IO.Path.Combine(_folder.Path, "team", "shop");

        public static async Task<Repository> MakeAsync()
        {
            var made = new Repository();
            Directory.CreateDirectory(made.Path);
            made.Git("init", "--quiet", "--initial-branch=main");
            await File.WriteAllTextAsync(System.IO.Path.Combine(made.Path, "slipway.yaml"), "service: shop\npipeline: { jobs: { build: { steps: [ { run: make } ] } }, concurrency: queue }\nrun: { command: ./shop }\n", Cancel);
            made.Git("add", "slipway.yaml");
            await made.CommitAsync("one");
            return made;
        }

        public async Task<string> CommitAsync(string message)
        {
            await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "text"), message, Cancel);
            Git("add", "text");
            Git("commit", "--quiet", "--message=" + message);
            return Head;
        }

        public string Head => Git("rev-parse", "HEAD");

        public string First => Git("rev-list", "--max-parents=0", "HEAD");

        public void Dispose() => _folder.Dispose();

        public static async Task<string> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync(Cancel);
            await process.WaitForExitAsync(Cancel);
            process.ExitCode.ShouldBe(0);
            return output.Trim();
        }

        private string Git(params string[] arguments) => GitCommand.Run(Path, arguments);
    }
}

internal static class HookAnswers
{
    public static async Task SaysAsync(this Task<HttpResponseMessage> sending, int status, string words)
    {
        using var answer = await sending;
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(status, text);
        text.ShouldContain(words);
    }
}
