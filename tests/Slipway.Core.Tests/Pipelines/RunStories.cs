using Slipway.Core.Access;
using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

public sealed class RunStories
{
    private static readonly Actor Maren = new("maren", "maren");
    private readonly RunFlow _flow = new();
    private readonly List<Effect> _effects = [];
    private readonly List<Fact> _facts = [];
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private DateTimeOffset? _due;
    private RunState? _run;

    [Fact]
    public void Jobs_run_when_what_they_need_has_ended_well_and_then_the_release_is_made()
    {
        Begin(new() { Name = "build", Steps = [Step] }, new() { Name = "test", Needs = ["build"], Steps = [Step] }, new() { Name = "lint", Steps = [Step] });
        Queued().ShouldBe(["build 1", "lint 1"]);
        Run("build");
        Ends("build", JobOutcome.Succeeded, outputs: "sha256:1");
        Queued().ShouldBe(["test 1"]);
        Run("lint", "test");
        Ends("lint", JobOutcome.Succeeded);
        _run!.Reason.ShouldBe("runs test");
        Ends("test", JobOutcome.Succeeded);
        _run.Phase.ShouldBe(RunPhase.Releasing);
        _effects.OfType<MakeRelease>().ShouldHaveSingleItem().Outputs.ShouldBe("sha256:1");
        Feed(new ReleaseMade("1.0.0"));
        (_run.Phase, _run.Release).ShouldBe((RunPhase.Succeeded, "1.0.0"));
        _facts[^1].Body["reason"]!.GetValue<string>().ShouldBe("made shop@1.0.0");
    }

    [Fact]
    public void A_failed_job_fails_the_run_and_what_needs_it_is_skipped_while_others_go_on()
    {
        Begin(new() { Name = "build", Steps = [Step] }, new() { Name = "test", Needs = ["build"], Steps = [Step] }, new() { Name = "lint", Steps = [Step] });
        Run("build", "lint");
        Ends("build", JobOutcome.BuildFailed, "npm ci ended with status 1");
        Job("test").Phase.ShouldBe(JobPhase.Skipped);
        _run!.Phase.ShouldBe(RunPhase.Running);
        Ends("lint", JobOutcome.Succeeded);
        (_run.Phase, _run.Reason).ShouldBe((RunPhase.Failed, "build: npm ci ended with status 1"));
        _effects.OfType<MakeRelease>().ShouldBeEmpty();
    }

    [Fact]
    public void A_failure_is_tried_again_as_often_as_the_job_says()
    {
        Begin(new JobDefinition { Name = "build", Retry = 1, Steps = [Step] });
        Run("build");
        Ends("build", JobOutcome.TestsFailed, "2 tests failed");
        Queued().ShouldBe(["build 2"]);
        Run("build");
        Ends("build", JobOutcome.TestsFailed, "2 tests failed");
        _run!.Phase.ShouldBe(RunPhase.Failed);
        Job("build").Outcome.ShouldBe(JobOutcome.TestsFailed);
    }

    [Theory]
    [InlineData(JobOutcome.AgentLost)]
    [InlineData(JobOutcome.Unknown)]
    [InlineData(JobOutcome.InfrastructureFailed)]
    public void What_nobody_knows_the_end_of_is_not_run_again_unless_it_is_said_to_be_safe(JobOutcome outcome)
    {
        Begin(new JobDefinition { Name = "publish", Steps = [Step] });
        Run("publish");
        Ends("publish", outcome, "host-1 is away");
        Queued().ShouldBeEmpty();
        _run!.Phase.ShouldBe(RunPhase.Failed);

        Begin(new JobDefinition { Name = "build", RetrySafe = true, Steps = [Step] });
        Run("build");
        Ends("build", outcome, "host-1 is away");
        Queued().ShouldBe(["build 2"]);
        Run("build");
        Ends("build", outcome);
        Run("build");
        Ends("build", outcome);
        Queued().ShouldBeEmpty();
        _run.Phase.ShouldBe(RunPhase.Failed);
    }

