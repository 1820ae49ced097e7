using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Artifacts;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Server.Api;

namespace Slipway.Server.Tests.Artifacts;

/// <summary>Collecting, with a real store, real files, and the server's end at every point of it.</summary>
public sealed class CollectionTests
{
    private const string Definition = "service: shop\nrun: { command: ./run }\n";

    /// <summary>Releases of which three are so old that nothing keeps them: the newest stays in any case.</summary>
    private const int Releases = 4, Old = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_nothing_needs_goes_and_says_so_and_the_release_stays_as_a_record()
    {
        await using var running = await WithOldReleasesAsync();
        var tried = await CollectAsync(running, dryRun: true);
        tried.Gone.Select(thing => (thing.Kind, thing.Releases.Single().Version)).ShouldBe([(CollectedKindView.Artifact, "1.0"), (CollectedKindView.Artifact, "2.0"), (CollectedKindView.Artifact, "3.0")], ignoreOrder: true);
        tried.Kept.ShouldBe(Releases - Old);
        tried.Gone[0].Why.ShouldContain("retention.artifacts");
        Files(running).Length.ShouldBe(Releases, "a dry run changes nothing");

        var went = await CollectAsync(running);
        went.Gone.Count.ShouldBe(Old);
        Files(running).Length.ShouldBe(Releases - Old);
        (await CollectAsync(running)).Gone.ShouldBeEmpty();

        var gone = (await running.Admin.SendAsync("GET", "/api/v1/services/shop/releases/1.0").JsonAsync())["artifactDigest"]!.GetValue<string>();
        var view = await ArtifactAsync(running, gone);
        (view.Available, view.CollectedAt, view.KeptBecause.Count).ShouldBe((false, view.CollectedAt, 0));
        view.CollectedAt.ShouldNotBeNull();
        (await running.Admin.SendAsync("GET", $"/api/v1/artifacts/{gone}/content").ProblemAsync(404, "notFound")).Detail!.ShouldContain("nothing needed it");
        (await running.SentencesAsync("service=shop", 1 + Releases + Old)).Count(text => text.Contains("was removed", StringComparison.Ordinal)).ShouldBe(Old);
        var refused = await PromoteAsync(running, "1.0").ProblemAsync(409, "artifactGone");
        refused.NextStep!.ShouldContain("slipway release create shop --version 1.0");
    }

    [Fact]
    public async Task What_an_agent_is_to_run_none_of_is_not_kept_for_it()
    {
        await using var running = await WithOldReleasesAsync();
        await WantAsync(running, "1.0", count: 0);
        await WantAsync(running, "2.0", count: 1);
        (await CollectAsync(running)).Gone.Select(thing => thing.Releases.Single().Version).ShouldBe(["1.0", "3.0"], ignoreOrder: true);
        (await ArtifactAsync(running, (await ReleaseDigestAsync(running, "2.0"))!)).KeptBecause.ShouldBe(["it is to run on one"]);
    }

    [Fact]
    public async Task What_is_uploaded_again_after_it_went_can_be_promoted_again()
    {
        await using var running = await WithOldReleasesAsync();
        await CollectAsync(running);
        await PromoteAsync(running, "1.0").ProblemAsync(409, "artifactGone");
        var again = await ReleaseTests.UploadAsync(running, Artifact(1), "1.0", Definition).JsonAsync(200);
        again["created"]!.GetValue<bool>().ShouldBeFalse("it is the same release");
        (await CollectAsync(running)).Gone.ShouldBeEmpty("what came a short time ago stays");
        await PromoteAsync(running, "1.0").StatusAsync(201);
        running.Time.Advance(TimeSpan.FromDays(3));
        (await CollectAsync(running)).Gone.ShouldBeEmpty("a promotion that has not ended needs it");
    }

