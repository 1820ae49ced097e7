using Slipway.Engine.Targets;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Analysis;
using Slipway.Engine.Ports;
using Slipway.Engine.Tests.Simulation;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Tests.Analysis;

public sealed class MeasurerTests
{
    private readonly VirtualTime time = new();
    private readonly MemoryStore store;
    private readonly TrafficIntake traffic = new();

    public MeasurerTests() => store = new MemoryStore(time, Mutation.None);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_threshold_is_measured_at_its_pace_and_its_arguments_are_those_of_the_rollout()
    {
        var source = new ScriptedSource(_ => Answer(7));
        var desk = Desk(source);
        var asked = Asked(Threshold("value < 10"));
        for (var second = 0; second < 65; second++)
        {
            await desk.AskAsync(asked, Cancel);
            time.Pass(TimeSpan.FromSeconds(1));
        }

        source.Asked.Count.ShouldBe(3, "at once, after 30 s and after 60 s");
        var question = source.Asked[1];
        (question.Source, question.Query).ShouldBe(("prom", "queue{version=\"{{version}}\"}"));
        question.Span.ShouldBe(new MetricSpan.Moment(asked.Since.AddSeconds(30)));
        question.Arguments["version"].ShouldBe("2.0");
        question.Arguments["stableVersion"].ShouldBe("1.0");
        question.Arguments["environment"].ShouldBe("prod");
        var answer = await desk.AskAsync(asked, Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Passed);
        answer.Guaranteed.ShouldBeFalse("a threshold promises nothing");
        answer.Checks.ShouldHaveSingleItem().Text.ShouldBe("queue: 3 of 3 measurements passed: value 7: value < 10");
    }

