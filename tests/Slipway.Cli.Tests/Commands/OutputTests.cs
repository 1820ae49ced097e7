using Slipway.Cli.Commands.Rollout;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

/// <summary>What the commands print, one snapshot each.</summary>
public sealed class OutputTests
{
    [Fact]
    public async Task Promotion_explain()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/promotions/p-12", ApiClientJson.Default.PromotionView, Canned.Promotion(PromotionStateView.Waiting, reason: "waits for an approval"));

        Snapshot.Matches((await CliRun.Of(server, "promotion", "explain", "p-12")).All);
    }

    [Fact]
    public async Task Promotion_show()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/promotions/p-12", ApiClientJson.Default.PromotionView, Canned.Promotion(PromotionStateView.Waiting, reason: "waits for an approval"));

        Snapshot.Matches((await CliRun.Of(server, "promotion", "show", "p-12")).All);
    }

    [Fact]
    public async Task Promotion_list()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/promotions?service=storefront&environment=prod&active=true", ApiClientJson.Default.PagePromotionView, new Page<PromotionView>
        {
            Items = [Canned.Promotion(PromotionStateView.RollingOut, reason: "5 %, analyze"), Canned.Promotion(PromotionStateView.RolledBack, reason: "errors: canary 20.1 % vs stable 0.0 %")],
        });

        Snapshot.Matches((await CliRun.Of(server, "promotion", "list", "storefront", "--env", "prod", "--active")).All);
    }

    [Fact]
    public async Task Rollout_show()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10", CliRun.Now.AddSeconds(10)));

        Snapshot.Matches((await CliRun.Of(server, "rollout", "show", "p-12")).All);
    }

    [Fact]
    public async Task Rollout_show_of_rings_tells_each_by_itself()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Held());
        server.On("GET /api/v1/rollouts", ApiClientJson.Default.PageRolloutView, new Page<RolloutView> { Items = [Canned.Held()] });

        Snapshot.Matches($"{(await CliRun.Of(server, "rollout", "show", "p-12")).All}\n{(await CliRun.Of(server, "rollout", "list")).All}");
    }

    [Theory]
    [InlineData(RolloutStateView.Succeeded, false, "analysis: nothing was to be decided. No step asked for a verdict, and no failure was found\n")]
    [InlineData(RolloutStateView.Succeeded, true, "analysis inconclusive (guaranteed)\n")]
    [InlineData(RolloutStateView.Running, false, "analysis inconclusive (guaranteed)\n")]
    public async Task A_rollout_that_asked_for_no_verdict_lacks_none(RolloutStateView state, bool analyzes, string says)
    {
        await using var server = await FakeServer.Start();
        var rollout = Canned.Rollout(state, 6, 100, "1.3.0 has all traffic");
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, analyzes ? rollout : rollout with { Steps = [.. rollout.Steps.Where(step => step.Kind != "analyze")] });

        (await CliRun.Of(server, "rollout", "show", "p-12")).Out.ShouldContain(says);
    }

    [Theory]
    [InlineData("0 %", 0, 0, 0)]
    [InlineData("100 %", 100, 100, 100)]
    [InlineData("first 30 %", 30, 0, 0)]
    [InlineData("1 of 3 rings", 100, 0, 0)]
    [InlineData("1 of 3 rings, second 5 %", 100, 5, 0)]
    [InlineData("2 of 3 rings", 100, 100, 0)]
    public void The_share_of_rings_is_one_number_only_where_they_are_alike(string says, params int[] weights)
    {
        IReadOnlyList<RingShare> rings = [.. weights.Zip(["first", "second", "third"]).Select(ring => new RingShare(ring.Second, RingStateView.Current, ring.First))];

        RolloutFacts.Share(weights.Distinct().Count() == 1 ? weights[0] : null, rings).ShouldBe(says);
    }

    [Fact]
    public async Task Rollout_explain()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10"));
        server.On("GET /api/v1/rollouts/p-12/analysis", ApiClientJson.Default.AnalysisView, Canned.Analysis());
        server.On("GET /api/v1/ledger/entries?promotion=p-12", ApiClientJson.Default.PageLedgerEntryView, new Page<LedgerEntryView>
        {
            Items = [new() { Index = 7, At = Canned.Earlier, Type = "promotionRequested", Actor = "admin", LeafHash = "00", Text = "admin asked for storefront@1.3.0 in prod." }],
        });

        Snapshot.Matches((await CliRun.Of(server, "rollout", "explain", "p-12")).All);
    }

    [Fact]
    public async Task Rollout_explain_of_a_watch_that_had_too_little_time()
    {
        await using var server = await FakeServer.Start();
        var rollout = Canned.Rollout(RolloutStateView.Succeeded, 6, 100, "watched for 10s");
        var passed = Canned.Errors() with { Verdict = VerdictView.Passed, Text = "errors: canary 0 % vs stable 0.10 %: the canary's own rate is below 0.40 %, 1.0 % is acceptable", CanaryUnits = 1500 };
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, rollout with
        {
            Steps = [.. rollout.Steps, new RolloutStepView { Kind = "watch", Title = "watch 10s", State = StepStateView.Done, StartedAt = Canned.Earlier.AddSeconds(60), EndedAt = Canned.Earlier.AddSeconds(70) }],
            Analysis = rollout.Analysis! with
            {
                Guarantee = "estimated",
                Checks = [rollout.Analysis.Checks[0] with { Guarantee = "estimated", Text = "errors: not enough evidence yet: 0 % vs 0.10 % (at most 0.21 %) before the switch, surely below 1.2 % only" }],
            },
        });
        server.On("GET /api/v1/rollouts/p-12/analysis", ApiClientJson.Default.AnalysisView, Canned.Analysis() with { Checks = [passed] });
        server.On("GET /api/v1/ledger/entries?promotion=p-12", ApiClientJson.Default.PageLedgerEntryView, new Page<LedgerEntryView> { Items = [] });

        Snapshot.Matches($"{(await CliRun.Of(server, "rollout", "explain", "p-12")).All}\n{(await CliRun.Of(server, "rollout", "show", "p-12")).All}");
    }

    [Fact]
    public async Task Rollout_explain_of_a_ring_tells_its_own_steps_and_what_they_were_passed_by()
    {
        await using var server = await FakeServer.Start();
        var held = Canned.Held();
        RolloutStepView Step(string kind, string title, int from, StepStateView state = StepStateView.Done) =>
            new() { Kind = kind, Title = title, State = state, StartedAt = Canned.Earlier.AddSeconds(from), EndedAt = Canned.Earlier.AddSeconds(from + 10) };
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, held with
        {
            Steps = [Step("weight", "inner: 30 %", 0), Step("analyze", "inner: analyze 10s", 10), Step("soak", "inner: soak 10s", 20), Step("start", "outer: start 4 instances", 30, StepStateView.Failed)],
        });
        var soaked = held.Analysis! with
        {
            Guarantee = "estimated", At = Canned.Earlier.AddSeconds(30),
            Checks = [held.Analysis!.Checks[0] with { Verdict = VerdictView.Passed, Guarantee = "estimated", Text = "errors: 0 % vs 0.10 % (at most 0.21 %) before the switch: surely below 0.5 %" }],
        };
        var passed = Canned.Errors() with { Verdict = VerdictView.Passed, Text = "errors: canary 0 % vs baseline 0.10 %: the canary's own rate is below 0.40 %, 1.0 % is acceptable", CanaryUnits = 1500, Against = "baseline" };
        server.On("GET /api/v1/rollouts/p-12/analysis?ring=inner", ApiClientJson.Default.AnalysisView, Canned.Analysis() with { Ring = "inner", Latest = soaked, Checks = [passed] });
        server.On("GET /api/v1/ledger/entries?promotion=p-12", ApiClientJson.Default.PageLedgerEntryView, new Page<LedgerEntryView> { Items = [] });

        Snapshot.Matches((await CliRun.Of(server, "rollout", "explain", "p-12", "--ring", "inner")).All);
    }

    [Theory]
    [InlineData(RingStateView.Current)]
    [InlineData(RingStateView.Failed)]
    [InlineData(RingStateView.Returned)]
    public async Task Rollout_explain_of_a_pause_in_a_ring_is_about_that_ring(RingStateView state)
    {
        await using var server = await FakeServer.Start();
        var held = Canned.Held();
        RolloutStepView Step(string title, StepStateView state) => new() { Kind = "analyze", Title = title, State = state, StartedAt = Canned.Earlier, EndedAt = Canned.Earlier.AddSeconds(10) };
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, held with
        {
            Reason = "waits at 5 % of outer until somebody resumes it",
            Rings = [held.Rings[0], held.Rings[1] with { State = state }],
            Steps = [Step("inner: analyze 10s", StepStateView.Done), Step("outer: analyze 20s", StepStateView.Current)],
        });
        var outer = Canned.Analysis() with { Ring = "outer", Latest = held.Analysis! with { Ring = "outer", Verdict = VerdictView.Inconclusive } };
        server.On("GET /api/v1/rollouts/p-12/analysis?ring=outer", ApiClientJson.Default.AnalysisView, outer);
        server.On("GET /api/v1/ledger/entries?promotion=p-12", ApiClientJson.Default.PageLedgerEntryView, new Page<LedgerEntryView> { Items = [] });

        var told = (await CliRun.Of(server, "rollout", "explain", "p-12")).Out;

        told.ShouldContain("storefront@1.3.0 → prod: paused, in the ring outer: 1.2.0 100 % (stable), 1.3.0 0 % (canary)");
        told.ShouldContain("\nwaits at 5 % of outer until somebody resumes it\n");
        told.ShouldContain("outer: analyze 20s");
        told.ShouldNotContain("inner: analyze 10s");
        told.ShouldContain("\nof the other rings: slipway rollout show p-12\n");
        told.ShouldContain("\nanalysis of outer inconclusive (guaranteed)\n");
        (await CliRun.Of(server, "rollout", "explain", "p-12", "--json")).Out.ShouldContain("\"ring\": \"outer\"");
    }

    [Fact]
    public async Task Rollout_explain_of_a_pause_in_a_ring_that_is_not_judged_yet_names_the_one_that_is()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Held());
        server.On("GET /api/v1/rollouts/p-12/analysis?ring=outer", ApiClientJson.Default.AnalysisView, Canned.Analysis() with { Ring = "outer", Checks = [] });
        server.On("GET /api/v1/ledger/entries?promotion=p-12", ApiClientJson.Default.PageLedgerEntryView, new Page<LedgerEntryView> { Items = [] });

        (await CliRun.Of(server, "rollout", "explain", "p-12")).Out.ShouldContain("\nNothing was judged in outer. What inner was judged by: slipway rollout explain p-12 --ring inner\n");
    }

    [Fact]
    public async Task Rollout_explain_of_a_ring_that_there_is_not_says_only_that()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Held());
        server.Refuse("GET /api/v1/rollouts/p-12/analysis?ring=europe", 400, "unknownRing", "The rollout p-12 has no ring 'europe'.", "Its rings are: inner, outer.");

        var run = await CliRun.Of(server, "rollout", "explain", "p-12", "--ring", "europe");

        run.Out.ShouldBeEmpty();
        run.Error.ShouldContain("has no ring 'europe'");
    }

    [Fact]
    public async Task Rollout_explain_of_measured_checks()
    {
        await using var server = await FakeServer.Start();
        var rollout = Canned.Rollout(RolloutStateView.Running, 2, 5, "analyze until 12:00:10");
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, rollout with
        {
            Analysis = rollout.Analysis! with { Guarantee = "estimated", Unit = "session", Checks = [rollout.Analysis.Checks[0] with { DecidedAt = Canned.Earlier }, Canned.Threshold(), Canned.Ranks()] },
        });
        server.On("GET /api/v1/rollouts/p-12/analysis", ApiClientJson.Default.AnalysisView, Canned.Analysis() with { Unit = "session", Checks = [Canned.Errors(), Canned.Threshold(), Canned.Ranks()] });
        server.On("GET /api/v1/ledger/entries?promotion=p-12", ApiClientJson.Default.PageLedgerEntryView, new Page<LedgerEntryView> { Items = [] });

        Snapshot.Matches((await CliRun.Of(server, "rollout", "explain", "p-12")).All);
    }

    [Fact]
    public async Task Rollout_rejudge()
    {
        await using var server = await FakeServer.Start();
        JudgementView Judged(VerdictView verdict, double tolerate, string text) => new()
        {
            Verdict = verdict, Reason = text, Guarantee = "guaranteed", DecidedAt = verdict == VerdictView.Failed ? Canned.Earlier : null, Tolerate = tolerate, TolerateAbsolute = 0.001, TolerateLatencyMillis = 5, WarmUpSeconds = 10, FalseAlarmRate = 0.01,
            Checks = [Canned.Errors() with { Verdict = verdict, Text = text }],
        };
        server.On("POST /api/v1/rollouts/p-12/rejudgement", ApiClientJson.Default.RejudgementView, new RejudgementView
        {
            Rollout = "p-12",
            Ring = "outer",
            Then = Judged(VerdictView.Failed, 0.1, "errors: canary 4.1 % vs stable 2.0 %, ratio 2.05 (1.3–3.1), certain beyond 1 in 100 after 2 m 40 s"),
            Now = Judged(VerdictView.Inconclusive, 1, "errors: not enough evidence yet: canary 4.1 % of 2000 vs stable 2.0 % of 8000"),
        });

        Snapshot.Matches((await CliRun.Of(server, "rollout", "rejudge", "p-12", "--tolerate", "100%", "--tolerate-latency", "20ms", "--warm-up", "0s")).All);
        server.Requests.Last().Body!.ShouldContain("\"tolerate\":1");
        server.Requests.Last().Body!.ShouldContain("\"tolerateLatency\":\"20ms\",\"warmUp\":\"0ms\"");

        server.On("POST /api/v1/rollouts/p-13/rejudgement", ApiClientJson.Default.RejudgementView, new RejudgementView
        {
            Rollout = "p-13",
            Then = Judged(VerdictView.Inconclusive, 0.1, "errors: not enough evidence yet: 0 % vs 0.10 % (at most 0.21 %) before the switch, surely below 1.2 % only") with { Guarantee = "estimated" },
            StepsThen = Judged(VerdictView.Passed, 0.1, "errors: canary 0 % vs stable 0.10 %: the canary's own rate is below 0.40 %, 1.0 % is acceptable"),
            Now = Judged(VerdictView.Failed, 0, "errors: canary 4.1 % vs stable 2.0 %, ratio 2.05 (1.3–3.1), certain beyond 1 in 100 after 2 m 40 s"),
        });
        (await CliRun.Of(server, "rollout", "rejudge", "p-13", "--tolerate", "0%")).Out.ShouldBe("""
            then  analysis of the steps passed (guaranteed)
                  tolerate 10 %, at least 0.1 points, latency 5 ms and 10 s to warm up, false alarms 0.01
                  passed: errors: canary 0 % vs stable 0.10 %: the canary's own rate is below 0.40 %, 1.0 % is acceptable
                  watch after 100 % inconclusive (estimated)
                  inconclusive: errors: not enough evidence yet: 0 % vs 0.10 % (at most 0.21 %) before the switch, surely below 1.2 % only

            now   analysis of the steps failed (guaranteed), decided 11:57:00
                  tolerate 0 %, at least 0.1 points, latency 5 ms and 10 s to warm up, false alarms 0.01
                  failed: errors: canary 4.1 % vs stable 2.0 %, ratio 2.05 (1.3–3.1), certain beyond 1 in 100 after 2 m 40 s

            """);

        await CliRun.Of(server, "rollout", "rejudge", "p-12", "--tolerate", "0.2", "--false-alarm-rate", "5%");
        server.Requests.Last().Body!.ShouldSatisfyAllConditions(body => body.ShouldContain("\"tolerate\":0.2"), body => body.ShouldContain("\"falseAlarmRate\":0.05"));
    }

    [Fact]
    public async Task An_answer_that_is_not_this_program_s_is_said_to_be_that_and_no_other_start_is_advised()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.DoctorView, new DoctorView { Lines = [] });
        var run = await CliRun.Of(server, "rollout", "show", "p-12");
        run.ExitCode.ShouldBe(5);
        run.Error.ShouldContain(": the answer is not one of this API's (");
        run.Error.ShouldEndWith(").\n  → See whether it is a Slipway server, and of a version like this program's: slipway --version\n");
    }

    [Theory]
    [InlineData("--tolerate", "5", "'5' is no share; it is written like 10% or 0.1.")]
    [InlineData("--false-alarm-rate", "1", "'1' is no share; it is written like 10% or 0.1.")]
    [InlineData("--acceptable", "-1%", "'-1%' is no share; it is written like 10% or 0.1.")]
    public async Task What_is_no_number_is_refused(string option, string value, string why)
    {
        await using var server = await FakeServer.Start();
        var run = await CliRun.Of(server, "rollout", "rejudge", "p-12", option, value);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain($"{option}: {why}");
    }

    [Fact]
    public async Task A_verdict_is_said_in_full_once()
    {
        await using var server = await FakeServer.Start();
        const string Verdict = "errors: canary 20.1 % vs stable 0.1 %, ratio at least 4.6, certain beyond 1 in 100 after 3 s";
        var rollout = Canned.Rollout(RolloutStateView.RolledBack, 2, 5, Verdict);
        var check = rollout.Analysis!.Checks[0];
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, rollout with
        {
            Steps = [rollout.Steps[0], rollout.Steps[1], rollout.Steps[2] with { State = StepStateView.Failed, Note = Verdict, EndedAt = Canned.Earlier.AddSeconds(23) }],
            Analysis = rollout.Analysis with { Verdict = VerdictView.Failed, Checks = [check with { Verdict = VerdictView.Failed, Text = Verdict, CanaryBad = 11, LogEvidence = 3.2, LogLimit = 2.6021 }] },
        });
        server.On("GET /api/v1/rollouts/p-12/analysis", ApiClientJson.Default.AnalysisView, Canned.Analysis());
        LedgerEntryView Entry(int index, string text, string name) => new()
        {
            Index = index, At = Canned.Earlier, Type = "x", Actor = "slipway", LeafHash = "00", Text = $"{text}: {Verdict}.", Body = new() { [name] = Verdict, ["weight"] = 5 },
        };
        var entries = new Page<LedgerEntryView> { Items = [Entry(7, "storefront@1.3.0 was judged failed", "reason"), Entry(8, "Traffic goes back to 1.2.0", "why"), Entry(9, "The rollout was rolled back", "reason")] };
        server.OnAnyQuery("GET /api/v1/ledger/entries", ApiClientJson.Default.PageLedgerEntryView, _ => entries);
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status() with { LedgerIndex = 9 });

        Snapshot.Matches($"{(await CliRun.Of(server, "rollout", "explain", "p-12")).All}\n{(await CliRun.Of(server, "ledger", "list")).All}");
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("show")]
    public async Task A_promotion_that_never_rolled_out_is_pointed_at(string verb)
    {
        await using var server = await FakeServer.Start();
        server.Refuse("GET /api/v1/rollouts/p-12", 404, "notFound", "There is no rollout 'p-12'.", "slipway rollout list");
        server.On("GET /api/v1/promotions/p-12", ApiClientJson.Default.PromotionView, Canned.Promotion(PromotionStateView.Superseded, reason: "superseded by p-13") with { EndedAt = Canned.Earlier });

        (await CliRun.Of(server, "rollout", verb, "p-12")).All.ShouldBe("exit 3\n--- stderr\nslipway: The promotion p-12 never rolled out: superseded by p-13.\n  → slipway promotion explain p-12\n");
    }

    [Fact]
    public async Task What_is_neither_rollout_nor_promotion_is_not_found()
    {
        await using var server = await FakeServer.Start();
        server.Refuse("GET /api/v1/rollouts/p-99", 404, "notFound", "There is no rollout 'p-99'.", "slipway rollout list");
        server.Refuse("GET /api/v1/promotions/p-99", 404, "notFound", "There is no promotion 'p-99'.");

        (await CliRun.Of(server, "rollout", "explain", "p-99")).Error.ShouldBe("slipway: There is no rollout 'p-99'.\n  → slipway rollout list\n");
    }

    [Fact]
    public async Task Ledger_verify_says_the_root_or_the_first_entry_that_was_changed()
    {
        await using var server = await FakeServer.Start();
        var answers = new Queue<LedgerVerificationView>([new() { Entries = 42, Root = "c0ffee" }, new() { Entries = 17, Wrong = "its body does not match its header" }]);
        server.On("GET /api/v1/ledger/verification", ApiClientJson.Default.LedgerVerificationView, answers.Dequeue);

        Snapshot.Matches($"{(await CliRun.Of(server, "ledger", "verify")).All}\n{(await CliRun.Of(server, "ledger", "verify")).All}");
    }

    [Fact]
    public async Task Release_show()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/services/storefront/releases/1.3.0", ApiClientJson.Default.ReleaseView, Canned.Release());

        Snapshot.Matches((await CliRun.Of(server, "release", "show", "storefront@1.3.0")).All);
    }

    [Fact]
    public async Task Instance_list()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/instances?environment=prod", ApiClientJson.Default.PageInstanceView, new Page<InstanceView>
        {
            Items = [Canned.Instance("i-7", "1.3.0", "canary", "healthy"), Canned.Instance("i-8", "1.3.0", "canary", "backOff", "exited with 3 after 2 s", "look at: slipway instance logs i-8")],
        });

        Snapshot.Matches((await CliRun.Of(server, "instance", "list", "--env", "prod")).All);
    }

    [Fact]
    public async Task An_open_preview_is_named_where_the_rollout_and_where_the_lane_is_shown()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Rollout(RolloutStateView.Paused, 1, 0, "waits") with { PreviewUrl = "http://storefront--preview.prod.localhost:7380/", PreviewPort = 20_005 });
        server.On("GET /api/v1/status?service=storefront", ApiClientJson.Default.StatusView, new StatusView
        {
            Environments = [], LedgerIndex = 1,
            Services = [new ServiceStatusView
            {
                Service = "storefront",
                Lanes = [Canned.Lane("field", "1.2.0", LaneHealth.Healthy) with { Url = "http://storefront.field.localhost:7921/", Port = 20_001, Router = "r1", PreviewUrl = "http://storefront--preview.field.localhost:7921/", PreviewPort = 20_002 }],
            }],
        });
        server.Refuse("GET /api/v1/services/storefront/source", 404, "notFound", "'storefront' has no repository.");

        (await CliRun.Of(server, "rollout", "show", "p-12")).Out.ShouldContain("preview     http://storefront--preview.prod.localhost:7380/ and http://127.0.0.1:20005\n");
        var status = (await CliRun.Of(server, "status", "storefront")).Out;
        status.ShouldContain("http://storefront.field.localhost:7921/ and http://127.0.0.1:20001 (the router of r1)\n");
        status.ShouldContain("http://storefront--preview.field.localhost:7921/ and http://127.0.0.1:20002\n");
    }

    [Fact]
    public async Task Instances_of_several_agents_are_listed_by_names_that_their_logs_can_be_asked_by()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/instances", ApiClientJson.Default.PageInstanceView, new Page<InstanceView>
        {
            Items = [Canned.Instance("i-7", "1.3.0", "canary", "healthy") with { Agent = "r1" }, Canned.Instance("i-7", "1.2.0", "stable", "failed", "exited with 3") with { Agent = "r2" }],
        });

        var run = await CliRun.Of(server, "instance", "list");

        run.Out.ShouldContain("\nr1/i-7    storefront");
        run.Out.ShouldContain("\nr2/i-7: exited with 3");
    }

    [Fact]
    public async Task Doctor_fails_when_something_is_missing()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/doctor", ApiClientJson.Default.DoctorView, new DoctorView
        {
            Lines = [new("sqlite", "ok", "3.35.5", null), new("git", "missing", "no git on the PATH", "apt-get install git")],
        });

        var run = await CliRun.Of(server, "doctor");

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldContain("✓  sqlite  3.35.5\n");
        run.Out.ShouldContain("✗  git     no git on the PATH → apt-get install git\n");
    }

    [Fact]
    public async Task Lists_follow_their_pages()
    {
        await using var server = await FakeServer.Start();
        ServiceView Service(string name) => new() { Name = name, CreatedAt = Canned.Earlier, CreatedBy = "admin", Releases = 2 };
        server.On("GET /api/v1/services", ApiClientJson.Default.PageServiceView, new Page<ServiceView> { Items = [Service("a")], Next = "a" });
        server.On("GET /api/v1/services?after=a", ApiClientJson.Default.PageServiceView, new Page<ServiceView> { Items = [Service("b")] });

        Snapshot.Matches((await CliRun.Of(server, "service", "list")).All);
    }

    [Fact]
    public async Task A_token_s_secret_stands_alone_on_stdout()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/tokens", ApiClientJson.Default.CreatedToken, new CreatedToken
        {
            Secret = "slp_secret",
            Token = new() { Id = "t-1", Name = "ci", Identity = "ci", Roles = ["deployer"], CreatedAt = CliRun.Now, CreatedBy = "admin", ExpiresAt = CliRun.Now.AddDays(30) },
        }, 201);

        var run = await CliRun.Of(server, "token", "create", "--name", "ci", "--role", "deployer");

        run.Out.ShouldBe("slp_secret\n");
        run.Error.ShouldContain("until 2026-03-31 12:00:00 UTC");
        server.Requests.ShouldHaveSingleItem().Body.ShouldBe("""{"name":"ci","role":"deployer"}""");
    }

    [Fact]
    public async Task A_freeze_is_asked_for_with_moments()
    {
        await using var server = await FakeServer.Start();
        server.On("POST /api/v1/freezes", ApiClientJson.Default.FreezeView, new FreezeView
        {
            Id = "f-1", Environment = "prod", From = CliRun.Now, Until = CliRun.Now.AddDays(2), Why = "sale", By = "admin", State = "active",
        }, 201);

        (await CliRun.Of(server, "freeze", "add", "--env", "prod", "--until", "+2d", "--why", "sale")).ExitCode.ShouldBe(0);

        server.Requests.ShouldHaveSingleItem().Body!.ShouldContain("2026-03-03T12:00:00");
    }

    [Fact]
    public async Task Lifting_says_what_was_lifted()
    {
        await using var server = await FakeServer.Start();
        server.On("DELETE /api/v1/holds/h-3", context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        (await CliRun.Of(server, "hold", "lift", "h-3")).Out.ShouldBe("Lifted hold h-3.\n");
        (await CliRun.Of(server, "hold", "lift", "h-3", "--json")).Out.ShouldContain("\"done\": \"lifted\"");
    }
}
