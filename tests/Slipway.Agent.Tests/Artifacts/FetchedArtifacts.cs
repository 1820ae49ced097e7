using System.Formats.Tar;
using Slipway.Agent.Artifacts;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Tests.Artifacts;

/// <summary>What happens to a version set whose artifact is not what it should be, while another one runs.</summary>
public sealed class FetchedArtifacts
{
    [Fact]
    public async Task A_corrupt_artifact_is_never_unpacked_and_what_runs_is_untouched()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var running = await agent.UntilInstanceAsync(InstanceState.Healthy);
        var next = agent.Wanted(SampleService.Command(), revision: "r2") with { ArtifactDigest = "sha256:" + new string('a', 64) };
        agent.Server.Artifacts[next.ArtifactDigest] = [1, 2, 3];
        await agent.WantAsync(next);
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Any(set => set.Failure?.Code == "artifactCorrupt" && set.Instances.All(instance => instance.State == InstanceState.Failed)));
        report.VersionSets.Single(set => set.VersionSet == "shop/prod/r1").Instances.Single().ShouldBe(running);
        Directory.GetFileSystemEntries(Path.Combine(agent.Data, "artifacts")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_hostile_artifact_is_refused_at_once_and_leaves_nothing_behind()
    {
        await using var agent = AgentUnderTest.Create();
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "../../escaped") { DataStream = new MemoryStream([1]) });
        }
        await agent.WantAsync(agent.Wanted(SampleService.Command()) with { ArtifactDigest = agent.Server.AddArtifact(archive.ToArray()) });
        var failed = await agent.UntilInstanceAsync(InstanceState.Failed);
        failed.Failure!.Code.ShouldBe("artifactRefused");
        failed.Failure.Reason.ShouldContain("climbs out");
        File.Exists(Path.Combine(agent.Data, "escaped")).ShouldBeFalse();
        Directory.GetFileSystemEntries(Path.Combine(agent.Data, "artifacts")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_artifact_larger_than_announced_is_not_taken()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command()) with { ArtifactBytes = 10 });
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Any(set => set.Failure is not null));
        report.VersionSets[0].Failure!.Code.ShouldBe("artifactCorrupt");
        report.VersionSets[0].Failure!.Reason.ShouldContain("More than the 10 bytes");
    }

    [Fact]
    public async Task A_missing_artifact_is_waited_for()
    {
        await using var agent = AgentUnderTest.Create();
        var wanted = agent.Wanted(SampleService.Command());
        agent.Server.Artifacts.TryRemove(wanted.ArtifactDigest, out var bytes).ShouldBeTrue();
        await agent.WantAsync(wanted);
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Any(set => set.Failure?.Code == "artifactMissing"));
        report.VersionSets[0].Instances[0].State.ShouldBe(InstanceState.Starting);
        agent.Server.Artifacts[wanted.ArtifactDigest] = bytes!;
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        agent.Server.LastReport!.VersionSets[0].Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_full_disk_is_named_and_overcome_when_there_is_space_again()
    {
        var full = true;
        // /dev/full is the kernel's own full disk: every write fails with ENOSPC.
        await using var agent = AgentUnderTest.Create(with: options => options with
        {
            CreateDownload = path => full ? new FileStream("/dev/full", new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, BufferSize = 0 }) : new FileStream(path, FileMode.CreateNew),
        });
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Any(set => set.Failure?.Code == "diskFull"));
        report.VersionSets[0].Failure!.NextStep.ShouldContain("Free space");
        full = false;
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        agent.Server.LastReport!.VersionSets[0].Failure.ShouldBeNull();
    }

    [Fact]
    public async Task What_nothing_has_needed_for_a_day_is_removed_and_what_is_asked_for_again_is_not()
    {
        var data = Directory.CreateTempSubdirectory("slipway-cache-").FullName;
        var now = DateTimeOffset.UtcNow;
        var options = new AgentOptions { Name = "one", Server = new Uri("http://127.0.0.1:1"), DataDirectory = data };
        var paths = new AgentPaths(data);
        paths.Create();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var cache = new ArtifactCache(options, paths, http, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var (used, idle, again) = (Digest('a'), Digest('b'), Digest('c'));
        foreach (var digest in (string[])[used, idle, again])
        {
            var directory = Directory.CreateDirectory(Path.Combine(paths.Artifacts, digest[7..]));
            File.WriteAllText(Path.Combine(directory.FullName, "file"), "x");
            ArtifactExtractor.Seal(directory.FullName);
            directory.LastWriteTimeUtc = now.AddHours(-25).UtcDateTime;
        }
        (await cache.GetAsync(again, 1, TestContext.Current.CancellationToken)).ShouldBeOfType<ArtifactOutcome.Ready>();

        await cache.CleanAsync(new HashSet<string> { used }, now, AgentLimits.UnusedArtifactKept, TestContext.Current.CancellationToken);
        Directory.GetDirectories(paths.Artifacts).Select(Path.GetFileName).ShouldBe([used[7..], again[7..]], ignoreOrder: true);

        // Its age counts from when it was needed last.
        await cache.CleanAsync(new HashSet<string>(), now.AddHours(23), AgentLimits.UnusedArtifactKept, TestContext.Current.CancellationToken);
        Directory.GetDirectories(paths.Artifacts).Length.ShouldBe(2);
        await cache.CleanAsync(new HashSet<string>(), now.AddHours(25), AgentLimits.UnusedArtifactKept, TestContext.Current.CancellationToken);
        Directory.GetDirectories(paths.Artifacts).ShouldBeEmpty();
        Directory.Delete(data, recursive: true);

        static string Digest(char digit) => "sha256:" + new string(digit, 64);
    }

    [Fact]
    public async Task An_artifact_is_shared_read_only_and_fetched_once()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command(), count: 3));
        await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Count(instance => instance.State == InstanceState.Healthy) == 3);
        agent.Server.ArtifactTokens.Count.ShouldBe(1);
        var unpacked = Directory.GetDirectories(Path.Combine(agent.Data, "artifacts")).Single();
        File.GetUnixFileMode(unpacked).ShouldBe((UnixFileMode)0b101_101_101);
        File.GetUnixFileMode(Path.Combine(unpacked, "readme.txt")).ShouldBe((UnixFileMode)0b100_100_100);
    }
}
