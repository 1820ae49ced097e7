using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_says_what_is_in_it_and_what_to_copy_besides()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/backups", ApiClientJson.Default.BackupView, new BackupView { File = "/backups/a.db", Bytes = 1_234_567, ArtifactsDirectory = "/data/artifacts", ArtifactBytes = 87_600_000 }, 201);

        (await CliRun.Of(server, "backup", "create", "/backups/a.db")).All.ShouldBe("""
            exit 0
            Wrote /backups/a.db, 1.2 MB: the store, with everything that was decided and happened, and platform.yaml as it is in force.
            The releases' artifacts are not in it: copy /data/artifacts too, 87.6 MB.

            """);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    public async Task A_refused_restoration_leaves_nothing_behind(string content)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("backup.db", content);

        var run = await CliRun.Of(["backup", "restore", file, "--data", Path.Combine(folder.Path, "new", "data")]);

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("is no backup of Slipway");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBe([file]);
    }

    [Fact]
    public async Task What_was_there_before_a_refused_restoration_stays()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("backup.db", "garbage");
        folder.File("data/slipway.db", "a store");
        folder.File("data/slipway.db.lock", "");

        (await CliRun.Of(["backup", "restore", file, "--data", Path.Combine(folder.Path, "data"), "--force"])).ExitCode.ShouldBe(1);

        Directory.EnumerateFiles(Path.Combine(folder.Path, "data")).Select(Path.GetFileName).ShouldBe(["slipway.db", "slipway.db.lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_wrong_usage()
    {
        using var folder = new TemporaryFolder();

        (await CliRun.Of(["backup", "restore", Path.Combine(folder.Path, "none"), "--data", folder.Path])).ExitCode.ShouldBe(2);
    }
}
