using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Client.Http;

namespace Slipway.Server.Tests;

public sealed class ReleaseTests
{
    private const string Definition = "service: shop\nowner: team-web\nrun:\n  command: ./run\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_becomes_a_release_that_names_its_artifact_by_digest()
    {
        await using var running = await WithServiceAsync();
        var artifact = Archive(("run", "#!/bin/sh\n"));
        var answer = await UploadAsync(running, artifact, "1.0.0", Definition).JsonAsync(201);
        answer["created"]!.GetValue<bool>().ShouldBeTrue();
        var release = answer["release"]!;
        release["artifactDigest"]!.GetValue<string>().ShouldBe("sha256:" + Convert.ToHexStringLower(SHA256.HashData(artifact)));
        release["artifactBytes"]!.GetValue<long>().ShouldBe(artifact.Length);
        release["definition"]!.GetValue<string>().ShouldBe(Definition);
        var service = await running.Admin.SendAsync("GET", "/api/v1/services/shop").JsonAsync();
        service["latestVersion"]!.GetValue<string>().ShouldBe("1.0.0");
        service["owner"]!.GetValue<string>().ShouldBe("team-web");
        var stored = Path.Combine(running.Data, "artifacts", "sha256");
        Directory.GetFiles(stored, "*", SearchOption.AllDirectories).Length.ShouldBe(1);
        var listed = await running.Admin.SendAsync("GET", "/api/v1/services/shop/releases").JsonAsync();
        listed["items"]![0]!["definition"].ShouldBeNull();
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop/releases/1.0.0").JsonAsync())["definition"]!.GetValue<string>().ShouldBe(Definition);
    }

    [Fact]
    public async Task The_definition_comes_from_the_field_else_from_the_artifact_else_from_the_newest_release()
    {
        await using var running = await WithServiceAsync();
        await UploadAsync(running, Archive(("run", "1")), "0.1", null).ProblemAsync(400, "definitionMissing");
        var inside = Definition + "# inside\n";
        (await UploadAsync(running, Archive(("./slipway.yaml", inside), ("run", "2")), "0.2", null).JsonAsync(201))["release"]!["definition"]!.GetValue<string>().ShouldBe(inside);
        (await UploadAsync(running, Archive(("run", "3")), "0.3", null).JsonAsync(201))["release"]!["definition"]!.GetValue<string>().ShouldBe(inside);
        (await UploadAsync(running, Archive(("slipway.yaml", inside), ("run", "4")), "0.4", Definition).JsonAsync(201))["release"]!["definition"]!.GetValue<string>().ShouldBe(Definition);
    }

