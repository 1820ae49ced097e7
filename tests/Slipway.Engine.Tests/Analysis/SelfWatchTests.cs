using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Analysis;
using Slipway.Core.Kernel;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Lanes;
using Slipway.Engine.Tests.Simulation;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Tests.Analysis;

public sealed class SelfWatchTests
{
    private static readonly LaneId Lane = new("shop", "prod");
    private static readonly AnalysisSettings Settings = new() { Checks = [], FalseAlarmRate = 0.01, RequestTimeout = TimeSpan.FromSeconds(8) };
    private readonly VirtualTime time = new();
    private readonly MemoryStore store;
    private readonly TrafficIntake traffic = new();
    private SelfWatch watch;
    private RestingLane lane = new(Lane, "shop/prod/1", "1.0", Settings, Rests: true);

    /// <summary>What routers count in a second, by the seconds since the start: one entry for each router.</summary>
    private Func<int, TrafficHalves?[]> counted = _ => [new(50, 1, 50, 1)];
    private int passed;

    public SelfWatchTests()
    {
        store = new MemoryStore(time, Mutation.None);
        watch = Started();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Halves_that_are_alike_are_watched_hour_by_hour_without_an_alarm()
    {
        await PassAsync(2 * 3600 + 60);

        var record = await RecordAsync();
        (record.Windows, record.BrokenOff, record.Alarms).ShouldBe((2, 0, 0));
        record.SecondsWatched.ShouldBeInRange(2 * 3600, 2 * 3600 + 30);
        record.Dispersion.ShouldBe(1);
        record.OpenSince.ShouldNotBeNull();
        watch.NoteOf(Lane).ShouldBe("watched");
    }

    [Fact]
    public async Task A_half_twice_as_bad_is_an_alarm_once_in_each_window()
    {
        counted = _ => [new(50, 2, 50, 1)];
        await PassAsync(3600 + 1800);

        var record = await RecordAsync();
        (record.Windows, record.Alarms).ShouldBe((1, 2));
        var alarm = record.LastAlarms[^1];
        (alarm.At - At(0)).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        alarm.Version.ShouldBe("1.0");
        (alarm.FirstBad / (double)alarm.FirstUnits).ShouldBe(0.04, 1e-9);
        (alarm.SecondBad / (double)alarm.SecondUnits).ShouldBe(0.02, 1e-9);
        alarm.Words.ShouldStartWith($"4.0 % of {alarm.FirstUnits} requests bad at one half of the instances, 2.0 % of {alarm.SecondUnits} at the other, after ");
        record.LastAlarms[0].At.ShouldBeGreaterThan(At(3600), "newest first");
    }

    [Fact]
    public async Task A_rollout_breaks_the_window_off_and_nothing_of_it_is_watched()
    {
        await PassAsync(1200);
        lane = lane with { Rests = false };
        counted = _ => [new(50, 25, 50, 1)];
        await PassAsync(600);
        watch.NoteOf(Lane).ShouldBe("a rollout is under way");
        var during = await RecordAsync();
        (during.Windows, during.BrokenOff, during.OpenSince).ShouldBe((0, 1, null));
        during.SecondsWatched.ShouldBeInRange(1150, 1200);

        lane = lane with { Rests = true, VersionSet = "shop/prod/2", Version = "2.0" };
        counted = _ => [new(50, 1, 50, 1)];
        await PassAsync(3700);
        var after = await RecordAsync();
        (after.Windows, after.BrokenOff, after.Alarms).ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task Another_version_breaks_the_window_off_even_if_its_rollout_was_not_seen()
    {
        await PassAsync(600);
        lane = lane with { VersionSet = "shop/prod/2" };
        await PassAsync(600);

        var record = await RecordAsync();
        record.BrokenOff.ShouldBe(1);
        record.OpenSince!.Value.ShouldBeGreaterThanOrEqualTo(At(600));
    }

    [Fact]
    public async Task A_window_that_a_restart_cut_short_is_broken_off_and_what_was_found_stays()
    {
        counted = _ => [new(50, 2, 50, 1)];
        await PassAsync(1800);
        (await RecordAsync()).Alarms.ShouldBe(1);

        watch = Started();
        counted = _ => [new(50, 1, 50, 1)];
        await PassAsync(600);

        var record = await RecordAsync();
        (record.Windows, record.BrokenOff, record.Alarms, record.LastAlarms.Count).ShouldBe((0, 1, 1, 1));
        record.OpenSince!.Value.ShouldBeGreaterThanOrEqualTo(At(1800));
        record.SecondsWatched.ShouldBeInRange(1500 + 300, 2400);
    }

    [Fact]
    public async Task A_lane_that_goes_away_has_no_window_under_way()
    {
        await PassAsync(600);
        await watch.LookAsync([], Cancel);
        (await RecordAsync()).OpenSince.ShouldBeNull();
        watch.NoteOf(Lane).ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Routers_that_tell_no_halves_or_have_one_instance_each_are_not_watched(bool tellsHalves)
    {
        counted = _ => tellsHalves ? [new(50, 10, 0, 0), new(50, 0, 0, 0)] : [null];
        await PassAsync(600);

        (await watch.OfServiceAsync("shop", Cancel)).ShouldBeEmpty();
        watch.NoteOf(Lane).ShouldBe("no router has had requests at two instances of it");
    }

    [Fact]
    public async Task Each_router_is_compared_with_itself_not_with_another()
    {
        // The second router's host is bad at both halves, and it has most of its requests at the first.
        counted = _ => [new(10, 0, 90, 0), new(90, 45, 10, 5)];
        await PassAsync(3700);

        var record = await RecordAsync();
        (record.Windows, record.Alarms).ShouldBe((1, 0));
    }

    [Fact]
    public async Task What_comes_in_late_belongs_to_the_second_it_began_in()
    {
        // Both halves alike, but what is bad at the second is known eight seconds later: until then the first looks worse.
        await PassAsync(3700, settledAfter: 8);
        var record = await RecordAsync();
        (record.Windows, record.Alarms).ShouldBe((1, 0));
        record.SecondsWatched.ShouldBeGreaterThanOrEqualTo(3600);
    }

    private SelfWatch Started() => new(store, traffic, new LaneStates(store), time, NullLogger<SelfWatch>.Instance);

    private static DateTimeOffset At(int second) => VirtualTime.Start.AddSeconds(second);

    /// <param name="settledAfter">Seconds after which the second half's bad requests are known; its others, and the first half's, are at once.</param>
    private async Task PassAsync(int seconds, int settledAfter = 0)
    {
        for (var i = 0; i < seconds; i++)
        {
            var readings = new List<TrafficReading>();
            foreach (var (router, halves) in counted(passed).Index())
            {
                readings.Add(Reading(router, passed, settledAfter > 0 && halves is not null ? halves with { SecondUnits = halves.SecondUnits - halves.SecondBad, SecondBad = 0 } : halves));
                if (settledAfter > 0 && passed >= settledAfter)
                {
                    readings.Add(Reading(router, passed - settledAfter, halves));
                }
            }

            passed++;
            time.Pass(TimeSpan.FromSeconds(1));
            await traffic.ReportAsync("one", readings, At(passed), Cancel);
            if (passed % 5 == 0)
            {
                await watch.LookAsync([lane], Cancel);
            }
        }
    }

    private TrafficReading Reading(int router, int second, TrafficHalves? halves) => new()
    {
        Lane = Lane,
        Agent = "one",
        Incarnation = $"{router}",
        Generation = 1,
        VersionSet = lane.VersionSet,
        Version = lane.Version,
        Arm = Arm.Stable,
        Weight = 100,
        Seconds = [new TrafficSecond(At(second).ToUnixTimeSeconds(), 100, 100, 2, 0, 0, 0, [], [], halves)],
    };

    private async Task<SelfWatchRecord> RecordAsync() => (await watch.OfServiceAsync("shop", Cancel)).ShouldHaveSingleItem().Record;
}