    [Fact]
    public async Task The_server_s_own_look_is_patient()
    {
        await using var running = await WithOldReleasesAsync();
        var collector = running.Part<Collector>();
        (await collector.CollectAsync(Actor.Slipway, TimeSpan.FromMinutes(15), Cancel)).Gone.ShouldBeEmpty("nobody has seen yet that it may go");
        running.Time.Advance(TimeSpan.FromDays(400));
        (await collector.CollectAsync(Actor.Slipway, TimeSpan.FromMinutes(15), Cancel)).Gone.ShouldBeEmpty("a clock that is set forward makes nobody wait less");
        Files(running).Length.ShouldBe(Releases);
    }

    [Fact]
    public async Task An_upload_that_never_became_a_release_goes_after_a_day()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using (var staged = await running.Part<IArtifactStore>().StageAsync(new MemoryStream([1, 2, 3]), 100, Cancel))
        {
            await staged.KeepAsync(Cancel);
        }

        running.Time.Advance(TimeSpan.FromHours(23));
        (await CollectAsync(running)).Gone.ShouldBeEmpty();
        running.Time.Advance(TimeSpan.FromHours(2));
        var thing = (await CollectAsync(running)).Gone.ShouldHaveSingleItem();
        (thing.Kind, thing.Bytes, thing.Why).ShouldBe((CollectedKindView.Leftover, 3, "no release and no run names it"));
        Files(running).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_artifact_that_comes_again_in_the_middle_of_its_removal_stays()
    {
        await using var running = await WithOldReleasesAsync();
        var files = new WatchedFiles(running.Part<IArtifactStore>()) { BeforeRemoval = _ => ReleaseTests.UploadAsync(running, Artifact(1), "1.0", Definition).StatusAsync(200) };
        await Collector(running, running.Store, files).CollectAsync(Actor.Slipway, TimeSpan.Zero, Cancel);
        (await CollectAsync(running)).Gone.ShouldBeEmpty();
        Files(running).Length.ShouldBe(Releases - Old + 1);
        await PromoteAsync(running, "1.0").StatusAsync(201);
    }

    [Fact]
    public async Task Who_asks_for_a_promotion_while_the_collection_decides_is_not_left_without_its_artifact()
    {
        await using var running = await WithOldReleasesAsync();
        var files = new WatchedFiles(running.Part<IArtifactStore>()) { BeforeList = () => PromoteAsync(running, "1.0").StatusAsync(201) };
        var result = await Collector(running, running.Store, files).CollectAsync(Actor.Slipway, TimeSpan.Zero, Cancel);
        result.Gone.SelectMany(thing => thing.Releases).Select(release => release.Version).ShouldBe(["2.0", "3.0"], ignoreOrder: true);
        running.Part<IArtifactStore>().Find((await ReleaseDigestAsync(running, "1.0"))!).ShouldNotBeNull();
    }

    /// <summary>The server ends before or after each of its writes and removals; the next one goes on.</summary>
    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_leaves_nothing_that_a_release_needs_missing()
    {
        for (var point = 0; point < 3 * Old; point++)
        {
            await using var running = await WithOldReleasesAsync();
            var steps = 0;
            Task Step(string? _)
            {
                if (steps++ == point)
                {
                    throw new KilledException();
                }

                return Task.CompletedTask;
            }

            var files = new WatchedFiles(running.Part<IArtifactStore>()) { BeforeRemoval = Step, AfterRemoval = Step };
            var killed = Collector(running, running.Store, files);
            var wasKilled = point < 2 * Old;
            if (wasKilled)
            {
                await Should.ThrowAsync<KilledException>(killed.CollectAsync(Actor.Slipway, TimeSpan.Zero, Cancel));
            }
            else
            {
                // Before the write that says that the n-th may go.
                var left = point - (2 * Old);
                files.BeforeRemoval = _ => Task.CompletedTask;
                files.AfterRemoval = _ =>
                {
                    running.Store.WriteFault = --left < 0 ? () => new StoreUnavailableException("killed", retryable: true) : null;
                    return Task.CompletedTask;
                };
                await Should.ThrowAsync<StoreUnavailableException>(async () =>
                {
                    await killed.CollectAsync(Actor.Slipway, TimeSpan.Zero, Cancel);
                    throw new StoreUnavailableException("It ended before it was killed.", retryable: false);
                });
                running.Store.WriteFault = null;
            }

            await NothingNeededIsMissingAsync(running);
            await Collector(running, running.Store, running.Part<IArtifactStore>()).CollectAsync(Actor.Slipway, TimeSpan.Zero, Cancel);
            await NothingNeededIsMissingAsync(running);
            Files(running).Length.ShouldBe(Releases - Old, $"what went before point {point} does not come back, and what was left goes");
        }
    }