    [Fact]
    public void A_job_of_which_no_step_began_is_made_again_in_any_case()
    {
        Begin(new JobDefinition { Name = "publish", Steps = [Step] });
        Run("publish");
        Feed(new JobReported(Report("publish") with { Outcome = JobOutcome.InfrastructureFailed, Reason = "no space", Steps = [] }));
        Queued().ShouldBe(["publish 2"]);
    }

    [Fact]
    public void A_late_report_of_an_earlier_attempt_or_another_agent_changes_nothing()
    {
        Begin(new JobDefinition { Name = "build", Retry = 1, Steps = [Step] });
        Run("build");
        var late = Report("build") with { Outcome = JobOutcome.Succeeded };
        Ends("build", JobOutcome.BuildFailed);
        Run("build");
        Feed(new JobReported(late));
        Feed(new JobReported(Report("build") with { Agent = "host-9", Outcome = JobOutcome.Succeeded }));
        (Job("build").Phase, Job("build").Attempt).ShouldBe((JobPhase.Running, 2));
    }

    [Fact]
    public void An_attempt_that_was_withdrawn_on_its_way_is_taken_back_from_whoever_got_it()
    {
        Begin(new JobDefinition { Name = "build", Steps = [Step] });
        Feed(new RunCancelled(Maren, "wrong branch"));
        (_run!.Phase, _run.Reason).ShouldBe((RunPhase.Cancelled, "cancelled by maren: wrong branch"));
        _effects.Clear();
        Feed(new JobAssigned("build", 1, "host-1"));
        _effects.ShouldBe([new WithdrawJob("shop-run-1", "build", 1, "host-1")]);
    }

    [Fact]
    public void Cancelling_withdraws_what_is_queued_and_what_runs()
    {
        Begin(new() { Name = "a", Steps = [Step] }, new() { Name = "b", Steps = [Step] }, new() { Name = "c", Needs = ["a"], Steps = [Step] });
        Run("a");
        _effects.Clear();
        Feed(new RunCancelled(Maren, null));
        _effects.ShouldBe([new WithdrawJob("shop-run-1", "a", 1, "host-1", "cancelled by maren"), new WithdrawJob("shop-run-1", "b", 1, null)]);
        _run!.Jobs.ShouldAllBe(j => j.Phase == JobPhase.Cancelled);
        _due.ShouldBeNull();
    }

    [Fact]
    public void No_step_of_an_ended_job_goes_on_or_is_to_come()
    {
        Begin(new JobDefinition { Name = "build", Steps = [Step, Step] });
        Run("build");
        var began = _now;
        Feed(new JobReported(Report("build") with { Steps = [new StepState("make", StepPhase.Running, began, null, null, 1, null), new StepState("pack", StepPhase.Waiting, null, null, null, 0, null)] }));
        _now += TimeSpan.FromSeconds(7);
        Feed(new RunCancelled(Maren, "wrong branch"));
        Job("build").Steps.ShouldBe([new StepState("make", StepPhase.Cancelled, began, _now, null, 1, null), new StepState("pack", StepPhase.Skipped, null, null, null, 0, null)]);
        Feed(new RerunAsked(Maren, FailedOnly: false));
        Feed(new RunAdmitted());
        Job("build").Steps.ShouldBeEmpty();

        Begin(new JobDefinition { Name = "build", Steps = [Step] });
        Run("build");
        Feed(new JobReported(Report("build")));
        _effects.Clear();
        Feed(new JobReported(Report("build") with { Outcome = JobOutcome.AgentLost, Reason = "host-1 is away", Steps = [] }));
        var step = Job("build").Steps.ShouldHaveSingleItem();
        (step.Phase, step.EndedAt, step.Note).ShouldBe((StepPhase.Failed, _now, "how it ended is not known"));
        _effects.ShouldBe([new WithdrawJob("shop-run-1", "build", 1, "host-1", "host-1 is away")]);
    }