    [Fact]
    public async Task A_definition_with_mistakes_is_refused_with_each_and_its_place()
    {
        await using var running = await WithServiceAsync();
        var problem = await UploadAsync(running, Archive(("run", "1")), "1.0", "service: shop\nownr: team-web\nrun:\n  command: ./run\n  instances: many\n", "ops/slipway.yaml").ProblemAsync(400, "invalidDefinition");
        problem.Problems!.Select(p => (p.File, p.Line)).ShouldBe([("ops/slipway.yaml", 2), ("ops/slipway.yaml", 5)]);
        var other = await UploadAsync(running, Archive(("run", "1")), "1.0", Definition.Replace("shop", "other", StringComparison.Ordinal)).ProblemAsync(400, "invalidDefinition");
        other.Problems!.Single().Message.ShouldContain("'other'");
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop").JsonAsync())["releases"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Large_files_are_looked_through_too()
    {
        await using var running = await WithServiceAsync();
        var large = Convert.ToHexString(RandomNumberGenerator.GetBytes(3_000_000));
        await UploadAsync(running, Archive(("data", large), ("run", "x"), ("slipway.yaml", Definition)), "1.0", null).StatusAsync(201);
    }

    [Fact]
    public async Task A_release_never_changes()
    {
        await using var running = await WithServiceAsync();
        var (one, two) = (Archive(("run", "1")), Archive(("run", "2")));
        await UploadAsync(running, one, "1.0", Definition).StatusAsync(201);
        var again = await UploadAsync(running, one, "1.0", Definition).JsonAsync(200);
        again["created"]!.GetValue<bool>().ShouldBeFalse();
        await UploadAsync(running, two, "1.0", Definition).ProblemAsync(409, "alreadyExists");
        await UploadAsync(running, one, "1.0", Definition + "# changed\n").ProblemAsync(409, "alreadyExists");
    }

    [Fact]
    public async Task The_same_commit_with_another_artifact_becomes_the_next_build_of_the_version()
    {
        await using var running = await WithServiceAsync();
        var commit = new string('a', 40);
        string Version(JsonObject answer) => answer["release"]!["version"]!.GetValue<string>();
        Version(await UploadAsync(running, Archive(("run", "1")), "1.0", Definition, commit: commit).JsonAsync(201)).ShouldBe("1.0");
        Version(await UploadAsync(running, Archive(("run", "2")), "1.0", Definition, commit: commit).JsonAsync(201)).ShouldBe("1.0-r2");
        Version(await UploadAsync(running, Archive(("run", "3")), "1.0", Definition, commit: commit).JsonAsync(201)).ShouldBe("1.0-r3");
        Version(await UploadAsync(running, Archive(("run", "2")), "1.0", Definition, commit: commit).JsonAsync(200)).ShouldBe("1.0-r2");
        Version(await UploadAsync(running, Archive(("run", "1")), "9.9", Definition, commit: commit).JsonAsync(200)).ShouldBe("1.0");
        await UploadAsync(running, Archive(("run", "4")), "1.0", Definition, commit: new string('b', 40)).ProblemAsync(409, "alreadyExists");
    }

    [Fact]
    public async Task Uploads_at_the_same_time_lose_nothing()
    {
        await using var running = await WithServiceAsync();
        var sent = Enumerable.Range(0, 8).Select(i => UploadAsync(running, Archive(("run", $"{i}")), $"1.{i}", Definition)).ToList();
        foreach (var response in await Task.WhenAll(sent))
        {
            ((int)response.StatusCode).ShouldBe(201);
            response.Dispose();
        }

        (await running.Admin.SendAsync("GET", "/api/v1/services/shop").JsonAsync())["releases"]!.GetValue<int>().ShouldBe(8);
    }

    [Fact]
    public async Task A_key_that_stands_for_one_upload_does_not_take_another()
    {
        await using var running = await WithServiceAsync();
        await UploadAsync(running, Archive(("run", "1")), "1.0", Definition, key: "up").StatusAsync(201);
        await UploadAsync(running, Archive(("run", "1")), "1.0", Definition, key: "up").StatusAsync(200);
        await UploadAsync(running, Archive(("run", "2")), "2.0", Definition, key: "up").ProblemAsync(422, "idempotencyKeyReused");
    }

    // Always the same: where a tar's checksum stands, a zero would make the end of an archive of it.
    private static byte[] Noise()
    {
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        return noise;
    }

    public static TheoryData<string, byte[]> HostileArtifacts() => new()
    {
        { "the artifact is empty", [] },
        { "not a whole tar", Encoding.UTF8.GetBytes("this is no archive, only some text that somebody sent") },
        { "not a whole tar", Noise() },
        { "not a whole tar", Archive(("run", new string('x', 50_000)))[..^200] },
        { "there is no file", Raw(new GnuTarEntry(TarEntryType.Directory, "only/")) },
        { "climbs out", Raw(File("../outside", "x")) },
        { "climbs out", Raw(File("a/../../outside", "x")) },
        { "is absolute", Raw(File("/etc/passwd", "x")) },
        { "link to", Raw(new GnuTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = "../../etc" }, File("run", "x")) },
        { "link to", Raw(new GnuTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = "/etc" }, File("run", "x")) },
        { "hard link", Raw(File("run", "x"), new GnuTarEntry(TarEntryType.HardLink, "out") { LinkName = "../../etc/passwd" }) },
        { "CharacterDevice", Raw(File("run", "x"), new GnuTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 }) },
        { "Fifo", Raw(File("run", "x"), new GnuTarEntry(TarEntryType.Fifo, "pipe")) },
        { "times its size", Bomb() },
    };

    [Theory]
    [MemberData(nameof(HostileArtifacts), DisableDiscoveryEnumeration = true)]
    public async Task A_hostile_artifact_is_refused_with_its_reason_and_leaves_nothing_behind(string says, byte[] artifact)
    {
        await using var running = await WithServiceAsync();
        using var response = await UploadAsync(running, artifact, "1.0", Definition);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(400, text);
        JsonNode.Parse(text)!["detail"]!.GetValue<string>().ShouldContain(says, Case.Insensitive);
        Directory.GetFiles(Path.Combine(running.Data, "artifacts"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        await UploadAsync(running, Archive(("run", "1")), "1.0", Definition).StatusAsync(201);
    }

    [Fact]
    public async Task An_artifact_over_the_bound_is_refused_and_leaves_nothing_behind()
    {
        await using var running = await WithServiceAsync(o => o with { MaxArtifactBytes = 10_000 });
        await UploadAsync(running, RandomNumberGenerator.GetBytes(20_000), "1.0", Definition).ProblemAsync(413, "tooLarge");
        Directory.GetFiles(Path.Combine(running.Data, "artifacts"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        await UploadAsync(running, Archive(("run", "1")), "1.0", Definition).StatusAsync(201);
    }

    [Fact]
    public async Task An_upload_that_is_none_is_refused()
    {
        await using var running = await WithServiceAsync();
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/releases", "{}").ProblemAsync(415, "notJson");
        await SendAsync(running, "shop", form => form.Add(new StringContent("1.0"), "version")).ProblemAsync(400, "artifactMissing");
        await SendAsync(running, "shop", form => Add(form, Archive(("run", "1")))).ProblemAsync(400, "versionMissing");
        await SendAsync(running, "shop", form => form.Add(new StringContent("x"), "surprise")).ProblemAsync(400, "unknownField");
        await SendAsync(running, "shop", form =>
        {
            form.Add(new StringContent("1"), "version");
            form.Add(new StringContent("2"), "version");
        }).ProblemAsync(400, "fieldTwice");
        await SendAsync(running, "shop", form => form.Add(new StringContent(new string('x', 1_100_000)), "notes")).ProblemAsync(413, "tooLarge");
        await UploadAsync(running, Archive(("run", "1")), "../1", Definition).ProblemAsync(400, "invalidVersion");
        await UploadAsync(running, Archive(("run", "1")), "1", Definition, commit: "HEAD").ProblemAsync(400, "invalidCommit");
        await SendAsync(running, "none", form => Add(form, Archive(("run", "1")))).ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task A_body_that_is_cut_off_is_refused()
    {
        await using var running = await WithServiceAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/services/shop/releases", UriKind.Relative));
        request.Content = new StringContent("--b\r\nContent-Disposition: form-data; name=\"version\"\r\n\r\n1.0", Encoding.UTF8);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        await running.Admin.SendAsync(request, Cancel).ProblemAsync(400, "invalidUpload");
    }

    [Fact]
    public async Task A_veto_stays_with_its_reason()
    {
        await using var running = await WithServiceAsync();
        await UploadAsync(running, Archive(("run", "1")), "1.0", Definition).StatusAsync(201);
        var vetoed = await running.Admin.SendAsync("POST", "/api/v1/services/shop/releases/1.0/veto", """{"why":"leaks memory"}""").JsonAsync();
        vetoed["veto"]!["why"]!.GetValue<string>().ShouldBe("leaks memory");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/releases/1.0/veto", """{"why":"again"}""").ProblemAsync(409, "alreadyVetoed");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/releases/2.0/veto", """{"why":"x"}""").ProblemAsync(404, "notFound");
        var texts = await running.SentencesAsync("service=shop", 3);
        texts.ShouldBe(["admin added the service shop.", "admin created the release shop@1.0.", "admin vetoed shop@1.0: leaks memory."]);
    }

    [Fact]
    public async Task A_release_s_journey_has_its_artifact_and_its_own_promotions_newest_first()
    {
        await using var running = await WithServiceAsync();
        await UploadAsync(running, Archive(("run", "1")), "1.0", Definition).StatusAsync(201);
        await UploadAsync(running, Archive(("run", "2")), "2.0", Definition).StatusAsync(201);
        var asked = new List<string>();
        foreach (var (version, environment) in new[] { ("1.0", "dev"), ("2.0", "prod"), ("1.0", "prod") })
        {
            asked.Add((await running.Admin.SendAsync("POST", "/api/v1/promotions", $$"""{"service":"shop","environment":"{{environment}}","version":"{{version}}"}""").JsonAsync(201))["id"]!.GetValue<string>());
        }

        using var client = new SlipwayClient(new() { Server = running.Server.Url, Token = running.Admin.DefaultRequestHeaders.Authorization!.Parameter });
        var journey = await client.ReleaseJourney("shop", "1.0", Cancel);
        (journey.Release.Version, journey.Release.Definition, journey.ArtifactAvailable, journey.ArtifactCollectedAt).ShouldBe(("1.0", Definition, true, null));
        (journey.Run, journey.Tests).ShouldBe((null, null), "it came by an upload");
        var ids = journey.Passages.Select(p => p.Promotion.Id).ToList();
        ids.ShouldNotContain(asked[1]);
        ids.IndexOf(asked[2]).ShouldBeInRange(0, ids.IndexOf(asked[0]) - 1);
        journey.Passages.ShouldAllBe(p => p.Promotion.Version == "1.0" && (p.Rollout == null) == (p.Promotion.Rollout == null));
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/releases/9.9/journey").ProblemAsync(404, "notFound");
    }

    internal static async Task<RunningServer> WithServiceAsync(Func<ServerOptions, ServerOptions>? configure = null)
    {
        var running = await RunningServer.StartAsync(configure);
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        return running;
    }

    internal static Task<HttpResponseMessage> UploadAsync(
        RunningServer running, byte[] artifact, string version, string? definition, string? file = null, string? commit = null, string? key = null) =>
        SendAsync(running, "shop", form =>
        {
            // The artifact first: nothing may depend on the order of the parts.
            Add(form, artifact);
            form.Add(new StringContent(version), "version");
            foreach (var (name, value) in new[] { ("definition", definition), ("definitionFile", file), ("commit", commit) })
            {
                if (value is not null)
                {
                    form.Add(new StringContent(value), name);
                }
            }
        }, key);

    internal static byte[] Archive(params (string Name, string Text)[] files) => Raw([.. files.Select(f => File(f.Name, f.Text))]);

    private static async Task<HttpResponseMessage> SendAsync(RunningServer running, string service, Action<MultipartFormDataContent> fill, string? key = null)
    {
        using var form = new MultipartFormDataContent();
        fill(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/v1/services/{service}/releases", UriKind.Relative)) { Content = form };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await running.Admin.SendAsync(request, Cancel);
    }

    private static void Add(MultipartFormDataContent form, byte[] artifact) => form.Add(new ByteArrayContent(artifact), "artifact", "artifact.tar.gz");

    private static GnuTarEntry File(string name, string text) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), ModificationTime = DateTimeOffset.UnixEpoch,
    };

    private static byte[] Raw(params TarEntry[] entries)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Gnu))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return packed.ToArray();
    }

    /// <summary>300 MB of zeros in 300 kB.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Gnu))
        {
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "zeros") { DataStream = new MemoryStream(new byte[300_000_000]) });
        }

        return packed.ToArray();
    }
}