    [Fact]
    public async Task Bad_and_total_are_each_asked_with_the_value_of_their_own_or_the_one_beside_them()
    {
        var source = new ScriptedSource(_ => Answer(7));
        var spec = new CountsSpec("orders", "name=failed", "", "body.all", TimeSpan.FromSeconds(10)) { BadValue = "body.failed" };
        var (desk, asked) = (Desk(source), Asked(new CheckSpec { Kind = CheckKind.Counts, Name = "payments", Counts = spec }));
        await desk.AskAsync(asked, Cancel);
        time.Pass(TimeSpan.FromSeconds(10));
        await desk.AskAsync(asked, Cancel);
        source.Asked.Select(q => (q.Query, q.Value!.Text, q.Arguments["version"])).ShouldBe(
            [("", "body.all", "2.0"), ("name=failed", "body.failed", "2.0"), ("", "body.all", "1.0"), ("name=failed", "body.failed", "1.0")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_source_that_hangs_holds_nothing_up_and_is_no_pass()
    {
        var source = new ScriptedSource(_ => new TaskCompletionSource<MetricAnswer>().Task);
        var desk = Desk(source);
        for (var second = 0; second < 200; second++)
        {
            var asking = desk.AskAsync(Asked(Threshold("value < 10")), Cancel);
            asking.IsCompleted.ShouldBeTrue("a look does not wait");
            (await asking).Verdict.ShouldBe(JudgeVerdict.Inconclusive);
            time.Pass(TimeSpan.FromSeconds(1));
        }

        source.Asked.Count.ShouldBe(1, "the next is asked when the one before has ended");
    }

    [Fact]
    public async Task What_was_measured_is_there_after_a_restart_and_is_not_asked_again()
    {
        var asked = Asked(Threshold("value < 10"));
        var first = Desk(new ScriptedSource(_ => Answer(99)));
        await first.AskAsync(asked, Cancel);
        (await first.AskAsync(asked, Cancel)).Verdict.ShouldBe(JudgeVerdict.Failed);

        var source = new ScriptedSource(_ => Answer(1));
        var answer = await Desk(source).AskAsync(asked, Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Failed);
        source.Asked.ShouldBeEmpty();
        var rows = await store.ReadBinsAsync(asked.Rollout, 0, Cancel);
        var heard = Measurer.Heard(asked, Measurer.Traces(asked, rows));
        heard.ShouldHaveSingleItem().Verdict.ShouldBe(Core.Analysis.Verdict.Failed);
        Measurer.Results(asked, rows).ShouldBeEquivalentTo(heard);
    }

    [Fact]
    public async Task Another_beginning_is_judged_from_nothing()
    {
        var asked = Asked(Threshold("value < 10"));
        var desk = Desk(new ScriptedSource(_ => Answer(99)));
        await desk.AskAsync(asked, Cancel);
        (await desk.AskAsync(asked, Cancel)).Verdict.ShouldBe(JudgeVerdict.Failed);

        time.Pass(TimeSpan.FromSeconds(5));
        (await desk.AskAsync(asked with { Since = store.Now }, Cancel)).Verdict.ShouldBe(JudgeVerdict.Inconclusive);
    }

    [Fact]
    public async Task Counts_ask_for_both_versions_and_find_the_worse_one()
    {
        var source = new ScriptedSource(question => Answer((question.Query, question.Arguments["version"]) switch
        {
            ("total", _) => 500,
            ("bad", "2.0") => 50,
            _ => 5,
        }));
        var desk = Desk(source);
        var asked = Asked(new CheckSpec { Kind = CheckKind.Counts, Name = "dead letters", Counts = new CountsSpec("prom", "bad", "total", null, TimeSpan.FromSeconds(10)) });
        JudgeAnswer? answer = null;
        for (var second = 0; second < 30; second++)
        {
            answer = await desk.AskAsync(asked, Cancel);
            time.Pass(TimeSpan.FromSeconds(1));
        }

        answer!.Verdict.ShouldBe(JudgeVerdict.Failed);
        var check = answer.Checks.ShouldHaveSingleItem();
        check.Guaranteed.ShouldBeFalse();
        check.Text.ShouldContain("by estimate beyond 1 in 100");
        check.Text.ShouldStartWith("dead letters: canary 10.0 % vs stable 1.0 %");
    }

    [Fact]
    public async Task A_check_that_decides_nothing_is_shown_and_has_no_say()
    {
        var desk = Desk(new ScriptedSource(question => Answer(question.Query == "bad" ? 99 : 1)));
        var asked = Asked(Threshold("value < 10"), Threshold("value < 10") with { Name = "tried", DryRun = true, Threshold = new ThresholdSpec { Source = "prom", Query = "bad", Pass = "value < 10" } });
        await desk.AskAsync(asked, Cancel);
        var answer = await desk.AskAsync(asked, Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Passed);
        answer.Checks.Select(c => (c.Name, c.Verdict, c.DryRun)).ShouldBe([("queue", JudgeVerdict.Passed, false), ("tried", JudgeVerdict.Failed, true)]);
    }

    [Fact]
    public async Task Comparisons_end_with_the_last_old_instance_and_thresholds_go_on()
    {
        var source = new ScriptedSource(_ => Answer(1));
        var desk = Desk(source);
        var counts = new CheckSpec { Kind = CheckKind.Counts, Name = "counts", Counts = new CountsSpec("prom", "bad", "total", null, TimeSpan.FromSeconds(10)) };
        var asked = Asked(Threshold("value < 10"), counts) with { FullAt = store.Now, HasTraffic = false };
        for (var second = 0; second < 65; second++)
        {
            await desk.AskAsync(asked, Cancel);
            time.Pass(TimeSpan.FromSeconds(1));
        }

        source.Asked.ShouldAllBe(question => question.Query.StartsWith("queue"));
        (await desk.AskAsync(asked, Cancel)).Checks.ShouldHaveSingleItem().Name.ShouldBe("queue");
    }

    [Fact]
    public async Task Counts_wait_until_it_is_known_how_stable_s_halves_differ_and_are_divided_by_that()
    {
        var desk = Desk(Worse());
        var asked = Asked(Counts);
        await PassWithHalvesAsync(desk, asked, 200);
        var early = (await desk.AskAsync(asked, Cancel)).Checks.ShouldHaveSingleItem();
        early.Verdict.ShouldBe(JudgeVerdict.Inconclusive);
        early.Text.ShouldContain("it takes some minutes to see how much stable's own instances differ");

        await PassWithHalvesAsync(desk, asked, 120);
        var answer = await desk.AskAsync(asked, Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Failed);
        answer.Checks.ShouldHaveSingleItem().Text.ShouldContain("(an estimate: counts divided by ");
        (await Desk(Worse()).AskAsync(asked, Cancel)).Checks.Single().ShouldBe(answer.Checks.Single(), "it was kept with the measurements, so a restart changes nothing");
    }

    [Fact]
    public async Task What_the_hour_before_showed_of_stable_s_halves_is_known_from_the_start()
    {
        await store.AppendAsync(new Append { Documents = [new DocumentWrite(SelfWatchRecord.Collection, "shop/prod", new JsonObject { ["dispersion"] = 3 })] }, Cancel);
        var desk = Desk(Worse());
        await PassWithHalvesAsync(desk, Asked(Counts), 60);

        var answer = await desk.AskAsync(Asked(Counts), Cancel);
        answer.Verdict.ShouldBe(JudgeVerdict.Failed);
        answer.Checks.ShouldHaveSingleItem().Text.ShouldContain("(an estimate: counts divided by 3.1, ");
    }

    private static CheckSpec Counts => new() { Kind = CheckKind.Counts, Name = "dead letters", Counts = new CountsSpec("prom", "bad", "total", null, TimeSpan.FromSeconds(10)) };

    /// <summary>The canary is ten times as bad.</summary>
    private static ScriptedSource Worse() => new(question => Answer((question.Query, question.Arguments["version"]) switch { ("total", _) => 500, ("bad", "2.0") => 50, _ => 5 }));

    /// <summary>Seconds in which stable's halves have eight bad requests each in turn, ten seconds long.</summary>
    private async Task PassWithHalvesAsync(JudgeDesk desk, AskJudge asked, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            var second = store.Now.ToUnixTimeSeconds();
            var halves = second % 10 != 0 ? new TrafficHalves(20, 0, 20, 0) : second % 20 == 0 ? new(20, 8, 20, 0) : new(20, 0, 20, 8);
            var reading = new TrafficReading
            {
                Lane = asked.Lane, Agent = "one", Incarnation = "1", Generation = 1, VersionSet = asked.StableVersionSet!, Version = "1.0", Arm = Arm.Stable, Weight = 100,
                Seconds = [new TrafficSecond(second, 40, 40, 0, 0, 0, 0, [], [], halves)],
            };
            await traffic.ReportAsync("one", [reading], store.Now, Cancel);
            await desk.AskAsync(asked, Cancel);
            time.Pass(TimeSpan.FromSeconds(1));
        }
    }

    private static Task<MetricAnswer> Answer(double value) => Task.FromResult<MetricAnswer>(new MetricAnswer.Value(value));

    private JudgeDesk Desk(IMetricSource source) => new(store, traffic, new AgentRegistry(), new Measurer(store, source));

    private static CheckSpec Threshold(string pass) => new()
    {
        Kind = CheckKind.Threshold, Name = "queue", Threshold = new ThresholdSpec { Source = "prom", Query = "queue{version=\"{{version}}\"}", Pass = pass },
    };

    private AskJudge Asked(params CheckSpec[] checks) => new()
    {
        Rollout = "shop-prod-3",
        Lane = new LaneId("shop", "prod"),
        Spec = new RolloutSpec { Strategy = RolloutStrategy.Canary, Checks = checks },
        VersionSet = "shop/prod/2",
        StableVersionSet = "shop/prod/1",
        Version = "2.0",
        StableVersion = "1.0",
        HasTraffic = false,
        Since = began ??= store.Now,
        RequestTimeout = TimeSpan.FromSeconds(30),
    };

    private DateTimeOffset? began;
}