    [Fact]
    public void Steps_that_were_kept_as_running_when_their_job_had_ended_are_told_as_ended()
    {
        var at = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var kept = new JobState
        {
            Name = "build", Job = "build", Matrix = new Dictionary<string, string>(), Phase = JobPhase.Cancelled, EndedAt = at, Steps = [new StepState("make", StepPhase.Running, at, null, null, 1, null)],
        };
        kept.StepsNow.ShouldBe([new StepState("make", StepPhase.Cancelled, at, at, null, 1, null)]);
        (kept with { Phase = JobPhase.Running, EndedAt = null }).StepsNow.ShouldBe(kept.Steps);
    }

    [Fact]
    public void Failed_jobs_and_what_needs_them_are_run_again_on_the_same_commit()
    {
        Begin(new() { Name = "build", Steps = [Step] }, new() { Name = "test", Needs = ["build"], Steps = [Step] }, new() { Name = "pack", Needs = ["test"], Steps = [Step] });
        Run("build");
        Ends("build", JobOutcome.Succeeded, outputs: "sha256:1");
        Run("test");
        Ends("test", JobOutcome.TestsFailed);
        _run!.Phase.ShouldBe(RunPhase.Failed);
        Feed(new RerunAsked(Maren, FailedOnly: true));
        _run.Phase.ShouldBe(RunPhase.Queued);
        Feed(new RunAdmitted());
        Queued().ShouldBe(["test 2"]);
        Job("build").Phase.ShouldBe(JobPhase.Succeeded);
        Run("test");
        Ends("test", JobOutcome.Succeeded);
        Queued().ShouldBe(["pack 1"]);
    }

    [Fact]
    public void A_condition_decides_whether_a_job_runs()
    {
        Begin(
            new() { Name = "build", Steps = [Step] },
            new() { Name = "nightly", If = Condition.Parse<JobFields>("event == \"manual\"", out _), Steps = [Step] },
            new() { Name = "tidy", Needs = ["build"], If = Condition.Parse<JobFields>("outcome == \"failed\"", out _), Steps = [Step] });
        Job("nightly").Phase.ShouldBe(JobPhase.Skipped);
        Run("build");
        Ends("build", JobOutcome.BuildFailed);
        Queued().ShouldBe(["tidy 1"]);
    }

    [Fact]
    public void A_condition_that_cannot_be_decided_fails_its_job()
    {
        Begin(
            new JobDefinition { Name = "build", If = Condition.Parse<JobFields>("branch.charAt(99) == \"x\"", out _), Steps = [Step] },
            new JobDefinition { Name = "pack", Needs = ["build"], Steps = [Step] });
        (Job("build").Phase, Job("pack").Phase, _run.ShouldNotBeNull().Phase).ShouldBe((JobPhase.Failed, JobPhase.Skipped, RunPhase.Failed));
        Job("build").Reason.ShouldBe("if: branch.charAt(99) == \"x\" cannot be decided: 1:8: there is no place 99 in the text");
    }

    [Fact]
    public void An_agent_that_says_nothing_is_asked_after_and_at_the_end_has_lost_the_job()
    {
        Begin(new JobDefinition { Name = "build", Timeout = TimeSpan.FromMinutes(10), Steps = [Step] });
        _due.ShouldBeNull();
        Run("build");
        _due.ShouldBe(_now + Limits.AgentRecheck);
        Later(Limits.AgentRecheck);
        _effects[^1].ShouldBe(new LookForAgent("shop-run-1", "build", 1, "host-1"));
        LooksFor(TimeSpan.FromMinutes(10) + Limits.JobMargin);
        (Job("build").Phase, Job("build").Outcome).ShouldBe((JobPhase.Failed, JobOutcome.AgentLost));
        Job("build").Reason.ShouldBe("host-1 has told no end of it in 25m");
    }

