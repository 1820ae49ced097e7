using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Artifacts;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Tests.Transitions;

namespace Slipway.Core.Tests.Artifacts;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LongAgo = Now.AddDays(-400);
    private static readonly LaneId Prod = SampleWorld.Lane;

    /// <summary>Keeps next to nothing beyond what is needed.</summary>
    private static readonly RetentionPolicy Strict = new() { GoodVersions = 2, Artifacts = new(TimeSpan.FromDays(30), 1), Logs = new(TimeSpan.FromDays(30), 1, 3), Outputs = new(TimeSpan.FromDays(7), 1, 2) };

    private static KeptThings Nothing => new()
    {
        At = Now, Policy = Strict, Releases = [], Lanes = [], Wanted = [], UnderWay = [], AskedFor = new Dictionary<string, DateTimeOffset>(), Runs = [],
    };

    [Fact]
    public void What_nothing_needs_goes_when_it_is_old_and_there_are_newer_ones()
    {
        var retention = Retention.Of(Nothing with { Releases = [Release("1.0", 400), Release("2.0", 300), Release("3.0", 10)] });
        Why(retention, "1.0").ShouldBeEmpty();
        Why(retention, "2.0").ShouldBeEmpty();
        Why(retention, "3.0").ShouldBe(["it is one of the newest"]);
        var alone = Retention.Of(Nothing with { Releases = [Release("1.0", 400)] });
        Why(alone, "1.0").ShouldBe(["it is one of the newest"], "a service's last release is never taken from it");
        Why(Retention.Of(Nothing with { Releases = [Release("1.0", 29), Release("2.0", 1)] }), "1.0").ShouldBe(["it is young"]);
    }

    [Fact]
    public void What_runs_is_kept_warm_or_could_be_gone_back_to_stays_however_old_it_is()
    {
        var lane = new LaneState
        {
            Lane = Prod, Counter = 1, Stable = Was("5.0"), Warm = Was("4.0"), History = [Was("5.0"), Was("4.0"), Was("3.0"), Was("2.0") with { WellAt = null }, Was("1.0")],
        };
        var retention = Retention.Of(Nothing with { Releases = [.. Enumerable.Range(1, 6).Select(n => Release($"{n}.0", 400 - n))], Lanes = [lane] });
        Why(retention, "5.0").ShouldBe(["it is stable in storefront/prod", "storefront/prod could go back to it"]);
        Why(retention, "4.0").ShouldBe(["it is kept warm in storefront/prod", "storefront/prod could go back to it"]);
        Why(retention, "3.0").ShouldBeEmpty("two good versions are kept, and there are two newer ones");
        Why(retention, "2.0").ShouldBeEmpty("it was never well");
        Why(Retention.Of(retention.Things with { Policy = Strict with { GoodVersions = 4 } }), "1.0").ShouldBe(["storefront/prod could go back to it"], "what was never well does not count");
    }

    [Fact]
    public void The_same_version_under_several_definitions_is_one_way_back()
    {
        var lane = new LaneState { Lane = Prod, Counter = 1, History = [Was("3.0"), Was("3.0"), Was("3.0"), Was("2.0"), Was("1.0")] };
        var retention = Retention.Of(Nothing with { Releases = [Release("1.0", 400), Release("2.0", 390), Release("3.0", 380)], Lanes = [lane] });
        Why(retention, "2.0").ShouldBe(["storefront/prod could go back to it"]);
        Why(retention, "1.0").ShouldBeEmpty();
    }

    [Fact]
    public void What_is_wanted_on_its_way_held_or_was_just_asked_for_stays()
    {
        var lane = new LaneState { Lane = Prod, Counter = 1, Holds = [new Hold("h-1", "3.0", "it failed", "slipway", LongAgo), new Hold("h-2", null, "stocktaking", "ada", LongAgo)] };
        var retention = Retention.Of(Nothing with
        {
            Releases = [.. Enumerable.Range(1, 7).Select(n => Release($"{n}.0", 400 - n))],
            Lanes = [lane],
            Wanted = [("web-1", Was("1.0").Spec)],
            UnderWay = [(new KeepReason(KeepCause.Promotion, "storefront-prod-9"), Digest("2.0")), (new KeepReason(KeepCause.Rollout, "storefront-prod-8"), Digest("2.0"))],
            AskedFor = new Dictionary<string, DateTimeOffset> { [Digest("4.0")] = Now.AddMinutes(-59), [Digest("5.0")] = Now.AddMinutes(-61) },
        });
        Why(retention, "1.0").ShouldBe(["it is to run on web-1"]);
        Why(retention, "2.0").ShouldBe(["the promotion storefront-prod-9 would bring it", "the rollout storefront-prod-8 needs it"]);
        Why(retention, "3.0").ShouldBe(["it is on hold in storefront/prod"]);
        Why(retention, "4.0").ShouldBe(["it was asked for a moment ago"]);
        Why(retention, "5.0").ShouldBeEmpty();
        Why(retention, "6.0").ShouldBeEmpty("a hold of the whole lane names no version");
    }

    [Fact]
    public void Runs_keep_outputs_and_logs_by_age_and_number_and_never_lose_them_while_they_go_on()
    {
        var retention = Retention.Of(Nothing with { Runs = [Run(1, 40), Run(2, 20), Run(3, 6), Run(4, 5), Run(5, 4), Run(6, 300) with { EndedAt = null }] });
        Keeps(retention.OfLogs, [1, 2, 3, 4, 5, 6]).ShouldBe([3, 4, 5, 6], "no more than three, and the one that goes on");
        Keeps(retention.OfOutputs, [1, 2, 3, 4, 5, 6]).ShouldBe([4, 5, 6], "no more than two, and the one that goes on");
        retention.OfOutputs("storefront-run-6").ShouldBe([new KeepReason(KeepCause.RunUnderWay, "storefront-run-6")]);
        retention.OfBytes("sha256:out1").ShouldBeEmpty();
        retention.OfBytes("sha256:out5").Single().About.ShouldBe("storefront-run-5");
    }

    [Fact]
    public void Outputs_that_several_runs_left_alike_stay_as_long_as_one_of_them_keeps_them()
    {
        var retention = Retention.Of(Nothing with { Runs = [Run(1, 40), Run(2, 1) with { Outputs = [new JobOutputs("build", 1, "sha256:out1")] }] });
        retention.OfOutputs("storefront-run-1").ShouldBeEmpty();
        retention.OfBytes("sha256:out1").ShouldNotBeEmpty();
    }

    [Fact]
    public void The_log_of_the_run_that_a_kept_release_came_from_stays_with_it()
    {
        var things = Nothing with
        {
            Releases = [Release("1.0", 400), Release("2.0", 1)],
            Lanes = [new LaneState { Lane = Prod, Counter = 1, Stable = Was("1.0") }],
            Runs = [Run(1, 400) with { Release = "1.0" }, Run(2, 399), Run(3, 1), Run(4, 1), Run(5, 1), Run(6, 1)],
        };
        Retention.Of(things).OfLogs("storefront-run-1").ShouldBe([new KeepReason(KeepCause.KeptRelease, "storefront@1.0")]);
        Retention.Of(things).OfLogs("storefront-run-2").ShouldBeEmpty();
        Retention.Of(things with { Lanes = [] }).OfLogs("storefront-run-1").ShouldBeEmpty("nothing keeps its release any more");
    }

    [Fact]
    public void Runs_without_outputs_do_not_count_against_those_that_have_some()
    {
        var retention = Retention.Of(Nothing with { Runs = [Run(1, 6), Run(2, 5) with { Outputs = [] }, Run(3, 5) with { Outputs = [] }, Run(4, 5) with { Outputs = [] }] });
        retention.OfOutputs("storefront-run-1").ShouldNotBeEmpty();
    }

    /// <summary>Over random worlds: whatever is needed is kept under every policy, and a policy that keeps more keeps at least the same.</summary>
    [Fact]
    public void No_policy_takes_what_is_needed_and_keeping_more_never_loses_anything()
    {
        var version = Gen.Choose(1, 12).Select(n => $"{n}.0");
        var world =
            from ages in Gen.Choose(0, 500).ArrayOf(12)
            from stable in version
            from history in version.ListOf()
            from wanted in version
            from underWay in version
            from held in version
            from good in Gen.Choose(1, 20)
            from age in Gen.Choose(1, 400)
            from atLeast in Gen.Choose(1, 15)
            select (ages, stable, history, wanted, underWay, held, good, age, atLeast);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(world.ToArbitrary(), w =>
        {
            var things = Nothing with
            {
                Policy = Strict with { GoodVersions = w.good, Artifacts = new(TimeSpan.FromDays(w.age), w.atLeast) },
                Releases = [.. w.ages.Select((age, i) => Release($"{i + 1}.0", age))],
                Lanes = [new LaneState { Lane = Prod, Counter = 1, Stable = Was(w.stable), History = [.. w.history.Take(Limits.LaneHistory).Select(Was)], Holds = [new Hold("h", w.held, "", "", LongAgo)] }],
                Wanted = [("a", Was(w.wanted).Spec)],
                UnderWay = [(new KeepReason(KeepCause.Rollout, "r"), Digest(w.underWay))],
            };
            var retention = Retention.Of(things);
            string[] needed = [w.stable, w.wanted, w.underWay, w.held, .. w.history.Take(Limits.LaneHistory).Distinct().Take(w.good)];
            needed.ShouldAllBe(v => retention.OfArtifact(Digest(v)).Count > 0);
            things.Releases.Where(r => Now - r.CreatedAt < TimeSpan.FromDays(w.age)).ShouldAllBe(r => retention.OfArtifact(r.Digest).Count > 0);
            var more = Retention.Of(things with { Policy = things.Policy with { GoodVersions = w.good + 1, Artifacts = new(TimeSpan.FromDays(w.age + 1), w.atLeast + 1) } });
            things.Releases.Where(r => retention.OfArtifact(r.Digest).Count > 0).ShouldAllBe(r => more.OfArtifact(r.Digest).Count > 0);
        }));
    }

    [Fact]
    public void Every_cause_has_its_words() => Enum.GetValues<KeepCause>().Select(cause => new KeepReason(cause, "x").ToString()).ShouldBeUnique();

    private static IEnumerable<string> Why(Retention retention, string version) => retention.OfArtifact(Digest(version)).Select(reason => reason.ToString());

    private static IEnumerable<int> Keeps(Func<string, IReadOnlyList<KeepReason>> of, int[] runs) => runs.Where(run => of($"storefront-run-{run}").Count > 0);

    private static string Digest(string version) => SampleWorld.Inputs(version).Revision.ArtifactDigest;

    private static ReleaseTrace Release(string version, int days) => new(Prod.Service, version, Digest(version), 1000, Now.AddDays(-days));

    private static LaneRevision Was(string version) => SampleWorld.Stable(version);

    private static RunTrace Run(int number, int days) =>
        new($"storefront-run-{number}", Prod.Service, LongAgo.AddDays(number), Now.AddDays(-days), null, [new JobOutputs("build", 1, $"sha256:out{number}")]);
}
