using System.Diagnostics;
using Slipway.Agent.Jobs;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using static Slipway.Agent.Tests.Jobs.JobsUnderTest;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Jobs that want more of their machine than they may have. These tests need a machine whose cgroups may be used, as ./test does for a sandbox.</summary>
public sealed class LimitedJobs : IDisposable
{
    private const string Hog = "head -c 400000000 /dev/zero | tail -c 300000000 | wc -c";
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-limits-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_that_takes_more_memory_than_it_may_is_ended_and_told_as_that_and_the_agent_lives()
    {
        await using var jobs = Create();
        var job = jobs.Job(Step("hog", Hog)) with { Resources = new(null, 80 << 20, null) };
        var end = await jobs.RunAsync(job);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.BuildFailed, "hog: a process of it was ended by the machine: it used more than its 80 MiB of memory (exit status 137)"));
        jobs.Server.LinesOf(job, 0).ShouldContain("## a process of it was ended by the machine: it used more than its 80 MiB of memory (exit status 137)");
        // The same step does no harm where it may have so much.
        (await jobs.RunAsync(jobs.Job(Step("hog", Hog)) with { Attempt = 2 })).Outcome.ShouldBe(ObservedOutcome.Succeeded);
    }

    [Fact]
    public async Task What_was_ended_for_memory_is_told_though_the_step_went_on_without_it()
    {
        await using var jobs = Create();
        var end = await jobs.RunAsync(jobs.Job(Step("hog", $"({Hog}) || echo never mind")) with { Resources = new(null, 80 << 20, null) });
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.Succeeded, "hog: a process of it was ended by the machine: it used more than its 80 MiB of memory"));
    }

    [Fact]
    public async Task A_bomb_of_processes_is_held_and_nothing_of_it_is_left()
    {
        await using var jobs = Create();
        var watch = Stopwatch.StartNew();
        var job = jobs.Job(Step("bomb", "sh -c 'bomb() { bomb | bomb & }; bomb; sleep 1' || true; exit 3"), Step("after", "echo after") with { Always = true }) with { Resources = new(null, null, 60) };
        var end = await jobs.RunAsync(job);
        (end.Outcome, end.Reason).ShouldBe((ObservedOutcome.BuildFailed, "bomb: it was refused a process by the machine: it may have 60 at a time, threads counted (exit status 3)"));
        end.Steps[1].State.ShouldBe(ObservedStepState.Succeeded);
        jobs.Server.LinesOf(job, 1).ShouldBe(["after"]);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        jobs.Processes("bomb() {").ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_limit_stands_in_the_cgroup_of_the_job_and_the_cgroup_goes_with_it()
    {
        await using var jobs = Create();
        var job = jobs.Job(Step("wait", "echo begun; while [ ! -e go ]; do sleep 0.05; done")) with { Resources = new(0.5, 256 << 20, 100) };
        await jobs.WantAsync(job);
        await Until.TrueAsync(() => jobs.Server.LinesOf(job, 0).Contains("begun"), "the step's first line");
        var groups = Groups(jobs, job);
        groups.SelectMany(folder => File.ReadLines(Path.Combine(folder, "cgroup.procs"))).ShouldNotBeEmpty();
        In(groups, "pids.max").ShouldBe("100");
        In(groups, "memory.max", "memory.limit_in_bytes").ShouldBe($"{256 << 20}");
        In(groups, "cpu.max", "cpu.cfs_quota_us").Split(' ')[0].ShouldBe("50000");
        await File.WriteAllTextAsync(Path.Combine(jobs.FolderOf(job), "scratch", "workspace", "go"), "", Cancel);
        (await jobs.UntilEndedAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        groups.ShouldAllBe(folder => !Directory.Exists(folder) && !Directory.Exists(Path.GetDirectoryName(folder)));
    }

    [Fact]
    public async Task A_killed_agent_leaves_cgroups_that_the_next_one_empties_and_removes()
    {
        await using var jobs = Create(begin: false);
        using var first = AgentProcess.Start(jobs.Agent.Server.Address, jobs.Agent.Data, jobs.Agent.Settings.FirstInstancePort, jobs.Agent.Settings.LastInstancePort);
        var job = jobs.Job(Step("long", "echo begun; sleep 600"));
        await jobs.WantAsync(job);
        await Until.TrueAsync(() => jobs.Server.LinesOf(job, 0).Contains("begun"), "the step's first line");
        first.Kill();
        await first.WaitForExitAsync(Cancel);
        var groups = Groups(jobs, job);
        groups.ShouldAllBe(folder => Directory.Exists(folder));
        // One that carries no mark and is in no namespace: only the cgroup knows of it.
        using var unmarked = Process.Start(new ProcessStartInfo("sh", ["-c", "for file do echo 0 >\"$file\"; done; echo in; exec sleep 600", "sh", .. groups.Select(folder => Path.Combine(folder, "cgroup.procs"))]) { RedirectStandardOutput = true })!;
        (await unmarked.StandardOutput.ReadLineAsync(Cancel)).ShouldBe("in");
        jobs.Agent.Server.LastReport = null;
        jobs.Agent.Begin();
        (await jobs.UntilEndedAsync(job)).Outcome.ShouldBe(ObservedOutcome.Unknown);
        await unmarked.WaitForExitAsync(Cancel);
        groups.ShouldAllBe(folder => !Directory.Exists(folder));
    }

    [Fact]
    public async Task A_job_that_asks_for_more_than_the_agent_gives_does_not_begin_and_hears_why()
    {
        await using var jobs = Create(with: options => options with { JobMemory = 1L << 30, JobProcesses = 200 });
        await jobs.Agent.ConnectedAsync();
        jobs.Agent.Server.Hellos.Last().JobLimits!.ShouldStartWith("a job has at most 1 GiB of memory (");
        jobs.Agent.Server.Hellos.Last().JobLimits!.ShouldEndWith(" all jobs together), 200 processes, the processor time that it asks for");
        jobs.Agent.Server.Hellos.Last().JobLimitsMissing.ShouldBeNull();
        var end = await jobs.RunAsync(jobs.Job(Step("one", "echo one")) with { Resources = new(null, 3L << 30, null) });
        (end.Outcome, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, 0));
        end.Reason!.ShouldStartWith("the job asks for 3 GiB of memory; a job on this agent has at most 1 GiB: ask for less,");
        end = await jobs.RunAsync(jobs.Job(Step("one", "echo one")) with { Attempt = 2, Resources = new(null, null, 201) });
        end.Reason!.ShouldStartWith("the job asks for 201 processes; a job on this agent has at most 200: ask for fewer,");
    }

    [Theory]
    [InlineData("", "", "memory, processes, processor time of jobs are not limited: there is no cgroup hierarchy for that where the agent runs")]
    [InlineData("0::/user.slice\n", "30 20 0:26 / ROOT rw - cgroup2 cgroup2 rw\n", "of jobs are not limited: the cgroup ROOT/user.slice was not given to the agent to divide: set Delegate=yes in its systemd unit")]
    public async Task Where_there_are_no_cgroups_to_use_jobs_run_and_it_is_said_what_is_not_limited(string groups, string mounts, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_root, "user.slice"));
        await File.WriteAllTextAsync(Path.Combine(_root, "user.slice", "cgroup.controllers"), "cpu memory pids\n", Cancel);
        await File.WriteAllTextAsync(Path.Combine(_root, "cgroup"), groups, Cancel);
        await File.WriteAllTextAsync(Path.Combine(_root, "mountinfo"), mounts.Replace("ROOT", _root, StringComparison.Ordinal), Cancel);
        await using var jobs = Create(with: options => options with { ProcSelf = _root });
        var job = jobs.Job(Step("one", "echo one")) with { Resources = new(1, 80 << 20, null) };
        (await jobs.RunAsync(job)).Outcome.ShouldBe(ObservedOutcome.Succeeded);
        var hello = jobs.Agent.Server.Hellos.Last();
        hello.JobLimits.ShouldBeNull();
        hello.JobLimitsMissing!.ShouldContain(expected.Replace("ROOT", _root, StringComparison.Ordinal));
        jobs.Server.LinesOf(job, -1).ShouldContain("## " + hello.JobLimitsMissing);
        File.Exists(Path.Combine(jobs.FolderOf(job), "groups")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_files_of_the_second_version_of_cgroups_are_written_and_read_as_they_are_called_there()
    {
        var (folder, attempt) = (Path.Combine(_root, "jobs", "one"), new AttemptFolder(Directory.CreateDirectory(Path.Combine(_root, "attempt")).FullName));
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "memory.swap.max"), "max\n", Cancel);
        var group = new JobGroup([(folder, true, [Controller.Memory, Controller.Pids, Controller.Cpu])], new(1.5, 2L << 30, 500), 8L << 30);
        group.Make(attempt);
        string[] files = ["memory.max", "memory.swap.max", "pids.max", "cpu.max", "../memory.max", "../cgroup.subtree_control"];
        files.Select(file => File.ReadAllText(Path.Combine(folder, file))).ShouldBe([$"{2L << 30}", "0", "500", "150000 100000", $"{8L << 30}", "+memory +pids +cpu"]);
        group.Entries.ShouldBe([Path.Combine(folder, "cgroup.procs")]);

        await Counted(oom: 0, killed: 1, refused: 2);
        var before = group.Counts();
        before.ShouldBe(new LimitCounts(1, false, 2));
        group.WhatHappened(before).ShouldBeNull();
        await Counted(oom: 0, killed: 1, refused: 3);
        group.WhatHappened(before).ShouldBe("it was refused a process by the machine: it may have 500 at a time, threads counted");
        await Counted(oom: 0, killed: 2, refused: 3);
        group.WhatHappened(before).ShouldBe("a process of it was ended by the machine: the jobs of this agent used more than their 8 GiB of memory together");
        await Counted(oom: 1, killed: 2, refused: 3);
        group.WhatHappened(before).ShouldBe("a process of it was ended by the machine: it used more than its 2 GiB of memory");

        async Task Counted(int oom, int killed, int refused)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "memory.events"), $"low 0\nhigh 0\nmax 7\noom {oom}\noom_kill {killed}\n", Cancel);
            await File.WriteAllTextAsync(Path.Combine(folder, "pids.events"), $"max {refused}\n", Cancel);
        }
    }

    [Fact]
    public void Where_this_process_is_is_read_of_the_second_version_of_the_first_and_of_both()
    {
        foreach (var folder in (string[])["unified/system.slice/a.service", "memory/box", "pids"])
        {
            Directory.CreateDirectory(Path.Combine(_root, folder));
        }
        File.WriteAllText(Path.Combine(_root, "unified/system.slice/a.service/cgroup.controllers"), "cpu pids\n");
        File.WriteAllText(Path.Combine(_root, "cgroup"), "9:name=systemd:/\n8:pids:/\n4:memory:/docker/abc/box\n0::/system.slice/a.service/slipway-agent\n");
        File.WriteAllText(Path.Combine(_root, "mountinfo"), string.Concat(new[] { "1 0 0:1 / /proc rw - proc proc rw", $"2 0 0:2 / {_root}/unified rw shared:1 - cgroup2 cgroup2 rw", $"3 0 0:3 /docker/abc {_root}/memory rw - cgroup cgroup rw,memory", $"4 0 0:4 / {_root}/pids rw - cgroup cgroup rw,pids" }.Select(line => line + "\n")));
        ControlHierarchy.OfThisProcess(_root).Select(each => $"{each.IsUnified} {string.Join(',', each.Controllers)} {each.Own[_root.Length..]} {each.IsTop}").ShouldBe(
            ["True cpu,pids /unified/system.slice/a.service False", "False memory /memory/box False", "False pids /pids True"]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string[] Groups(JobsUnderTest jobs, WantedJob job) => File.ReadAllLines(Path.Combine(jobs.FolderOf(job), "groups"));

    private static string In(string[] groups, params string[] files) =>
        File.ReadAllText(groups.SelectMany(folder => files.Select(file => Path.Combine(folder, file))).First(File.Exists)).Trim();
}
