using System.Formats.Tar;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;

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
