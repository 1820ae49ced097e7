using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Secrets;
using Slipway.Server.Api;
using Slipway.Server.Secrets;

namespace Slipway.Server.Tests.Secrets;

/// <summary>Repositories that ask who is there, with the real git and the real ssh.</summary>
public sealed class CredentialTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repository_that_asks_for_a_token_is_read_with_it_and_the_token_is_nowhere_to_be_found()
    {
        await using var host = await GitHost.StartAsync();
        await using var running = await RunningServer.StartAsync();
        var refused = await AddAsync(running, host.Url).ProblemAsync(400, "repositoryUnreadable");
        refused.NextStep!.ShouldContain("slipway service credential set");

        var wrong = await AddAsync(running, host.Url, new SetCredential { Token = "tok-this-is-not-it" }).ProblemAsync(400, "repositoryUnreadable");
        wrong.NextStep!.ShouldContain("The token that Slipway has is not");
        (wrong.Detail + wrong.NextStep).ShouldNotContain("tok-this-is-not-it");
        (await running.Admin.SendAsync("GET", "/api/v1/services").JsonAsync())["items"]!.AsArray().ShouldBeEmpty("no service is added that cannot be read");

        await AddAsync(running, host.Url, new SetCredential { Token = host.Token + "\n" }, key: "add-1").StatusAsync(201);
        await HasRunOfAsync(running, host.Commit);
        var shown = await ShowAsync(running);
        (shown.Kind, shown.User, shown.Place, shown.SetBy).ShouldBe((CredentialKindView.Token, "git", $"https://127.0.0.1:{host.Port}", "admin"));
        shown.LastUsedAt.ShouldNotBeNull();
        host.Authorizations.ShouldContain($"git:{host.Token}");
        host.SeenOnCommandLines.ShouldBeEmpty();

        await NowhereAsync(running, host.Token);
        (await running.SentencesAsync("service=shop", 2)).ShouldContain(text => text.StartsWith("admin gave the repository of shop a token, ", StringComparison.Ordinal));
        var file = Path.Combine(running.Data, SecretKeyFile.Name);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFileSystemEntries(Path.Combine(running.Data, "sources"), ".keys").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_gets_a_repository_with_its_credential_later_and_loses_both_together()
    {
        await using var host = await GitHost.StartAsync();
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop/source").ProblemAsync(404, "notFound")).NextStep.ShouldBe("Name it: slipway service source set shop URL");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source").ProblemAsync(404, "notFound");
        var body = JsonSerializer.Serialize(new SetSource { Repository = host.Url, Credential = new SetCredential { Token = host.Token } }, ApiJson.Of<SetSource>());
        await running.Admin.SendAsync("PUT", "/api/v1/services/shpo/source", body).ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("PUT", "/api/v1/services/shop/source", $$"""{"repository":"{{host.Url}}"}""").ProblemAsync(400, "repositoryUnreadable");
        await running.Admin.SendAsync("PUT", "/api/v1/services/shop/source", body.Replace(host.Token, "tok-this-is-not-it", StringComparison.Ordinal)).ProblemAsync(400, "repositoryUnreadable");
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/credential").ProblemAsync(404, "notFound");

        var set = await running.Admin.SendAsync("PUT", "/api/v1/services/shop/source", body, ("Idempotency-Key", "set-1")).JsonAsync();
        set["branch"]!.GetValue<string>().ShouldBe("main");
        await HasRunOfAsync(running, host.Commit);
        await NowhereAsync(running, host.Token);
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source", null, ("Idempotency-Key", "gone-1")).StatusAsync(204);
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source", null, ("Idempotency-Key", "gone-1")).StatusAsync(204);
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/source").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/credential").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/runs", "{}").ProblemAsync(404, "notFound");
        (await running.SentencesAsync("service=shop", 5)).ShouldContain("admin took the repository of shop away.");
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await running.Admin.SendAsync("GET", "/api/v1/runs?service=shop").JsonAsync())["items"]!.AsArray().Any(run => run!["state"]!.GetValue<string>() != "cancelled"))
        {
            await Task.Delay(50, late.Token);
        }

        await running.Admin.SendAsync("PUT", "/api/v1/services/shop/source", body).StatusAsync(200);
    }

    [Fact]
    public async Task A_credential_that_does_not_open_the_repository_does_not_take_the_place_of_one_that_does()
    {
        await using var host = await GitHost.StartAsync();
        host.User = "deploy";
        await using var running = await RunningServer.StartAsync();
        await AddAsync(running, host.Url, new SetCredential { Token = host.Token, User = "deploy" }).StatusAsync(201);
        var before = await ShowAsync(running);
        await SetAsync(running, new SetCredential { Token = "tok-this-is-not-it", User = "deploy" }).ProblemAsync(400, "repositoryUnreadable");
        (await ShowAsync(running)).Fingerprint.ShouldBe(before.Fingerprint);
        host.Token = "tok-this-is-the-next-one";
        await SetAsync(running, new SetCredential { Token = host.Token, User = "deploy" }).StatusAsync(200);
        (await ShowAsync(running)).Fingerprint.ShouldNotBe(before.Fingerprint);

        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/credential").StatusAsync(204);
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/credential").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop/credential").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("GET", "/api/v1/services/shpo/credential").ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task A_credential_is_for_its_host_alone()
    {
        await using var thief = await GitHost.StartAsync();
        await using var running = await RunningServer.StartAsync();
        await using var trusted = await GitHost.StartAsync();
        await AddAsync(running, trusted.Url, new SetCredential { Token = trusted.Token }).StatusAsync(201);

        var moved = await running.Admin.SendAsync("PUT", "/api/v1/services/shop/source", $$"""{"repository":"{{thief.Url}}","branch":"main"}""").ProblemAsync(400, "repositoryUnreadable");
        moved.Detail!.ShouldContain("does not get to see it");
        moved.NextStep!.ShouldContain("slipway service credential set shop");

        trusted.RedirectTo = $"https://localhost:{trusted.Port}/elsewhere";
        var before = trusted.Authorizations.Count;
        await Should.ThrowAsync<SourceUnavailableException>(running.Part<ISourceProvider>().HeadAsync(
            new SourceSpec(trusted.Url, "main", null), await running.Part<Credentials>().FindAsync("shop", new SourceSpec(trusted.Url, "main", null), Cancel), Cancel));
        trusted.Authorizations.Count.ShouldBe(before, "a redirection is not followed, and gets nothing");
        thief.Authorizations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_whose_key_is_lost_says_so_and_goes_with_its_service()
    {
        await using var host = await GitHost.StartAsync();
        await using var running = await RunningServer.StartAsync();
        await AddAsync(running, host.Url, new SetCredential { Token = host.Token }).StatusAsync(201);
        using var folder = new TemporaryFolder();
        var elsewhere = new SecretKeyFile(folder.Path);
        elsewhere.ReadOrMake().Length.ShouldBe(32);
        var spec = new SourceSpec(host.Url, "main", null);
        var lost = await Should.ThrowAsync<SourceUnavailableException>(new Credentials(running.Store, new SecretBox(elsewhere)).FindAsync("shop", spec, Cancel));
        lost.Message.ShouldContain(elsewhere.Place);
        lost.NextStep.ShouldContain("give the credential again");
        (await running.Part<Credentials>().FindAsync("shop", spec, Cancel)).ShouldBeOfType<SourceAccess.Token>().ToString()!.ShouldNotContain(host.Token);

        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop").StatusAsync(204);
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/credential").ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task A_repository_over_ssh_is_read_with_a_key_once_its_host_is_known()
    {
        await using var host = await GitHost.StartAsync();
        using var ssh = await SshHost.StartAsync();
        await using var running = await RunningServer.StartAsync();
        var url = ssh.UrlOf(host.Folder);

        var unknown = await AddAsync(running, url, new SetCredential { PrivateKey = ssh.ClientKey }).ProblemAsync(400, "unknownHost");
        unknown.Detail!.ShouldContain($"{ssh.HostFingerprint} (ssh-ed25519)");
        unknown.NextStep!.ShouldContain("--host-key");
        await AddAsync(running, url, new SetCredential { PrivateKey = ssh.ClientKey, HostKey = "SHA256:" + new string('x', 43) }).ProblemAsync(400, "unknownHost");
        var notLetIn = await AddAsync(running, url, new SetCredential { PrivateKey = ssh.OtherKey, HostKey = ssh.HostFingerprint }).ProblemAsync(400, "repositoryUnreadable");
        notLetIn.NextStep!.ShouldContain("The key that Slipway has is not");
        var otherHost = ssh.KnownHosts.Replace(ssh.KnownHosts.Split(' ')[2].Trim(), Convert.ToBase64String(RandomEd25519()), StringComparison.Ordinal);
        (await AddAsync(running, url, new SetCredential { PrivateKey = ssh.ClientKey, KnownHosts = otherHost }).ProblemAsync(400, "repositoryUnreadable")).NextStep!.ShouldContain("somebody stands in between");

        await AddAsync(running, url, new SetCredential { PrivateKey = ssh.ClientKey, HostKey = ssh.HostFingerprint }).StatusAsync(201);
        await HasRunOfAsync(running, host.Commit);
        var shown = await ShowAsync(running);
        (shown.Kind, shown.User, shown.Fingerprint).ShouldBe((CredentialKindView.Key, null, ssh.ClientFingerprint));
        await SetAsync(running, new SetCredential { PrivateKey = ssh.ClientKey, KnownHosts = ssh.KnownHosts }).StatusAsync(200);
        await Until.TrueAsync(() => Directory.GetFileSystemEntries(Path.Combine(running.Data, "sources", ".keys")).Length == 0);
        await NowhereAsync(running, ssh.ClientKey.Split('\n')[2]);
    }

    [Fact]
    public async Task What_cannot_be_a_credential_of_this_repository_is_refused_with_the_way_out()
    {
        await using var running = await RunningServer.StartAsync();
        const string Https = "https://127.0.0.1:1/shop.git", Ssh = "git@127.0.0.1:shop.git";
        (await AddAsync(running, Https, new SetCredential { Token = "short" }).ProblemAsync(400, "invalidToken")).Detail!.ShouldNotContain("'short'");
        await AddAsync(running, Https, new SetCredential { Token = "two lines\nof a file" }).ProblemAsync(400, "invalidToken");
        await AddAsync(running, Https, new SetCredential { Token = "tok-12345678", User = "a:b" }).ProblemAsync(400, "invalidUser");
        await AddAsync(running, Https, new SetCredential { PrivateKey = "x" }).ProblemAsync(400, "wrongCredential");
        await AddAsync(running, Https, new SetCredential()).ProblemAsync(400, "wrongCredential");
        await AddAsync(running, Ssh, new SetCredential { Token = "tok-12345678" }).ProblemAsync(400, "wrongCredential");
        await AddAsync(running, Ssh, new SetCredential { PrivateKey = "hello" }).ProblemAsync(400, "invalidKey");
        await AddAsync(running, "/srv/shop", new SetCredential { Token = "tok-12345678" }).ProblemAsync(400, "credentialNeedless");
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"plain"}""").StatusAsync(201);
        await running.Admin.SendAsync("PUT", "/api/v1/services/plain/credential", """{"token":"tok-12345678"}""").ProblemAsync(404, "notFound");
        var viewer = await running.AsAsync(Role.Viewer);
        await viewer.SendAsync("PUT", "/api/v1/services/plain/credential", """{"token":"tok-12345678"}""").ProblemAsync(403, "notAllowed");
        File.Exists(Path.Combine(running.Data, SecretKeyFile.Name)).ShouldBeFalse("a key is made for the first secret");
    }

    [Fact]
    public void A_damaged_key_file_is_refused_and_not_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, SecretKeyFile.Name);
        File.WriteAllText(path, "not a key");
        Should.Throw<StoreUnavailableException>(() => new SecretKeyFile(folder.Path).ReadOrMake()).Message.ShouldContain(path);
        File.ReadAllText(path).ShouldBe("not a key");
        File.Delete(path);
        var made = new SecretKeyFile(folder.Path).ReadOrMake();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        new SecretKeyFile(folder.Path).Read().ShouldBe(made);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static Task<HttpResponseMessage> AddAsync(RunningServer running, string repository, SetCredential? credential = null, string? key = null) => running.Admin.SendAsync(
        "POST", "/api/v1/services", JsonSerializer.Serialize(new AddService { Name = "shop", Source = new SetSource { Repository = repository, Branch = "main", Credential = credential } }, ApiJson.Of<AddService>()),
        key is null ? [] : [("Idempotency-Key", key)]);

    private static Task<HttpResponseMessage> SetAsync(RunningServer running, SetCredential credential) =>
        running.Admin.SendAsync("PUT", "/api/v1/services/shop/credential", JsonSerializer.Serialize(credential, ApiJson.Of<SetCredential>()), ("Idempotency-Key", "set"));

    private static async Task<CredentialView> ShowAsync(RunningServer running) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", "/api/v1/services/shop/credential").JsonAsync(), ApiJson.Of<CredentialView>())!;

    /// <summary>The commit came into the mirror, and a run of it waits for an agent.</summary>
    private static async Task HasRunOfAsync(RunningServer running, string commit)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await running.Admin.SendAsync("GET", "/api/v1/runs?service=shop").JsonAsync())["items"]!.AsArray().All(run => run!["commit"]!.GetValue<string>() != commit))
        {
            await Task.Delay(50, late.Token);
        }
    }

    /// <summary>A secret is in none of the forms in which it could have got out, in no file of the data directory but sealed, and in no answer.</summary>
    private static async Task NowhereAsync(RunningServer running, string secret)
    {
        await running.SettledHeadAsync();
        await running.Store.BackupAsync(Path.Combine(running.Data, "copy.db"), Cancel);
        string[] forms =
        [
            secret, Uri.EscapeDataString(secret), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))),
            .. Enumerable.Range(0, 3).Select(offset => Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', offset) + secret))[4..^4]),
        ];
        foreach (var path in Directory.GetFiles(running.Data, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, Encoding.Latin1);
            var stored = await reader.ReadToEndAsync(Cancel);
            forms.ShouldAllBe(form => !stored.Contains(form, StringComparison.Ordinal), path);
        }

        foreach (var path in new[] { "/api/v1/services/shop/credential", "/api/v1/services/shop/source", "/api/v1/ledger/entries", "/api/v1/runs", "/api/v1/services/shop" })
        {
            var answer = (await running.Admin.SendAsync("GET", path).JsonAsync()).ToJsonString();
            forms.ShouldAllBe(form => !answer.Contains(form, StringComparison.Ordinal), path);
        }
    }

    /// <summary>A public key in ssh's form that nobody has.</summary>
    private static byte[] RandomEd25519() => [0, 0, 0, 11, .. "ssh-ed25519"u8, 0, 0, 0, 32, .. RandomNumberGenerator.GetBytes(32)];
}
