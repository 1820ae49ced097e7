using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using static Slipway.Agent.Tests.Jobs.JobsUnderTest;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Jobs as people write them: real git, a real sandbox, a server that keeps what it is given.</summary>
public sealed class RunningJobs
{
    [Fact]
    public async Task Steps_run_in_order_in_a_clean_checkout_and_what_they_make_reaches_the_next_job()
    {
        await using var jobs = Create();
        var build = jobs.Job(
            Step("make", "cat readme.txt; mkdir -p dist/bin; echo hi > dist/a.txt; printf '#!/bin/sh\\necho ran\\n' > dist/bin/run; chmod +x dist/bin/run; ln -s bin/run dist/again"),
            Step("tell", "echo \"$COLOUR $SLIPWAY_SERVICE $SLIPWAY_BRANCH $CI $HOME $(pwd)\"; echo version=1.2.3 >> $SLIPWAY_VALUES; echo note=a = b >> $SLIPWAY_VALUES")) with { Outputs = ["dist"] };
        var made = await jobs.RunAsync(build);
        made.Outcome.ShouldBe(ObservedOutcome.Succeeded, made.Reason);
        made.Steps.Select(step => (step.Name, step.State, step.ExitCode, step.Tries)).ShouldBe([("make", ObservedStepState.Succeeded, 0, 1), ("tell", ObservedStepState.Succeeded, 0, 1)]);
        made.Values.ShouldBe(new Dictionary<string, string> { ["version"] = "1.2.3", ["note"] = "a = b" }, ignoreOrder: true);
        jobs.Server.LinesOf(build, 0).ShouldBe(["read me"]);
        jobs.Server.LinesOf(build, 1).ShouldBe(["green shop main true /home/build /workspace"]);
        jobs.Server.LinesOf(build, -1)[0].ShouldBe($"## checked out {jobs.Commit} of main");
        jobs.Server.Blobs.ShouldContainKey(made.Outputs!);
        Directory.Exists(Path.Combine(jobs.FolderOf(build), "scratch")).ShouldBeFalse();

        var test = jobs.Job(Step("use", "dist/bin/run; dist/again; cat dist/a.txt; echo more >> dist/a.txt; git status --porcelain")) with { Job = "test (20, debian/12)", Inputs = [made.Outputs!] };
        (await jobs.RunAsync(test)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        jobs.Server.LinesOf(test, 0).ShouldBe(["ran", "ran", "hi", "?? dist/"]);
        // The same tree gives the same outputs.
        (await jobs.RunAsync(build with { Attempt = 2, Token = new(1, 2) })).Outputs.ShouldBe(made.Outputs);
    }

    [Fact]
    public async Task A_job_without_a_commit_runs_in_what_is_unpacked_for_it_and_reaches_the_machines_own_address()
    {
        await using var jobs = Create();
        var made = await jobs.RunAsync(jobs.Job(Step("make", "printf '#!/bin/sh\necho smoke\n' > smoke.sh; chmod +x smoke.sh")) with { Outputs = ["smoke.sh"] });
        using var service = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        service.Start();
        var port = ((System.Net.IPEndPoint)service.LocalEndpoint).Port;
        var job = jobs.Job(Step("smoke", $"./smoke.sh; ls; exec 3<>/dev/tcp/127.0.0.1/{port}; echo reached")) with { Run = "command.shop-prod-1.1.0.0.1", Job = "verification", Commit = "", Branch = "", Network = true, Inputs = [made.Outputs!] };

        var end = await jobs.RunAsync(job);

        end.Outcome.ShouldBe(ObservedOutcome.Succeeded, end.Reason);
        jobs.Server.LinesOf(job, 0).ShouldBe(["smoke", "smoke.sh", "reached"]);
        jobs.Server.LinesOf(job, -1).ShouldNotContain(line => line.Contains("checked out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_failed_step_only_those_run_that_always_do_and_the_first_failure_counts()
    {
        await using var jobs = Create();
        var job = jobs.Job(
            Step("shaky", "echo again >> tries; [ $(wc -l < tries) = 3 ]") with { Retry = 2 },
            Step("allowed", "exit 9") with { ContinueOnError = true },
            Step("fails", "false | cat; echo never") with { Retry = 1 },
            Step("left-out", "echo never"),
            Step("cleanup", "echo clean; exit 4") with { Always = true });
        var end = await jobs.RunAsync(job);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.BuildFailed, "fails: exit status 1"));
        end.Steps.Select(step => (step.State, step.ExitCode, step.Tries)).ShouldBe(
        [
            (ObservedStepState.Succeeded, 0, 3), (ObservedStepState.Failed, 9, 1), (ObservedStepState.Failed, 1, 2), (ObservedStepState.Skipped, null, 0), (ObservedStepState.Failed, 4, 1),
        ]);
        jobs.Server.LinesOf(job, 0).ShouldBe(["## exit status 1", "## try 2 of 3", "## exit status 1", "## try 3 of 3"]);
        jobs.Server.LinesOf(job, 4).ShouldBe(["clean", "## exit status 4"]);
        jobs.Server.LogOf(job).ShouldNotContain("never");
        end.Outputs.ShouldBeNull();
    }

    [Fact]
    public async Task A_failing_step_whose_reports_name_failed_tests_is_told_from_a_failed_build()
    {
        await using var jobs = Create(files: ("out/TEST-old.xml", "<testsuite><testcase name='old'><failure/></testcase></testsuite>"));
        var write = "echo '<testsuite><testcase classname=\"Cart\" name=\"adds\"/><testcase classname=\"Cart\" name=\"removes\"><failure>no</failure></testcase></testsuite>' > out/TEST-new.xml; exit 1";
        var tests = await jobs.RunAsync(jobs.Job(Step("unit", write) with { Reports = ["out/TEST-*.xml"] }));
        (tests.Outcome, tests.Reason).ShouldBe((ObservedOutcome.TestsFailed, "unit: 1 of 2 tests failed (Cart.removes)"));
        // What lay there before the step says nothing of it.
        var build = await jobs.RunAsync(jobs.Job(Step("unit", "exit 1") with { Reports = ["out/TEST-*.xml"] }) with { Attempt = 2 });
        (build.Outcome, build.Reason).ShouldBe((ObservedOutcome.BuildFailed, "unit: exit status 1"));
    }

    [Fact]
    public async Task What_reports_say_is_told_before_the_end_also_over_a_server_that_is_away_for_a_while()
    {
        await using var jobs = Create();
        jobs.Server.FailingTests = (2, 503);
        var tries = "if [ -e tried ]; then f=''; else f='<failure>late</failure>'; touch tried; fi; echo \"<testsuite><testcase name='shaky'>$f</testcase><testcase name='good' time='0.5'/></testsuite>\" > t.xml; [ -z \"$f\" ]";
        var cover = "echo '<coverage><packages><package name=\"shop\"><classes><class filename=\"a\"><lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"0\"/></lines></class></classes></package></packages></coverage>' > c.xml";
        var job = jobs.Job(Step("unit", tries) with { Reports = ["t.xml"], Retry = 1 }, Step("cover", cover) with { Coverage = ["c.xml"] });
        var end = await jobs.RunAsync(job);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.Succeeded, null));
        var told = jobs.Server.TestsOf(job)!;
        told.Tests.Select(t => (t.Name, t.Outcome, t.FailedBefore)).ShouldBe([("shaky", AttemptTestOutcome.Passed, true), ("good", AttemptTestOutcome.Passed, false)]);
        told.Tests[1].Microseconds.ShouldBe(500_000);
        told.Coverage!.Packages.ShouldBe([new("shop", 1, 2)]);
        jobs.Server.LinesOf(job, 1).ShouldContain("## coverage: 1 of 2 lines");
    }

