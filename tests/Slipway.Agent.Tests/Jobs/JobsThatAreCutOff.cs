using Slipway.Agent.Jobs;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using static Slipway.Agent.Tests.Jobs.JobsUnderTest;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Agents that end, and servers that go away, while jobs run.</summary>
public sealed class JobsThatAreCutOff
{
    [Fact]
    public async Task A_killed_agent_is_followed_by_one_that_ends_the_step_and_knows_nothing_of_its_end()
    {
        await using var jobs = Create(begin: false);
        var word = $"cut-{Path.GetFileName(jobs.Agent.Data)}";
        using var first = AgentProcess.Start(jobs.Agent.Server.Address, jobs.Agent.Data, jobs.Agent.Settings.FirstInstancePort, jobs.Agent.Settings.LastInstancePort);
        var job = jobs.Job(Step("before", "echo before"), Step("long", $"trap '' TERM; setsid -f bash -c 'exec -a {word} sleep 600'; echo begun; sleep 600"), Step("after", "echo after") with { Always = true }) with { Outputs = ["readme.txt"] };
        await jobs.WantAsync(job);
        await Until.TrueAsync(() => jobs.Server.LinesOf(job, 1).Contains("begun"), "the step's first line");
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        jobs.Processes(word).ShouldNotBeEmpty();
        jobs.Agent.Server.LastReport = null;
        jobs.Agent.Begin();
        var end = await jobs.UntilEndedAsync(job);
        (end.Outcome, end.Reason, end.Outputs).ShouldBe((ObservedOutcome.Unknown, "the agent ended while it ran, at step long: how far it came is not known", null));
        end.Steps.Select(step => (step.State, step.Tries)).ShouldBe([(ObservedStepState.Succeeded, 1), (ObservedStepState.Failed, 1), (ObservedStepState.Skipped, 0)]);
        jobs.Processes(word).ShouldBeEmpty();
        Directory.Exists(Path.Combine(jobs.FolderOf(job), "scratch")).ShouldBeFalse();
        // The log goes on where it was, whole.
        jobs.Server.LinesOf(job).ShouldBe([$"## checked out {jobs.Commit} of main", "before", "begun", "## the agent ended while it ran, at step long: how far it came is not known"]);
        jobs.Server.LogOf(job).ShouldBe(await File.ReadAllTextAsync(Path.Combine(jobs.FolderOf(job), "log"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_agent_that_is_stopped_ends_its_steps_and_the_next_one_says_so()
    {
        await using var jobs = Create();
        var word = $"stop-{Path.GetFileName(jobs.Agent.Data)}";
        var job = jobs.Job(Step("long", $"echo begun; exec -a {word} sleep 600"));
        await jobs.WantAsync(job);
        await Until.TrueAsync(() => jobs.Server.LinesOf(job, 0).Contains("begun"), "the step's first line");
        await jobs.Agent.EndAsync();
        jobs.Processes(word).ShouldBeEmpty();
        jobs.Agent.Server.LastReport = null;
        jobs.Agent.Begin();
        (await jobs.UntilEndedAsync(job)).Outcome.ShouldBe(ObservedOutcome.Unknown);
    }

    [Fact]
    public async Task What_was_reported_of_tests_is_brought_by_the_next_agent_before_it_tells_the_end()
    {
        await using var jobs = Create();
        jobs.Server.FailingTests = (int.MaxValue, 503);
        var job = jobs.Job(Step("unit", "echo '<testsuite><testcase name=\"good\"/></testsuite>' > t.xml") with { Reports = ["t.xml"] });
        await jobs.WantAsync(job);
        await Until.TrueAsync(() => jobs.Server.FailingTests.Times < int.MaxValue, "the first try to tell");
        jobs.Agent.Server.LastReport?.Jobs.ShouldAllBe(observed => observed.Outcome == null);
        await jobs.Agent.EndAsync();
        jobs.Server.TestsOf(job).ShouldBeNull();
        jobs.Server.FailingTests = (0, 503);
        jobs.Agent.Server.LastReport = null;
        jobs.Agent.Begin();
        await jobs.UntilEndedAsync(job);
        jobs.Server.TestsOf(job)!.Tests.Single().Name.ShouldBe("good");
    }

    [Fact]
    public async Task An_attempt_that_was_cut_off_before_its_first_step_may_be_made_again()
    {
        await using var jobs = Create(begin: false);
        var job = jobs.Job(Step("one", "echo one"));
        // As it is on disk between the record and the first step.
        Store(jobs).Save(new() { Wanted = job, StartedAt = DateTimeOffset.UnixEpoch }, flush: true);
        jobs.Agent.Begin();
        var end = await jobs.RunAsync(job);
        (end.Outcome, end.Reason, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, "the agent ended before the first step began", 0));
        jobs.Server.LinesOf(job, 0).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attempt_whose_record_cannot_be_read_is_not_begun_again()
    {
        await using var jobs = Create(begin: false);
        var job = jobs.Job(Step("one", "echo one"));
        Store(jobs).Save(new() { Wanted = job, StartedAt = DateTimeOffset.UnixEpoch }, flush: true);
        await File.WriteAllTextAsync(Path.Combine(jobs.FolderOf(job), "job.json"), "{ \"wanted\": ", TestContext.Current.CancellationToken);
        jobs.Agent.Begin();
        (await jobs.RunAsync(job)).Outcome.ShouldBe(ObservedOutcome.Unknown);
        jobs.Server.LinesOf(job, 0).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_outcome_outlives_the_agent_and_the_loss_of_what_was_wanted()
    {
        await using var jobs = Create();
        var job = jobs.Job(Step("one", "echo one; echo a=b > $SLIPWAY_VALUES"));
        var before = await jobs.RunAsync(job);
        await jobs.Agent.EndAsync();
        await File.WriteAllTextAsync(Path.Combine(jobs.Agent.Data, "wanted.json"), "{ \"jobs\": ", TestContext.Current.CancellationToken);
        jobs.Agent.Server.Snapshot = null;
        jobs.Agent.Server.LastReport = null;
        jobs.Agent.Begin();
        var after = await jobs.UntilEndedAsync(job);
        (after.Outcome, after.StartedAt, after.Values["a"]).ShouldBe((ObservedOutcome.Succeeded, before.StartedAt, "b"));
        jobs.Server.LinesOf(job, 0).ShouldBe(["one"]);
        // And what the server never wanted again is forgotten.
        await jobs.TakeBackAsync(job);
        await jobs.UntilForgottenAsync(job);
        await Until.TrueAsync(() => !Directory.Exists(jobs.FolderOf(job)), "the folder's end");
    }

    [Fact]
    public async Task A_log_arrives_whole_through_requests_and_answers_that_are_lost()
    {
        await using var jobs = Create();
        jobs.Server.LogFaults = n => (n % 4) switch { 1 => JobEndpoints.LogFault.Lost, 3 => JobEndpoints.LogFault.AnswerLost, _ => null };
        var job = jobs.Job(Step("talk", "for i in $(seq 1 4); do echo line $i; sleep 0.2; done; seq 1 200000"));
        (await jobs.RunAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        jobs.Server.LogOf(job).ShouldBe(await File.ReadAllTextAsync(Path.Combine(jobs.FolderOf(job), "log"), TestContext.Current.CancellationToken));
        jobs.Server.LinesOf(job, 0).Count.ShouldBe(200_004);
        jobs.Server.Appends.ShouldBeGreaterThan(4);
    }

    private static JobStore Store(JobsUnderTest jobs)
    {
        var paths = new AgentPaths(jobs.Agent.Data);
        paths.Create();
        return new(paths, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
    }
}
