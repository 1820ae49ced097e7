using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Instances;

/// <summary>Instances that serve no requests: that they go on is their health.</summary>
public sealed class RunningWorkers
{
    [Fact]
    public async Task A_worker_has_no_port_and_is_healthy_once_it_has_run_for_long_enough_and_no_sooner()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(Worker(agent, ["sh", "-c", "env; exec sleep 600"], healthyAfter: 4, interval: 300));
        var instance = await agent.UntilInstanceAsync(InstanceState.Healthy);
        (DateTimeOffset.UtcNow - instance.StartedAt!.Value).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(1200));
        instance.Port.ShouldBeNull();
        agent.Server.Reports.SelectMany(report => report.VersionSets).SelectMany(set => set.Instances).ShouldContain(seen => seen.State == InstanceState.Probing);
        var lines = await File.ReadAllLinesAsync(Path.Combine(agent.Data, "instances", instance.Instance, "output.log"), TestContext.Current.CancellationToken);
        lines.ShouldContain("SLIPWAY_SERVICE=shop");
        lines.ShouldNotContain(line => line.StartsWith("PORT=", StringComparison.Ordinal) || line.StartsWith("HOST=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_worker_that_ends_before_its_time_is_never_healthy_and_says_how_it_ended()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(Worker(agent, ["sh", "-c", "echo no queue; sleep 0.2; exit 4"], healthyAfter: 2, interval: 500));
        var instance = await agent.UntilInstanceAsync(InstanceState.Failed);
        instance.Failure!.Code.ShouldBe("exited");
        instance.Failure.Reason.ShouldContain("exit code 4");
        instance.Failure.Reason.ShouldContain("no queue");
        instance.Lapses.ShouldBe(0, "it never was healthy");
        agent.Server.Reports.SelectMany(report => report.VersionSets).SelectMany(set => set.Instances).ShouldNotContain(seen => seen.State == InstanceState.Healthy);
    }

    [Fact]
    public async Task A_worker_that_dies_is_unhealthy_at_once_and_must_run_its_time_again()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(Worker(agent, ["sleep", "600"], healthyAfter: 2, interval: 200));
        var first = await agent.UntilInstanceAsync(InstanceState.Healthy);
        Libc.Signal(first.Pid!.Value, Libc.KillNow);
        await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Any(instance => instance.State == InstanceState.BackOff || instance.Restarts == 1));
        var again = (await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Any(instance => instance is { State: InstanceState.Healthy, Restarts: 1 }))).VersionSets[0].Instances[0];
        again.Pid.ShouldNotBe(first.Pid);
        (DateTimeOffset.UtcNow - again.StartedAt!.Value).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public async Task A_worker_that_ends_again_and_again_after_its_time_says_how_often_and_how()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(Worker(agent, ["sh", "-c", "sleep 0.6; exit 4"], healthyAfter: 1, interval: 200));
        var report = await agent.Server.UntilAsync(report => report.VersionSets.SelectMany(set => set.Instances).Any(instance => instance is { State: InstanceState.BackOff, Lapses: 3 }));
        var instance = report.VersionSets[0].Instances[0];
        instance.Restarts.ShouldBe(3);
        instance.Failure!.Reason.ShouldContain("exit code 4");
    }

    [Fact]
    public async Task A_new_agent_takes_a_healthy_worker_over_as_healthy()
    {
        await using var agent = AgentUnderTest.Create();
        await agent.WantAsync(Worker(agent, ["sleep", "600"], healthyAfter: 3, interval: 500));
        var before = await agent.UntilInstanceAsync(InstanceState.Healthy);
        await agent.EndAsync();
        agent.Server.LastReport = null;
        agent.Server.Reports.Clear();
        agent.Begin();
        (await agent.UntilInstanceAsync(InstanceState.Healthy)).ShouldBe(before);
        agent.Server.Reports.SelectMany(report => report.VersionSets).SelectMany(set => set.Instances).ShouldAllBe(instance => instance.State == InstanceState.Healthy);
    }

    private static WantedVersionSet Worker(AgentUnderTest agent, IReadOnlyList<string> command, int healthyAfter, int interval)
    {
        var wanted = agent.Wanted(command);
        return wanted with { Health = wanted.Health with { Path = "", HealthyAfter = healthyAfter, Interval = TimeSpan.FromMilliseconds(interval) } };
    }
}