    [Fact]
    public void A_clock_that_is_set_on_or_a_server_that_was_away_ends_no_job_that_still_has_its_time()
    {
        foreach (var leap in new[] { () => Later(TimeSpan.FromDays(2)), () => { _now += TimeSpan.FromDays(2); Feed(new JobReported(Report("build"))); } })
        {
            Begin(new JobDefinition { Name = "build", Timeout = TimeSpan.FromMinutes(10), Steps = [Step] });
            Run("build");
            LooksFor(TimeSpan.FromMinutes(10));
            leap();
            Job("build").Phase.ShouldBe(JobPhase.Running);
            _due.ShouldBe(_now + Limits.AgentRecheck);
            LooksFor(Limits.JobMargin - TimeSpan.FromMinutes(1));
            Job("build").Phase.ShouldBe(JobPhase.Running);
            LooksFor(TimeSpan.FromMinutes(2));
            (Job("build").Phase, Job("build").Outcome, Job("build").Reason).ShouldBe((JobPhase.Failed, JobOutcome.AgentLost, "host-1 has told no end of it in 25m"));
        }
    }

    [Fact]
    public void A_run_without_an_artifact_ends_without_a_release_and_says_so()
    {
        Begin([new JobDefinition { Name = "build", Steps = [Step] }], artifact: null);
        Run("build");
        Ends("build", JobOutcome.Succeeded);
        (_run!.Phase, _run.Reason).ShouldBe((RunPhase.Succeeded, "all jobs ended well; no artifact is declared, so nothing is released"));
    }

    private static StepDefinition Step => new() { Name = "make", Run = "make" };

    private void Begin(params JobDefinition[] jobs) => Begin(jobs, new ArtifactDefinition("build", "dist"));

    private void Begin(JobDefinition[] jobs, ArtifactDefinition? artifact)
    {
        _run = null;
        var inputs = new RunInputs
        {
            Service = "shop", Commit = new string('a', 40), Branch = "main", Version = "1.0.0", Subject = "Sell more", Pipeline = new PipelineDefinition { Jobs = jobs },
            Artifact = artifact, Trigger = RunTrigger.Push,
        };
        Feed(new RunRequested(inputs, Maren, null));
        _run!.Phase.ShouldBe(RunPhase.Queued);
        Feed(new RunAdmitted());
    }

    private void Feed(RunEvent @event)
    {
        var decision = _flow.Decide(RunFlow.ProcessOf("shop-run-1"), _run, @event, _now);
        (_run, _due) = (decision.State, decision.DueAt);
        _effects.AddRange(decision.Effects);
        _facts.AddRange(decision.Facts);
    }

    private void Later(TimeSpan wait)
    {
        _now += wait;
        Feed(new RunTimeCame());
    }

    /// <summary>Time passes, and somebody looks as often as it is due.</summary>
    private void LooksFor(TimeSpan time)
    {
        for (var end = _now + time; _now < end;)
        {
            Later(Limits.AgentRecheck);
        }
    }

    private void Run(params string[] jobs)
    {
        _effects.RemoveAll(e => e is QueueJob);
        foreach (var job in jobs)
        {
            Feed(new JobAssigned(job, Job(job).Attempt, "host-1"));
            Job(job).Phase.ShouldBe(JobPhase.Running);
        }
    }

    private void Ends(string job, JobOutcome outcome, string? reason = null, string? outputs = null) =>
        Feed(new JobReported(Report(job) with { Outcome = outcome, Reason = reason, Outputs = outputs }));

    private JobReport Report(string job) =>
        new(job, Job(job).Attempt, "host-1", null, null, _now, [new StepState("make", StepPhase.Running, _now, null, null, 1, null)], null, new Dictionary<string, string>());

    private JobState Job(string name) => _run!.Jobs.Single(j => j.Name == name);

    /// <summary>What was queued since the last look.</summary>
    private List<string> Queued()
    {
        List<string> queued = [.. _effects.OfType<QueueJob>().Select(q => $"{q.Job} {q.Attempt}")];
        _effects.RemoveAll(e => e is QueueJob);
        return queued;
    }
}
