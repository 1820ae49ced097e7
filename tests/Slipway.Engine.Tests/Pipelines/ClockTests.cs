using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>Runs under a wall clock that is set: two days on, an hour back, on and back again. None of their timers hangs, and none comes early.</summary>
public sealed class ClockTests
{
    private const int Services = 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10), Step = TimeSpan.FromSeconds(30);

    public static TheoryData<double[]> Jumps { get; } = new(new double[] { 48 }, new double[] { -1 }, new double[] { 48, -48 }, new double[] { -1, 48, -1 });

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task Jobs_that_go_on_are_let_go_on_and_end_when_their_agent_says_so(double[] hours)
    {
        await using var world = await RunningAsync();
        await JumpAsync(world, hours);
        await world.PassAsync(Timeout);
        await PhasesAsync(world, JobPhase.Running);
        await world.ReportAsync([.. (await world.AtAgentAsync()).Select(plan => (plan, (JobOutcome?)JobOutcome.Succeeded))]);
        await world.SettleAsync();
        await PhasesAsync(world, JobPhase.Succeeded);
        (await world.RunAsync(Run(0))).Phase.ShouldBe(RunPhase.Succeeded);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task An_agent_that_is_away_has_its_minute_and_no_more(double[] hours)
    {
        await using var world = await RunningAsync();
        world.Connect(Services, connected: false);
        await JumpAsync(world, hours);
        await PhasesAsync(world, JobPhase.Running);
        await world.PassAsync(Limits.AgentPatience + Limits.AgentRecheck + Step);
        await PhasesAsync(world, JobPhase.Failed);
        (await world.RunAsync(Run(0))).Jobs[0].Outcome.ShouldBe(JobOutcome.AgentLost);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task An_agent_that_says_nothing_has_the_job_s_time_and_no_more(double[] hours)
    {
        await using var world = await RunningAsync();
        await JumpAsync(world, hours);
        await world.PassAsync(Timeout + Limits.JobMargin - (Step * 2 * (hours.Length + 1)));
        await PhasesAsync(world, JobPhase.Running);
        await world.PassAsync(Step * 4 * (hours.Length + 1));
        await PhasesAsync(world, JobPhase.Failed);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_repository_that_is_away_is_read_as_soon_as_it_may_be_tried_again(double[] hours)
    {
        await using var world = await PipelineWorld.OpenAsync();
        world.IsAway = true;
        await world.FollowAsync("shop");
        await world.SendAsync("shop", new HeadSeen(PipelineWorld.Commit(1)));
        await world.SettleAsync();
        (await world.SourceAsync("shop")).Reading.ShouldNotBeNull();
        await JumpAsync(world, hours);
        world.IsAway = false;
        await world.PassAsync(Step);
        (await world.SourceAsync("shop")).Active.ShouldBe(SourceFlow.RunName("shop", 1));
    }

    /// <summary>A job of each service has run for half a minute.</summary>
    private static async Task<PipelineWorld> RunningAsync()
    {
        var world = await PipelineWorld.OpenAsync();
        world.Connect(Services);
        for (var n = 0; n < Services; n++)
        {
            await world.FollowAsync($"s{n}");
            await world.SendAsync($"s{n}", new HeadSeen(PipelineWorld.Commit(1)));
        }

        await world.SettleAsync();
        await world.PassAsync(Step);
        await PhasesAsync(world, JobPhase.Running);
        return world;
    }

    private static async Task JumpAsync(PipelineWorld world, double[] hours)
    {
        foreach (var hour in hours)
        {
            world.Time.Jump(TimeSpan.FromHours(hour));
            await world.SettleAsync();
            await world.PassAsync(TimeSpan.FromSeconds(5));
        }
    }

    private static async Task PhasesAsync(PipelineWorld world, JobPhase expected)
    {
        for (var n = 0; n < Services; n++)
        {
            (await world.RunAsync(Run(n))).Jobs.ShouldHaveSingleItem().Phase.ShouldBe(expected);
        }
    }

    private static string Run(int service) => SourceFlow.RunName($"s{service}", 1);
}
