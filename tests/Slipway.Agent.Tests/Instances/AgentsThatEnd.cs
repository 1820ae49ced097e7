using Slipway.Agent.Instances;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Instances;

/// <summary>Agents that are stopped or killed: what they started runs on, and the next one takes it over.</summary>
public sealed class AgentsThatEnd
{
    [Fact]
    public async Task A_killed_agent_is_followed_by_one_that_adopts_what_runs_and_starts_no_twin()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        using var first = AgentProcess.Start(agent.Server.Address, agent.Data, agent.Settings.FirstInstancePort, agent.Settings.LastInstancePort);
        await agent.WantAsync(agent.Wanted(SampleService.Command(), count: 2));
        var before = await BothHealthyAsync(agent);
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        RunningInstances.ProcessesOf(agent).Count.ShouldBe(4);
        agent.Server.LastReport = null;
        agent.Begin();
        var after = await BothHealthyAsync(agent);
        after.ShouldBe(before);
        RunningInstances.ProcessesOf(agent).Count.ShouldBe(4);
        // It looks after them as its own: the exit of an adopted one is noticed, with its code, and it is started again.
        Libc.Signal(after[0].Pid!.Value, Libc.KillNow);
        var report = await agent.Server.UntilAsync(report => report.VersionSets[0].Instances.Any(instance => instance is { Restarts: 1, State: InstanceState.Healthy }));
        report.VersionSets[0].Instances.Single(instance => instance.Restarts == 1).Instance.ShouldBe(after[0].Instance);
        File.ReadAllText(Path.Combine(agent.Data, "agent.log")).ShouldContain("by signal 9");
    }

    [Fact]
    public async Task An_agent_killed_again_and_again_while_instances_start_never_leaves_a_twin()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        var wanted = agent.Wanted(SampleService.Command(), count: 3);
        agent.Server.Snapshot = new() { Full = true, VersionSets = [wanted] };
        for (var round = 0; round < 8; round++)
        {
            var hellos = agent.Server.Hellos.Count;
            using var process = AgentProcess.Start(agent.Server.Address, agent.Data, agent.Settings.FirstInstancePort, agent.Settings.LastInstancePort);
            await Until.TrueAsync(() => agent.Server.Hellos.Count > hellos, "the agent's hello");
            // A different moment of the starts each time.
            await Task.Delay(round * 15, TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        agent.Server.LastReport = null;
        agent.Begin();
        await agent.Server.UntilAsync(report => report.VersionSets.Count == 1 && report.VersionSets[0].Instances.Count(instance => instance.State == InstanceState.Healthy) == 3);
        await Until.TrueAsync(() => RunningInstances.ProcessesOf(agent).Count == 6, "three wrappers and three programs, no more");
        agent.Server.LastReport!.VersionSets[0].Instances.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_process_started_just_before_the_agent_died_is_found_by_its_mark()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command()));
        var before = await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.EndAsync();
        // As it is on disk in the moment between the process's start and the note of its pid.
        var store = new InstanceStore(new AgentPaths(agent.Data), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var record = store.LoadAll().Single();
        store.Save(record with { Phase = InstancePhase.Starting, Process = null, WasHealthy = false, ProcessWasHealthy = false });
        agent.Server.LastReport = null;
        agent.Begin();
        var after = await agent.UntilInstanceAsync(InstanceState.Healthy);
        after.Pid.ShouldBe(before.Pid);
        after.Port.ShouldBe(before.Port);
        after.Restarts.ShouldBe(0);
    }

    [Fact]
    public async Task An_instance_that_died_while_no_agent_looked_is_started_again()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command("daemon")));
        var before = await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.EndAsync();
        Libc.Signal(before.Pid!.Value, Libc.KillNow);
        agent.Server.LastReport = null;
        agent.Begin();
        var report = await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Any(instance => instance is { State: InstanceState.Healthy, Restarts: 1 }));
        report.VersionSets[0].Instances.Single().Instance.ShouldBe(before.Instance);
        report.VersionSets[0].Instances.Single().Lapses.ShouldBe(1);
        // Wrapper, program, daemon's shell and its two sleeps: what the first one left behind is gone.
        await Until.TrueAsync(() => RunningInstances.ProcessesOf(agent).Count == 5, "the second one's processes alone");
    }

    [Fact]
    public async Task Without_a_server_a_restarted_agent_keeps_up_what_was_wanted_last()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command(), counter: 9));
        var before = await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.EndAsync();
        Libc.Signal(before.Pid!.Value, Libc.KillNow);
        var address = agent.Settings.Server;
        agent.Settings = agent.Settings with { Server = new("http://127.0.0.1:1") };
        agent.Begin();
        var log = Path.Combine(agent.Data, "agent.log");
        await Until.TrueAsync(() => File.ReadAllText(log).Split("instance shop-1 is Healthy").Length == 3, "healthy once more");
        await agent.EndAsync();
        // The fence too is still there.
        agent.Settings = agent.Settings with { Server = address };
        agent.Server.LastReport = null;
        agent.Begin();
        (await agent.Server.UntilAsync(report => report.VersionSets.Count == 1)).VersionSets[0].Token.ShouldBe(new Token(1, 9));
    }

    [Fact]
    public async Task An_unreadable_wanted_state_is_kept_aside_and_rebuilt_from_what_runs()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(agent.Wanted(SampleService.Command(), count: 2, counter: 9));
        var before = await BothHealthyAsync(agent);
        await agent.EndAsync();
        File.WriteAllText(Path.Combine(agent.Data, "wanted.json"), "{ \"versionSets\": ");
        agent.Server.LastReport = null;
        agent.Begin();
        (await BothHealthyAsync(agent)).ShouldBe(before);
        agent.Server.LastReport!.VersionSets.Single().Wanted.ShouldBe(2);
        agent.Server.LastReport!.VersionSets.Single().Token.ShouldBe(new Token(1, 9));
        File.Exists(Path.Combine(agent.Data, "wanted.json.unreadable-1")).ShouldBeTrue();
    }

    [Fact]
    public async Task An_instance_that_was_being_drained_is_drained_by_the_next_agent()
    {
        await using var agent = AgentUnderTest.Create(begin: false);
        using var first = AgentProcess.Start(agent.Server.Address, agent.Data, agent.Settings.FirstInstancePort, agent.Settings.LastInstancePort);
        var wanted = agent.Wanted(SampleService.Command("ignore-term")) with { Drain = TimeSpan.FromSeconds(5) };
        await agent.WantAsync(wanted);
        await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.WantAsync(wanted with { Count = 0 });
        await agent.UntilInstanceAsync(InstanceState.Draining);
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        RunningInstances.ProcessesOf(agent).Count.ShouldBe(2);
        agent.Server.LastReport = null;
        agent.Begin();
        await agent.Server.UntilAsync(report => report.VersionSets.Count == 1 && report.VersionSets[0].Instances.Count == 0);
        RunningInstances.ProcessesOf(agent).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_everything_leaves_no_process_and_the_next_agent_starts_what_is_wanted()
    {
        await using var agent = AgentUnderTest.Create(router: true);
        await agent.WantAsync(agent.Wanted(SampleService.Command("daemon"), count: 2));
        await BothHealthyAsync(agent);
        await agent.EndAsync();
        (await AgentProgram.StopAllAsync(agent.Settings, TestContext.Current.CancellationToken)).ShouldBeOfType<AgentEnd.Stopped>();
        RunningInstances.ProcessesOf(agent).ShouldBeEmpty();
        Traffic.RouterUnderAnAgent.RouterOf(agent).ShouldBeNull();
        agent.Server.LastReport = null;
        agent.Begin();
        (await BothHealthyAsync(agent)).Select(instance => instance.Instance).ShouldBe(["shop-3", "shop-4"]);
    }

    private static async Task<IReadOnlyList<ObservedInstance>> BothHealthyAsync(AgentUnderTest agent) =>
        (await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Count(instance => instance.State == InstanceState.Healthy) == 2)).VersionSets[0].Instances;
}
