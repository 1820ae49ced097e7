using System.Net.Sockets;
using Slipway.Agent.Instances;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Instances;

/// <summary>Instances as real processes, good and bad ones.</summary>
public sealed class RunningInstances
{
    [Fact]
    public async Task An_instance_starts_from_its_artifact_becomes_healthy_and_answers_as_itself()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var instance = await agent.UntilInstanceAsync(InstanceState.Healthy);
        instance.Instance.ShouldBe("shop-1");
        instance.Restarts.ShouldBe(0);
        instance.Failure.ShouldBeNull();
        using var http = new HttpClient();
        (await http.GetStringAsync($"http://127.0.0.1:{instance.Port}/", TestContext.Current.CancellationToken)).ShouldBe("shop 1.0.0 shop-1");
        agent.Server.ArtifactTokens.ShouldBe(["Bearer " + FakeServer.Token]);
    }

    [Fact]
    public async Task An_instance_finds_what_it_was_given_in_its_environment_and_nothing_of_the_agents()
    {
        await using var agent = AgentUnderTest.Create();
        Environment.SetEnvironmentVariable("AGENT_SECRET", "hush");
        await agent.WantAsync(agent.Wanted(["sh", "-c", "env; cat readme.txt; sleep 600"]));
        var instance = await agent.UntilInstanceAsync(InstanceState.Probing);
        var output = Path.Combine(agent.Data, "instances", instance.Instance, "output.log");
        await Until.TrueAsync(() => File.Exists(output) && File.ReadAllText(output).Contains("an artifact"), "the program's output");
        var lines = File.ReadAllLines(output);
        lines.ShouldContain("HOST=127.0.0.1");
        lines.ShouldContain($"PORT={instance.Port}");
        lines.ShouldContain("SLIPWAY_SERVICE=shop");
        lines.ShouldContain("SLIPWAY_VERSION=1.0.0");
        lines.ShouldContain("SLIPWAY_ENVIRONMENT=prod");
        lines.ShouldContain("SLIPWAY_INSTANCE=shop-1");
        lines.ShouldContain("COLOUR=green");
        lines.ShouldContain($"HOME={Path.Combine(agent.Data, "instances", "shop-1", "home")}");
        lines.ShouldNotContain(line => line.Contains("hush") || line.Contains(FakeServer.Token));
    }

    [Fact]
    public async Task A_count_of_zero_stops_every_instance_and_leaves_no_process()
    {
        await using var agent = AgentUnderTest.Create();
        var wanted = agent.Wanted(SampleService.Command("daemon"), count: 2);
        await agent.WantAsync(wanted);
        await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Count(instance => instance.State == InstanceState.Healthy) == 2);
        ProcessesOf(agent).Count.ShouldBeGreaterThan(4);
        await agent.WantAsync(wanted with { Count = 0 });
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Single().Wanted == 0 && report.VersionSets.Single().Instances.Count == 0);
        report.VersionSets.Single().VersionSet.ShouldBe("shop/prod/r1");
        ProcessesOf(agent).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_ignores_SIGTERM_is_killed_when_its_drain_time_is_over()
    {
        await using var agent = AgentUnderTest.Create();
        var wanted = agent.Wanted(SampleService.Command("ignore-term")) with { Drain = TimeSpan.FromSeconds(1) };
        await agent.WantAsync(wanted);
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.WantAsync(wanted with { Count = 0 });
        await agent.Server.UntilAsync(report => report.VersionSets.Single().Instances.Count == 0);
        ProcessesOf(agent).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_never_listens_fails_at_the_deadline_and_says_so()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(WithDeadline(agent.Wanted(["sh", "-c", "echo thinking; sleep 600"]), 2));
        var instance = await agent.UntilInstanceAsync(InstanceState.Failed);
        instance.Failure!.Code.ShouldBe("neverListened");
        instance.Failure.Reason.ShouldContain("within 2 s");
        instance.Failure.Reason.ShouldContain("thinking");
        instance.Failure.NextStep.ShouldContain("$HOST:$PORT");

        // Another agent may have an instance of the same id.
        instance.Failure.NextStep.ShouldEndWith($"slipway instance logs one/{instance.Instance}");
        ProcessesOf(agent).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_died_before_and_does_not_listen_when_its_time_is_over_is_told_of_by_its_death()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(WithDeadline(agent.Wanted(["sh", "-c", "mkdir \"$0\" && exit 3; sleep 600", Path.Combine(agent.Data, "died")]), 2));
        var instance = await agent.UntilInstanceAsync(InstanceState.Failed);
        instance.Failure!.Code.ShouldBe("exited");
        instance.Failure.Reason.ShouldContain("with exit code 3");
    }

    [Fact]
    public async Task A_program_that_dies_at_once_is_given_up_after_five_deaths_with_its_code_and_last_lines()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(["sh", "-c", "echo no database; exit 3"]));
        var instance = await agent.UntilInstanceAsync(InstanceState.Failed);
        instance.Failure!.Code.ShouldBe("exited");
        instance.Failure.Reason.ShouldContain("exit code 3");
        instance.Failure.Reason.ShouldContain("no database");
        instance.Restarts.ShouldBe(4);
        var output = Path.Combine(agent.Data, "instances", instance.Instance, "output.log");
        var lines = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        lines.Count(line => line == "no database").ShouldBe(5);
        lines.Count(line => line.StartsWith("--- started again, ", StringComparison.Ordinal)).ShouldBe(4);
        lines.Length.ShouldBe(9);
    }

    [Fact]
    public async Task A_failed_instance_is_tried_again_only_by_a_new_attempt()
    {
        await using var agent = AgentUnderTest.Create();
        var switchFile = Path.Combine(agent.Data, "mended");
        var wanted = agent.Wanted(["sh", "-c", $"test -e {switchFile} || exit 1; exec {TestProgram.Executable} {SampleService.Role}"]);
        await agent.WantAsync(wanted);
        var failed = await agent.UntilInstanceAsync(InstanceState.Failed);
        File.WriteAllText(switchFile, "");
        // The same attempt again, under a newer token: nothing happens, not even after a restart of the agent.
        await agent.WantAsync(wanted with { Token = new(1, 2) });
        await agent.EndAsync();
        agent.Server.LastReport = null;
        agent.Begin();
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Count == 1);
        report.VersionSets[0].Instances.Single().ShouldBe(failed);
        await agent.WantAsync(wanted with { Token = new(1, 3), Attempt = 1 });
        (await agent.UntilInstanceAsync(InstanceState.Healthy)).Instance.ShouldBe(failed.Instance);
    }

    [Fact]
    public async Task A_program_on_another_port_is_told_which_port_was_seen_at_once_and_fails_at_the_deadline()
    {
        await using var agent = AgentUnderTest.Create();
        var other = FreePort();
        await agent.WantAsync(WithDeadline(agent.Wanted(SampleService.Command($"port={other}")), 8));
        var hint = (await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Any(instance => instance.Failure is not null)))
            .VersionSets[0].Instances[0];
        hint.State.ShouldBe(InstanceState.Probing);
        hint.Failure!.Code.ShouldBe("wrongPort");
        var failed = await agent.UntilInstanceAsync(InstanceState.Failed);
        failed.Failure!.Code.ShouldBe("wrongPort");
        failed.Failure.Reason.ShouldContain($"{other}");
        failed.Failure.NextStep.ShouldContain("$PORT");
    }

    [Fact]
    public async Task A_program_that_listens_but_is_not_well_fails_with_what_it_answered()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(WithDeadline(agent.Wanted(SampleService.Command("sick-if=/proc/self/stat")), 4));
        var failed = await agent.UntilInstanceAsync(InstanceState.Failed);
        failed.Failure!.Code.ShouldBe("unhealthy");
        failed.Failure.Reason.ShouldContain("GET /healthz answered 503");
    }

    [Fact]
    public async Task A_command_that_does_not_exist_fails_before_it_is_started()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(["no-such-program-anywhere"]));
        var failed = await agent.UntilInstanceAsync(InstanceState.Failed);
        failed.Failure!.Code.ShouldBe("commandNotFound");
        agent.Server.LastReport!.VersionSets.Single().Failure!.Code.ShouldBe("commandNotFound");
        await agent.WantAsync(agent.Wanted(["./readme.txt"], revision: "r2"));
        var report = await agent.Server.UntilAsync(report => report.VersionSets.Count(set => set.Failure is not null) == 2);
        report.VersionSets[1].Failure!.Reason.ShouldContain("not executable");
    }

    [Fact]
    public async Task A_stranger_on_the_port_is_left_alone_and_the_instance_gets_another_port()
    {
        await using var agent = AgentUnderTest.Create();
        // The program tells its first port and waits, so that the test can put another program there first.
        var told = Path.Combine(agent.Data, "told");
        var go = Path.Combine(agent.Data, "go");
        await agent.WantAsync(agent.Wanted(["sh", "-c", $"test -e {told} || echo $PORT >{told}.new && mv {told}.new {told}; while ! test -e {go}; do sleep 0.05; done; exec {TestProgram.Executable} {SampleService.Role}"]));
        await Until.TrueAsync(() => File.Exists(told), "the program's port");
        using var stranger = new TcpListener(System.Net.IPAddress.Loopback, int.Parse(File.ReadAllText(told)));
        stranger.Start();
        await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Any(instance => instance.Failure?.Code == "portTaken"));
        File.WriteAllText(go, "");
        var instance = await agent.UntilInstanceAsync(InstanceState.Healthy);
        instance.Port.ShouldNotBe(int.Parse(File.ReadAllText(told)));
        instance.Restarts.ShouldBe(0);
        instance.Failure.ShouldBeNull();
        // It still listens: what the agent stopped was its own.
        using var client = new TcpClient();
        await client.ConnectAsync((System.Net.IPEndPoint)stranger.LocalEndpoint, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_cgroups_a_daemonised_child_in_its_own_session_is_found_by_its_mark_and_killed()
    {
        var paths = new InstancePaths(Directory.CreateTempSubdirectory("slipway-instance-").FullName);
        using var process = InstanceProcess.Start(paths, ["sh", "-c", "setsid sh -c 'sleep 600 & sleep 600' & sleep 600"], "/", InstanceEnvironment.Base("/"), group: null);
        await Until.TrueAsync(() => process.Members().Count >= 5, "wrapper, program, its sleep, the daemon and its sleep");
        var members = process.Members();
        await process.StopAsync(TimeSpan.FromSeconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        members.ShouldAllBe(pid => ProcFs.Read(pid) == null || ProcFs.Read(pid)!.Value.HasEnded);
        Directory.Delete(paths.Root, recursive: true);
    }

    [Fact]
    public async Task An_instance_that_was_healthy_and_dies_is_started_again()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var before = await agent.UntilInstanceAsync(InstanceState.Healthy);
        Libc.Signal(before.Pid!.Value, Libc.KillNow);
        var report = await agent.Server.UntilAsync(report => report.VersionSets[0].Instances is [{ State: InstanceState.Healthy, Restarts: 1 }]);
        var after = report.VersionSets[0].Instances[0];
        after.Instance.ShouldBe(before.Instance);
        after.Lapses.ShouldBe(1);
        after.Pid.ShouldNotBe(before.Pid);
        after.Port.ShouldNotBe(before.Port);
    }

    [Fact]
    public async Task An_instance_that_fails_its_probes_is_unhealthy_and_healthy_again_when_it_answers()
    {
        await using var agent = AgentUnderTest.Create();
        var sick = Path.Combine(agent.Data, "sick");
        await agent.WantAsync(agent.Wanted(SampleService.Command("sick-if=" + sick)));
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        File.WriteAllText(sick, "");
        var unhealthy = await agent.UntilInstanceAsync(InstanceState.Unhealthy);
        unhealthy.Failure!.Code.ShouldBe("unhealthy");
        File.Delete(sick);
        var healthy = await agent.UntilInstanceAsync(InstanceState.Healthy);
        healthy.Pid.ShouldBe(unhealthy.Pid);
        healthy.Failure.ShouldBeNull();
        (unhealthy.Lapses, healthy.Lapses).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Scaling_down_drains_the_newest_first()
    {
        await using var agent = AgentUnderTest.Create();
        var wanted = agent.Wanted(SampleService.Command(), count: 3);
        await agent.WantAsync(wanted);
        await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Count(instance => instance.State == InstanceState.Healthy) == 3);
        await agent.WantAsync(wanted with { Count = 1 });
        var report = await agent.Server.UntilAsync(report => report.VersionSets[0].Instances.Count == 1);
        report.VersionSets[0].Instances.Single().Instance.ShouldBe("shop-1");
    }

    [Fact]
    public async Task The_output_of_an_instance_can_be_asked_for_also_after_its_end()
    {
        await using var agent = AgentUnderTest.Create();
        var wanted = agent.Wanted(SampleService.Command("say=hello there"));
        await agent.WantAsync(wanted);
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.WantAsync(wanted with { Count = 0 });
        await agent.Server.UntilAsync(report => report.VersionSets[0].Instances.Count == 0);
        await agent.Server.SendAsync(new ServerQuestion { Question = "q1", About = "logs", Instance = "shop-1" });
        await agent.Server.SendAsync(new ServerQuestion { Question = "q2", About = "logs", Instance = "../../etc" });
        await agent.Server.SendAsync(new ServerQuestion { Question = "q3", About = "weather", Instance = "shop-1" });
        await Until.TrueAsync(() => agent.Server.Answers.Count == 3, "three answers");
        var answers = agent.Server.Answers.ToDictionary(answer => answer.Question);
        answers["q1"].Text.ShouldBe("hello there\n");
        answers["q2"].Error!.ShouldContain("no instance");
        answers["q3"].Error!.ShouldContain("weather");
    }

    internal static IReadOnlyList<int> ProcessesOf(AgentUnderTest agent) =>
        [.. ProcFs.All().Where(stat => Directory.GetDirectories(Path.Combine(agent.Data, "instances")).Any(directory => ProcFs.HasEnvironment(stat.Pid, $"{InstanceProcess.MarkVariable}={directory}"))).Select(stat => stat.Pid)];

    private static WantedVersionSet WithDeadline(WantedVersionSet wanted, int seconds) => wanted with { Health = wanted.Health with { Deadline = TimeSpan.FromSeconds(seconds) } };

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