    [Fact]
    public async Task While_the_store_fails_nothing_is_removed()
    {
        await using var running = await WithOldReleasesAsync();
        var collector = running.Part<Collector>();
        running.Store.Fault = () => new StoreUnavailableException("away", retryable: true);
        await Should.ThrowAsync<StoreUnavailableException>(collector.CollectAsync(Actor.Slipway, TimeSpan.Zero, Cancel));
        running.Store.Fault = null;
        Files(running).Length.ShouldBe(Releases);
    }

    [Fact]
    public async Task Artifacts_are_listed_shown_by_some_of_their_digits_and_downloaded_in_parts()
    {
        await using var running = await WithOldReleasesAsync();
        var list = JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", "/api/v1/artifacts?service=shop&limit=2").JsonAsync(), ApiJson.Of<Page<ArtifactView>>())!;
        list.Items.Select(artifact => artifact.Releases.Single().Version).ShouldBe(["4.0", "3.0"]);
        list.Items.ShouldAllBe(artifact => artifact.Available);
        list.Items.Select(artifact => string.Join(", ", artifact.KeptBecause)).ShouldBe(["it is one of the newest", ""]);
        list.Next.ShouldBe(list.Items[^1].Digest);
        await running.Admin.SendAsync("GET", "/api/v1/artifacts?service=shpo").ProblemAsync(404, "notFound");

        var digest = list.Items[0].Digest;
        (await ArtifactAsync(running, digest["sha256:".Length..][..12])).Digest.ShouldBe(digest);
        await running.Admin.SendAsync("GET", "/api/v1/artifacts/sha256:..%2F..%2Fetc").ProblemAsync(400, "invalidDigest");
        await running.Admin.SendAsync("GET", "/api/v1/artifacts/abcde").ProblemAsync(400, "invalidDigest");
        await running.Admin.SendAsync("GET", "/api/v1/artifacts/" + new string('0', 64)).ProblemAsync(404, "notFound");

        using var whole = await running.Admin.SendAsync("GET", $"/api/v1/artifacts/{digest}/content");
        (await whole.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(Artifact(Releases));
        whole.Headers.ETag!.Tag.ShouldBe($"\"{digest}\"");
        using var part = await running.Admin.SendAsync("GET", $"/api/v1/artifacts/{digest}/content", null, ("Range", "bytes=10-19"));
        ((int)part.StatusCode).ShouldBe(206);
        (await part.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(Artifact(Releases)[10..20]);
    }

    private static async Task<RunningServer> WithOldReleasesAsync()
    {
        var running = await ReleaseTests.WithServiceAsync();
        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with { Retention = new RetentionPolicy { Artifacts = new KeepRule(TimeSpan.FromDays(30), Releases - Old) } });
        for (var n = 1; n <= Releases; n++)
        {
            await ReleaseTests.UploadAsync(running, Artifact(n), $"{n}.0", Definition).StatusAsync(201);
            running.Time.Advance(TimeSpan.FromSeconds(1));
        }

        running.Time.Advance(TimeSpan.FromDays(31));
        return running;
    }

    private static byte[] Artifact(int number) => ReleaseTests.Archive(("run", $"this is number {number}"));

    private static Collector Collector(RunningServer running, IStore store, IArtifactStore files) =>
        new(store, files, running.Part<IRunLogStore>(), running.Part<KeepingReader>(), running.Time);

    private static async Task<CollectionView> CollectAsync(RunningServer running, bool dryRun = false) => JsonSerializer.Deserialize(
        await running.Admin.SendAsync("POST", "/api/v1/artifacts/collect", dryRun ? """{"dryRun":true}""" : "{}").JsonAsync(), ApiJson.Of<CollectionView>())!;

    private static async Task<ArtifactView> ArtifactAsync(RunningServer running, string digest) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", $"/api/v1/artifacts/{digest}").JsonAsync(), ApiJson.Of<ArtifactView>())!;

    private static Task<HttpResponseMessage> PromoteAsync(RunningServer running, string version) =>
        running.Admin.SendAsync("POST", "/api/v1/promotions", $$"""{"service":"shop","environment":"dev","version":"{{version}}"}""");

    private static async Task WantAsync(RunningServer running, string version, int count)
    {
        var lane = new LaneId("shop", "dev");
        var revision = version[..1].PadLeft(64, '0');
        var spec = new VersionSetSpec
        {
            Id = VersionSetSpec.IdOf(lane, revision), Lane = lane, Version = version, Revision = revision, ArtifactDigest = (await ReleaseDigestAsync(running, version))!, ArtifactBytes = 1, Run = new RunSpec { Command = ["./run"] },
        };
        var row = new WantedRow(
            "one", VersionSetWanted.ResourceOf(spec.Id), JsonSerializer.Serialize(new VersionSetWanted { Spec = spec, Count = count }, TargetsJson.Default.VersionSetWanted), new FencingToken(1, 1), lane.Process);
        (await running.Store.WriteWantedAsync(null, [row], Cancel)).ShouldBeEmpty();
    }

    private static async Task<string?> ReleaseDigestAsync(RunningServer running, string version) =>
        (await running.Admin.SendAsync("GET", $"/api/v1/services/shop/releases/{version}").JsonAsync())["artifactDigest"]!.GetValue<string>();

    private static async Task NothingNeededIsMissingAsync(RunningServer running)
    {
        var retention = await running.Part<KeepingReader>().JudgeAsync(Cancel);
        var files = running.Part<IArtifactStore>();
        retention.Things.Releases.Count.ShouldBe(Releases);
        retention.Things.Releases.Where(release => retention.OfArtifact(release.Digest).Count > 0).ShouldAllBe(release => files.Find(release.Digest) != null);
    }

    private static string[] Files(RunningServer running) => Directory.GetFiles(Path.Combine(running.Data, "artifacts"), "*", SearchOption.AllDirectories);

    private sealed class KilledException : Exception;

    /// <summary>Real files, with something that happens just before or after what is done with them.</summary>
    private sealed class WatchedFiles(IArtifactStore inner) : IArtifactStore
    {
        public Func<Task>? BeforeList { get; set; }

        public Func<string?, Task>? BeforeRemoval { get; set; }

        public Func<string?, Task>? AfterRemoval { get; set; }

        public Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel) => inner.StageAsync(bytes, mostBytes, cancel);

        public Stream? Open(string digest) => inner.Open(digest);

        public StoredArtifact? Find(string digest) => inner.Find(digest);

        public IEnumerable<StoredArtifact> List()
        {
            BeforeList?.Invoke().GetAwaiter().GetResult();
            return inner.List();
        }

        public bool Remove(string digest, DateTimeOffset before)
        {
            BeforeRemoval?.Invoke(digest).GetAwaiter().GetResult();
            var removed = inner.Remove(digest, before);
            AfterRemoval?.Invoke(digest).GetAwaiter().GetResult();
            return removed;
        }
    }
}