    [Fact]
    public async Task A_step_whose_failed_tests_are_all_in_quarantine_succeeds_and_says_so()
    {
        await using var jobs = Create();
        string Write(int code, params string[] failed) => $"echo '<testsuite><testcase name=\"good\"/>{string.Concat(failed.Select(name => $"<testcase name=\"{name}\"><failure/></testcase>"))}</testsuite>' > t.xml; exit {code}";
        var forgiven = jobs.Job(Step("unit", Write(1, "shaky")) with { Reports = ["t.xml"], Retry = 2 }, Step("after", "echo after")) with { Quarantined = ["shaky", "other"] };
        var end = await jobs.RunAsync(forgiven);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.Succeeded, "unit: 1 of 2 tests failed, all in quarantine (shaky)"));
        end.Steps.Select(step => (step.State, step.ExitCode, step.Tries)).ShouldBe([(ObservedStepState.Succeeded, 1, 1), (ObservedStepState.Succeeded, 0, 1)]);
        end.Steps[0].Note.ShouldBe("1 of 2 tests failed, all in quarantine (shaky)");
        jobs.Server.TestsOf(forgiven)!.Tests.Single(t => t.Name == "shaky").Quarantined.ShouldBeTrue();

        var another = await jobs.RunAsync(jobs.Job(Step("unit", Write(1, "shaky", "bad")) with { Reports = ["t.xml"] }) with { Attempt = 2, Quarantined = ["shaky"] });
        (another.Outcome, another.Reason).ShouldBe((ObservedOutcome.TestsFailed, "unit: 1 of 3 tests failed (bad), and 1 in quarantine"));
        // A runner that was killed did not fail by its tests.
        var killed = await jobs.RunAsync(jobs.Job(Step("unit", Write(137, "shaky")) with { Reports = ["t.xml"] }) with { Attempt = 3, Quarantined = ["shaky"] });
        (killed.Outcome, killed.Reason).ShouldBe((ObservedOutcome.TestsFailed, "unit: 1 of 2 tests failed, all in quarantine (shaky), but the step did not fail by them alone"));
        // Without a report nothing is forgiven.
        var silent = await jobs.RunAsync(jobs.Job(Step("unit", "exit 1") with { Reports = ["t.xml"] }) with { Attempt = 4, Quarantined = ["shaky"] });
        (silent.Outcome, silent.Reason).ShouldBe((ObservedOutcome.BuildFailed, "unit: exit status 1"));
    }

    [Fact]
    public async Task A_step_and_a_job_that_take_too_long_are_ended_with_all_that_they_started()
    {
        await using var jobs = Create();
        var word = $"slow-{Path.GetFileName(jobs.Agent.Data)}";
        var slow = jobs.Job(
            Step("slow", $"(exec -a {word} sleep 600) & setsid bash -c 'exec -a {word} sleep 600' & sleep 600") with { Timeout = TimeSpan.FromSeconds(1) },
            Step("after", "echo after") with { Always = true });
        var end = await jobs.RunAsync(slow);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.TimedOut, "slow: it took longer than its 1 s, and was ended"));
        end.Steps.Select(step => (step.State, step.ExitCode)).ShouldBe([(ObservedStepState.Failed, null), (ObservedStepState.Succeeded, 0)]);
        jobs.Processes(word).ShouldBeEmpty();

        var whole = jobs.Job(Step("first", "true"), Step("slow", "sleep 600") with { Retry = 3, ContinueOnError = true }, Step("after", "echo after") with { Always = true }) with { Attempt = 2, Timeout = TimeSpan.FromSeconds(2) };
        end = await jobs.RunAsync(whole);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.TimedOut, "slow: the job took longer than its 2 s, and was ended"));
        end.Steps.Select(step => (step.State, step.Tries)).ShouldBe([(ObservedStepState.Succeeded, 1), (ObservedStepState.Failed, 1), (ObservedStepState.Skipped, 0)]);
    }

    [Fact]
    public async Task A_job_that_is_taken_back_while_it_runs_leaves_nothing()
    {
        await using var jobs = Create();
        var word = $"taken-{Path.GetFileName(jobs.Agent.Data)}";
        var job = jobs.Job(Step("long", $"mkdir -p deep/er; chmod 0 deep; trap '' TERM; (trap '' TERM; exec -a {word} sleep 600) & setsid -f bash -c \"exec -a {word} sleep 600\"; echo begun; sleep 600"));
        await jobs.WantAsync(job);
        await Until.TrueAsync(() => jobs.Server.LinesOf(job, 0).Contains("begun"), "the step's first line");
        jobs.Processes(word).ShouldNotBeEmpty();
        await jobs.TakeBackAsync(job);
        await jobs.UntilForgottenAsync(job);
        await Until.TrueAsync(() => !Directory.Exists(jobs.FolderOf(job)), "the folder's end");
        jobs.Processes(word).ShouldBeEmpty();
        // The server made a mistake: what was taken back is not begun a second time.
        await jobs.WantAsync(job);
        var again = await jobs.UntilEndedAsync(job);
        again.Outcome.ShouldBe(ObservedOutcome.Unknown);
        again.Reason!.ShouldContain("taken back");
        jobs.Processes(word).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attempt_of_the_same_name_with_other_content_is_another_one()
    {
        await using var jobs = Create();
        var job = jobs.Job(Step("one", "echo one"));
        (await jobs.RunAsync(job)).Token.ShouldBe(new Token(1, 1));
        // As when the server was set back to a backup: its generation is newer, its counters are not.
        await jobs.TakeBackAsync(job);
        var other = job with { Token = new(2, 1), Steps = [Step("two", "echo two")] };
        await jobs.WantAsync(other);
        var end = await jobs.UntilAsync(other, observed => observed.Token == new Token(2, 1) && observed.Outcome is not null);
        end.Steps.Single().Name.ShouldBe("two");
        await jobs.WantAsync(other with { Token = new(3, 1), Steps = [Step("three", "echo three")] });
        (await jobs.UntilAsync(other, observed => observed.Token == new Token(3, 1) && observed.Outcome is not null)).Steps.Single().Name.ShouldBe("three");
    }

    [Fact]
    public async Task Values_and_outputs_that_are_not_what_they_should_be_fail_the_job()
    {
        await using var jobs = Create();
        var end = await jobs.RunAsync(jobs.Job(Step("tell", "echo fine=1 > $SLIPWAY_VALUES; echo not a value >> $SLIPWAY_VALUES")));
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.BuildFailed, "tell: line 2 of $SLIPWAY_VALUES is not name=value, with a name of letters, digits and '_'"));
        end = await jobs.RunAsync(jobs.Job(Step("tell", "ln -s /etc/passwd $SLIPWAY_VALUES")) with { Attempt = 2 });
        end.Reason.ShouldBe("tell: $SLIPWAY_VALUES is no plain file any more");
        end.Values.ShouldBeEmpty();
        end = await jobs.RunAsync(jobs.Job(Step("make", "true")) with { Attempt = 3, Outputs = ["dist"] });
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.BuildFailed, "its outputs cannot be packed: 'dist': there is nothing of that name"));
        end = await jobs.RunAsync(jobs.Job(Step("make", "ln -s /etc dist")) with { Attempt = 4, Outputs = ["dist/ssl"] });
        end.Reason!.ShouldContain("it lies below 'dist', which is a link");
        end = await jobs.RunAsync(jobs.Job(Step("make", "true")) with { Attempt = 5, Outputs = ["../../.."] });
        (end.Outcome, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, 0));
        end.Reason!.ShouldContain("the output '../../..' does not lie in the checkout");
        end = await jobs.RunAsync(jobs.Job(Step("make", "true") with { Directory = "no/where" }) with { Attempt = 6 });
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.BuildFailed, "make: there is no folder 'no/where' in the checkout"));
    }

    [Fact]
    public async Task A_service_in_a_folder_has_its_outputs_there_and_a_step_cannot_turn_it_into_a_link()
    {
        await using var jobs = Create(files: ("services/shop/code.txt", "code"));
        var end = await jobs.RunAsync(jobs.Job(Step("make", "pwd; cp code.txt out.txt")) with { Path = "services/shop", Outputs = ["out.txt"] });
        end.Outcome.ShouldBe(ObservedOutcome.Succeeded, end.Reason);
        var next = jobs.Job(Step("use", "ls out.txt ../../readme.txt")) with { Attempt = 2, Path = "services/shop", Inputs = [end.Outputs!] };
        (await jobs.RunAsync(next)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        var hostile = jobs.Job(Step("turn", "cd /workspace; rm -rf services/shop; ln -s /etc services/shop")) with { Attempt = 3, Path = "services/shop", Outputs = ["hostname"] };
        end = await jobs.RunAsync(hostile);
        (end.Outcome, end.Outputs).ShouldBe((ObservedOutcome.BuildFailed, null));
        end.Reason!.ShouldContain("is gone, or a link");
    }
}
