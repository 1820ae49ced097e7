using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;
using Slipway.Client.Artifacts;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class ArtifactTests
{
    private static readonly byte[] Packed = Pack();
    private static readonly string Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Packed));

    [Fact]
    public async Task Artifacts_are_listed_with_where_they_run_and_why_they_are_kept()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/artifacts?service=storefront", ApiClientJson.Default.PageArtifactView, new Page<ArtifactView>
        {
            Items =
            [
                View("a") with { RunsIn = ["storefront/dev", "storefront/prod"], KeptBecause = ["it is stable in storefront/prod", "it is young"], Runs = ["storefront-run-7"] },
                View("b") with { KeptBecause = [] },
                View("c") with { Available = false, CollectedAt = CliRun.Now.AddDays(-3), KeptBecause = [] },
                View("d") with { Available = false, KeptBecause = ["it is young"] },
            ],
        });

        Snapshot.Matches((await CliRun.Of(server, "artifact", "list", "storefront")).All);
    }

    [Fact]
    public async Task One_artifact_is_shown_with_every_reason()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/artifacts/aaaaaaaaaaaa", ApiClientJson.Default.ArtifactView, View("a") with { RunsIn = ["storefront/prod"], KeptBecause = ["it is stable in storefront/prod", "it is young"], Runs = ["storefront-run-7"] });

        Snapshot.Matches((await CliRun.Of(server, "artifact", "show", "aaaaaaaaaaaa")).All);
    }

    [Fact]
    public async Task What_would_go_is_said_and_why()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/artifacts/collect", ApiClientJson.Default.CollectionView, new CollectionView
        {
            DryRun = true, Bytes = 3_500_000, Kept = 1, KeptBytes = 9_000_000,
            Gone =
            [
                new() { Kind = CollectedKindView.Artifact, Digest = "sha256:" + new string('a', 64), Releases = [new("storefront", "0.9.0")], Service = "storefront", Bytes = 3_000_000, Why = "nothing needs it" },
                new() { Kind = CollectedKindView.Logs, Releases = [], Service = "storefront", Run = "storefront-run-1", Bytes = 500_000, Why = "`retention.logs` keeps them no longer" },
            ],
        });

        var run = await CliRun.Of(server, "artifact", "collect", "--dry-run");

        Snapshot.Matches(run.All);
        server.Requests.Single().Body.ShouldBe("""{"dryRun":true}""");
    }

    [Fact]
    public async Task A_download_is_checked_and_takes_its_name_last()
    {
        await using var server = await Serving(context => context.Response.Body.WriteAsync(Packed).AsTask());
        using var folder = new TemporaryFolder();

        var run = await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", "shop.tar.gz");

        run.All.ShouldBe($"exit 0\n{Digest} is at shop.tar.gz.\n");
        File.ReadAllBytes(Path.Combine(folder.Path, "shop.tar.gz")).ShouldBe(Packed);
        Directory.GetFileSystemEntries(folder.Path).Length.ShouldBe(1);
        (await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", "shop.tar.gz")).ExitCode.ShouldBe(2, "what is there is not replaced");
        (await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", "shop.tar.gz", "--force")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_download_that_is_cut_off_goes_on_where_it_was()
    {
        var asked = 0;
        using var folder = new TemporaryFolder();
        await using var server = await Serving(async context =>
        {
            var from = asked++ == 0 ? 0 : int.Parse(context.Request.Headers.Range.ToString()["bytes=".Length..^1]);
            context.Response.StatusCode = from == 0 ? 200 : 206;
            context.Response.ContentLength = Packed.Length - from;
            await context.Response.Body.WriteAsync(from == 0 ? Packed.AsMemory(0, 40) : Packed.AsMemory(from));
            await context.Response.Body.FlushAsync();
            if (from == 0)
            {
                // What was sent must have come, or the connection's end would take it along.
                for (var look = 0; look < 1500 && !new DirectoryInfo(folder.Path).EnumerateFiles().Any(file => file.Length >= 40); look++)
                {
                    await Task.Delay(20);
                }

                context.Abort();
            }
        });

        (await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", "shop.tar.gz")).ExitCode.ShouldBe(0);

        asked.ShouldBe(2);
        File.ReadAllBytes(Path.Combine(folder.Path, "shop.tar.gz")).ShouldBe(Packed);
    }

    [Theory]
    [InlineData("shop.tar.gz")]
    [InlineData("shop")]
    public async Task What_is_damaged_never_gets_its_name(string output)
    {
        await using var server = await Serving(context => context.Response.Body.WriteAsync(Packed.AsMemory(0, Packed.Length - 1)).AsTask());
        using var folder = new TemporaryFolder();

        var run = await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", output);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain($"not {Digest}");
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Into_a_folder_it_is_unpacked()
    {
        await using var server = await Serving(context => context.Response.Body.WriteAsync(Packed).AsTask());
        using var folder = new TemporaryFolder();
        folder.File("full/something", "x");

        (await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", "here")).ExitCode.ShouldBe(0);
        (await In(folder, server, "artifact", "download", "storefront@1.3.0", "-o", "full")).Error.ShouldContain("a folder with something in it");

        File.ReadAllText(Path.Combine(folder.Path, "here", "bin", "run")).ShouldBe("#!/bin/sh\n");
        File.GetUnixFileMode(Path.Combine(folder.Path, "here", "bin", "run")).HasFlag(UnixFileMode.UserWrite | UnixFileMode.UserExecute).ShouldBeTrue();
        Directory.GetFileSystemEntries(folder.Path).Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_run_left_is_listed_and_brought_here()
    {
        await using var server = await Serving(context => context.Response.Body.WriteAsync(Packed).AsTask());
        server.On("GET /api/v1/runs/storefront-run-7/artifacts", ApiClientJson.Default.RunArtifactsView, new RunArtifactsView
        {
            Run = "storefront-run-7", LogsCollectedAt = CliRun.Now.AddDays(-2),
            Artifacts =
            [
                new() { Job = "build (20, debian)", Attempt = 1, Digest = Digest, Bytes = Packed.Length, Available = true },
                new() { Job = "docs", Attempt = 2, Digest = "sha256:" + new string('e', 64), Available = false, CollectedAt = CliRun.Now.AddDays(-3) },
                new() { Release = "storefront@1.3.0", Digest = "sha256:" + new string('f', 64), Bytes = 1000, Available = true },
            ],
        });
        using var folder = new TemporaryFolder();

        Snapshot.Matches((await In(folder, server, "run", "artifacts", "storefront-run-7")).All);
        (await In(folder, server, "run", "artifacts", "storefront-run-7", "-o", "out")).Out.ShouldStartWith("build (20, debian) is at out/build__20__debian_.\n");
        File.Exists(Path.Combine(folder.Path, "out", "build__20__debian_", "bin", "run")).ShouldBeTrue();
        (await In(folder, server, "run", "artifacts", "storefront-run-7", "--job", "docs", "-o", "docs")).ExitCode.ShouldBe(3);
        (await In(folder, server, "run", "artifacts", "storefront-run-7", "--job", "tests")).Error.ShouldContain("'tests'");
    }

    [Fact]
    public async Task A_credential_is_given_by_files_and_said_without_it()
    {
        await using var server = await FakeServer.Start();
        server.On("PUT /api/v1/services/storefront/credential", ApiClientJson.Default.CredentialView, new CredentialView
        {
            Service = "storefront", Kind = CredentialKindView.Token, User = "git", Place = "https://git.example.org", Fingerprint = "0123456789ab", SetAt = Canned.Earlier, SetBy = "admin",
        });
        using var folder = new TemporaryFolder();
        folder.File("token", "tok-12345678\n");

        var run = await In(folder, server, "service", "credential", "set", "storefront", "--token-file", "token");

        Snapshot.Matches(run.All);
        server.Requests.Single().Body.ShouldBe("""{"token":"tok-12345678"}""");
        (await In(folder, server, "service", "credential", "set", "storefront")).ExitCode.ShouldBe(2);
        (await In(folder, server, "service", "credential", "set", "storefront", "--token-file", "none")).Error.ShouldContain("--token-file: there is no file none.");
        (await In(folder, server, "service", "credential", "set", "storefront", "--token-file", "token", "--key-file", "token")).Error.ShouldContain("one of both");
        (await In(folder, server, "service", "add", "storefront", "--token-file", "token")).Error.ShouldContain("A token or a key is for a repository");
        server.Requests.Count.ShouldBe(1);
    }

    private static ArtifactView View(string digit) => new()
    {
        Digest = "sha256:" + new string(digit[0], 64), Bytes = 1_234_567, Available = true, Releases = [new("storefront", $"1.{digit[0] - 'a'}.0")], Runs = [], RunsIn = [], KeptBecause = [],
    };

    private static async Task<FakeServer> Serving(Func<HttpContext, Task> bytes)
    {
        var server = await FakeServer.Start();
        server.On("GET /api/v1/services/storefront/releases/1.3.0", ApiClientJson.Default.ReleaseView, Canned.Release() with { ArtifactDigest = Digest });
        return server.On($"GET /api/v1/artifacts/{Digest}/content", bytes);
    }

    private static Task<CliRun> In(TemporaryFolder folder, FakeServer server, params string[] arguments) => CliRun.Of(arguments, CliRun.Toward(server), folder.Path);

    private static byte[] Pack()
    {
        var tree = Directory.CreateTempSubdirectory("slipway-packed-");
        Directory.CreateDirectory(Path.Combine(tree.FullName, "bin"));
        File.WriteAllText(Path.Combine(tree.FullName, "bin", "run"), "#!/bin/sh\n", new UTF8Encoding(false));
        File.SetUnixFileMode(Path.Combine(tree.FullName, "bin", "run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var bytes = new MemoryStream();
        ArtifactPacker.Pack(tree.FullName, bytes).ShouldBeOfType<PackOutcome.Packed>();
        tree.Delete(recursive: true);
        return bytes.ToArray();
    }
}
