using System.Diagnostics;
using Slipway.Agent.Jobs;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using static Slipway.Agent.Tests.Jobs.JobsUnderTest;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Repositories and steps that mean no good, and what they may not see.</summary>
public sealed class HostileJobs
{
    [Fact]
    public async Task A_commit_that_is_not_there_is_said_to_be_missing_and_no_step_runs()
    {
        await using var jobs = Create();
        var missing = new string('a', 40);
        var end = await jobs.RunAsync(jobs.Job(Step("one", "echo one")) with { Commit = missing });
        (end.Outcome, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, 0));
        end.Reason!.ShouldContain($"the server has no commit {missing} of shop");
        end = await jobs.RunAsync(jobs.Job(Step("one", "echo one")) with { Attempt = 2, Service = "unknown" });
        end.Reason!.ShouldContain("does not give unknown's repository to this agent");
    }

    [Fact]
    public async Task A_repository_with_links_and_hooks_gets_neither()
    {
        await using var jobs = Create(files: [(".gitattributes", "* filter=evil\n"), ("hooks/post-checkout", "#!/bin/sh\ntouch /tmp/hooked\n"), (".githooks/post-checkout", "#!/bin/sh\ntouch /tmp/hooked\n")]);
        File.CreateSymbolicLink(Path.Combine(jobs.Repository, "etc"), "/etc");
        File.SetUnixFileMode(Path.Combine(jobs.Repository, "hooks", "post-checkout"), (UnixFileMode)0b111_101_101);
        jobs.Add();
        var job = jobs.Job(Step("look", "[ ! -L etc ] && cat etc; echo; (ls .git/hooks 2>/dev/null || true) | wc -l; [ -z \"$(git status --porcelain)\" ] && echo clean; ls /tmp"));
        (await jobs.RunAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        jobs.Server.LinesOf(job, 0).ShouldBe(["/etc", "0", "clean"]);
    }

    [Fact]
    public async Task A_step_finds_the_whole_history_and_the_tags_and_no_token_and_cannot_write_into_what_others_use()
    {
        await using var jobs = Create();
        jobs.Git("tag", "-a", "v1.2.0", "-m", "a release");
        jobs.Add(("more.txt", "more"));
        var look = "git describe --tags | sed 's/-g.*//'; git log --oneline | wc -l; git rev-parse HEAD; " +
            $"grep -rIl {FakeServer.Token} /workspace /home /tmp /run || echo none; env | grep -c {FakeServer.Token} || true; " +
            "cat .git/config | grep -ci -e url -e header || true; touch /run/source/objects/x 2>/dev/null || echo read-only; find /run/source/objects -name '*.pack' | head -1 | xargs rm -f 2>/dev/null || echo kept";
        var job = jobs.Job(Step("look", look));
        (await jobs.RunAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        jobs.Server.LinesOf(job, 0).ShouldBe(["v1.2.0-1", "2", jobs.Commit, "none", "0", "0", "read-only", "kept"]);
        // A commit more, and a tag that has moved, reach the next job.
        var second = jobs.Add(("more.txt", "still more"));
        jobs.Git("tag", "--force", "v1.2.0");
        var next = jobs.Job(Step("look", "git describe --tags; cat more.txt; echo; git fsck --connectivity-only 2>&1 | grep -c missing || true")) with { Attempt = 2 };
        next.Commit.ShouldBe(second);
        (await jobs.RunAsync(next)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        jobs.Server.LinesOf(next, 0).ShouldBe(["v1.2.0", "still more", "0"]);
        // With the server's repository gone, what is here is enough for a commit that is here.
        jobs.Server.Repositories.Clear();
        var third = next with { Attempt = 3 };
        (await jobs.RunAsync(third)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        jobs.Server.LinesOf(third, -1)[0].ShouldContain("the commit is here already");
    }

    [Fact]
    public async Task A_step_that_floods_its_output_is_cut_visibly_and_goes_on_undisturbed()
    {
        await using var jobs = Create();
        var job = jobs.Job(Step("flood", "head -c 40000000 /dev/zero | tr '\\0' x; echo; (yes a line of a certain length for everybody to see || true) | head -c 60000000; echo over > done.txt"), Step("after", "cat done.txt")) with { Outputs = ["done.txt"] };
        var end = await jobs.RunAsync(job);
        end.Outcome.ShouldBe(ObservedOutcome.Succeeded, end.Reason);
        var log = jobs.Server.LogOf(job);
        log.Length.ShouldBeInRange(60 << 20, 64 << 20);
        var lines = jobs.Server.LinesOf(job);
        lines.Max(line => line.Length).ShouldBe(AgentLimits.LogLineBytes);
        lines.Count(line => line == "## the log has reached 64 MiB: of what is written from here on, the last lines of each step are kept").ShouldBe(1);
        lines.Count(line => line.EndsWith("MiB are left out here", StringComparison.Ordinal)).ShouldBe(1);
        lines[^1].ShouldStartWith("## packed 1 outputs");
        jobs.Server.LinesOf(job, 0)[^1].ShouldStartWith("a line of a certain length");
        jobs.Server.LinesOf(job, 1).ShouldBe(["over"]);
    }

    [Fact]
    public async Task What_a_step_leaves_in_the_background_ends_with_it_and_cannot_harm_the_next()
    {
        await using var jobs = Create();
        var word = $"left-{Path.GetFileName(jobs.Agent.Data)}";
        var job = jobs.Job(
            Step("fork", $"for i in 1 2 3; do setsid -f bash -c \"trap '' TERM HUP; (exec -a {word} sleep 600) & while true; do rm -f \\$SLIPWAY_VALUES; ln -s /etc/hostname \\$SLIPWAY_VALUES 2>/dev/null; rm -f \\$SLIPWAY_VALUES; done\" >/dev/null 2>&1; done; echo done"),
            Step("next", "rm -f $SLIPWAY_VALUES; echo fine=yes > $SLIPWAY_VALUES; ls -d /proc/[0-9]* | wc -l"));
        var watch = Stopwatch.StartNew();
        var end = await jobs.RunAsync(job);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        jobs.Processes(word).ShouldBeEmpty();
        end.Steps[0].ExitCode.ShouldBe(0);
        end.Values.Values.ShouldAllBe(value => value == "yes");
    }

    [Fact]
    public async Task An_agent_that_is_set_to_run_no_jobs_says_so_and_runs_none()
    {
        await using var jobs = Create(with: options => options with { JobCapacity = 0 });
        await jobs.Agent.ConnectedAsync();
        jobs.Agent.Server.Hellos.TryPeek(out var hello).ShouldBeTrue();
        (hello!.JobCapacity, hello.NoJobsBecause).ShouldBe((0, "it is set to run none"));
        var end = await jobs.RunAsync(jobs.Job(Step("one", "echo one")));
        (end.Outcome, end.Reason, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, "this agent runs no jobs: it is set to run none", 0));
        await using var able = Create(with: options => options with { JobCapacity = 3 });
        await able.Agent.ConnectedAsync();
        able.Agent.Server.Hellos.TryPeek(out hello).ShouldBeTrue();
        (hello!.JobCapacity, hello.NoJobsBecause).ShouldBe((3, null));
    }

    [Fact]
    public async Task Tools_outside_the_system_are_seen_where_the_agent_was_given_them_and_what_is_not_found_says_how()
    {
        var tools = Directory.CreateTempSubdirectory("slipway-tools-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(tools, "bin"));
            var tool = Path.Combine(tools, "bin", "greet");
            await File.WriteAllTextAsync(tool, "#!/bin/sh\necho greetings; touch \"$0\" 2>/dev/null || echo read-only\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(tool, (UnixFileMode)0b111_101_101);

            await using var without = Create();
            var lost = await without.RunAsync(without.Job(Step("one", "greet")));
            lost.Outcome.ShouldBe(ObservedOutcome.BuildFailed);
            lost.Reason!.ShouldContain("a command was not found. Steps see /usr and /opt");

            await using var with = Create(with: options => options with { ToolFolders = [tools] });
            var job = with.Job(Step("one", "greet"));
            (await with.RunAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
            with.Server.LinesOf(job, 0).ShouldBe(["greetings", "read-only"]);
        }
        finally
        {
            Directory.Delete(tools, recursive: true);
        }
    }

    [Fact]
    public async Task An_agent_without_a_sandbox_runs_no_step_and_says_so_anew_once_it_has_one()
    {
        var installed = 0;
        await using var jobs = Create(with: options => options with
        {
            WhyNoSandbox = cancel => Volatile.Read(ref installed) == 1 ? JobSandbox.WhyNotAsync(cancel) : Task.FromResult<string?>("bubblewrap is not installed (apt-get install bubblewrap)"),
            SandboxLook = TimeSpan.FromMilliseconds(100),
        });
        var job = jobs.Job(Step("one", "echo one"));
        var end = await jobs.RunAsync(job);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.InfrastructureFailed, "this agent runs no jobs: bubblewrap is not installed (apt-get install bubblewrap)"));
        jobs.Agent.Server.Hellos.Last().JobCapacity.ShouldBe(0);
        Volatile.Write(ref installed, 1);
        await Until.TrueAsync(() => jobs.Agent.Server.Hellos.Last() is { JobCapacity: > 0, NoJobsBecause: null }, "a hello with room for jobs");
        await jobs.TakeBackAsync(job);
        (await jobs.RunAsync(job with { Attempt = 2 })).Outcome.ShouldBe(ObservedOutcome.Succeeded);
    }

    [Fact]
    public async Task A_full_disk_is_the_agents_failure_and_a_server_that_is_away_for_a_moment_is_none()
    {
        await using var jobs = Create(with: options => options with
        {
            // The kernel's own full disk: every write fails with ENOSPC.
            CreateDownload = _ => new FileStream("/dev/full", new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, BufferSize = 0 }),
        });
        jobs.Server.FailingPuts = 2;
        var made = await jobs.RunAsync(jobs.Job(Step("make", "echo out > out.txt")) with { Outputs = ["out.txt"] });
        made.Outcome.ShouldBe(ObservedOutcome.Succeeded, made.Reason);
        jobs.Server.Blobs.ShouldContainKey(made.Outputs!);
        var end = await jobs.RunAsync(jobs.Job(Step("use", "cat out.txt")) with { Attempt = 2, Inputs = [made.Outputs!] });
        (end.Outcome, end.Reason, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, $"the disk that holds {jobs.Agent.Data} is full: free space there", 0));
    }

    [Fact]
    public async Task Many_jobs_at_once_keep_to_the_capacity_and_share_one_copy_of_the_repository()
    {
        await using var jobs = Create(with: options => options with { JobCapacity = 2 });
        var all = Enumerable.Range(1, 8).Select(n => jobs.Job(Step("one", "echo $SLIPWAY_ATTEMPT; sleep 0.1")) with { Job = $"job-{n}" }).ToList();
        foreach (var job in all)
        {
            await jobs.WantAsync(job);
        }
        foreach (var job in all)
        {
            (await jobs.UntilEndedAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        }
        Directory.GetDirectories(Path.Combine(jobs.Agent.Data, "sources")).Length.ShouldBe(1);
        var started = jobs.Agent.Server.Reports.Max(report => report.Jobs.Count(job => job.Steps.Any(step => step.State == ObservedStepState.Running)));
        started.ShouldBeInRange(1, 2);
    }
}
