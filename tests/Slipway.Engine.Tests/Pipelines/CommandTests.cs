using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>Commands of rollouts on the real store, with the jobs of runs beside them.</summary>
public sealed class CommandTests
{
    private const string Command = "command.shop-prod-1.1.0.0.1", Set = "shop/prod/0123456789ab";
    private static readonly LaneId Lane = new("shop", "prod");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_goes_to_an_agent_that_has_instances_of_its_version_and_finds_them_by_its_environment()
    {
        await using var world = await PipelineWorld.OpenAsync();
        world.Connect(capacity: 2);
        await AskAsync(world);
        await world.SettleAsync();
        (await world.AtAgentAsync()).ShouldBeEmpty("the agent has no instances of that version");

        await ObserveAsync(world);
        await world.SettleAsync();

        var plan = (await world.AtAgentAsync()).ShouldHaveSingleItem();
        (plan.Run, plan.Job, plan.Attempt, plan.Network, plan.Timeout).ShouldBe((Command, "verification", 1, true, TimeSpan.FromSeconds(30)));
        plan.Steps.ShouldHaveSingleItem().Run.ShouldBe("./smoke.sh");
        (plan.Env["SLIPWAY_URL"], plan.Env["SLIPWAY_VERSION"], plan.Env["SLIPWAY_ENVIRONMENT"]).ShouldBe(("http://127.0.0.1:7391", "2.0", "prod"));
        (await StateAsync(world)).Phase.ShouldBe(CommandPhase.Running);
    }

    [Fact]
    public async Task It_runs_in_a_checkout_of_the_releases_commit()
    {
        await using var world = await PipelineWorld.OpenAsync();
        await world.SendAsync("shop", new SourceSet(new SourceSpec("/srv/shop", "main", "services/shop"), PipelineWorld.Ada));
        await ReleaseAsync(world, PipelineWorld.Commit(7));
        var plan = await GivenAsync(world);
        (plan.Commit, plan.Path).ShouldBe((PipelineWorld.Commit(7), "services/shop"));
        plan.Inputs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0000000000000000000000000000000000000007")]
    public async Task Without_a_commit_or_a_repository_it_runs_in_the_unpacked_artifact(string? commit)
    {
        await using var world = await PipelineWorld.OpenAsync();
        await ReleaseAsync(world, commit);
        var plan = await GivenAsync(world);
        (plan.Commit, plan.Path).ShouldBe(("", null));
        plan.Inputs.ShouldBe(["sha256:2"]);
    }

    [Fact]
    public async Task What_a_rollout_waits_for_does_not_wait_behind_builds()
    {
        await using var world = await PipelineWorld.OpenAsync();
        foreach (var service in new[] { "one", "two" })
        {
            await world.FollowAsync(service);
            await world.SendAsync(service, new HeadSeen(PipelineWorld.Commit(1)));
        }

        await world.SettleAsync();
        await AskAsync(world);
        await ObserveAsync(world);
        await world.SettleAsync();
        world.Connect(capacity: 1);
        await world.SettleAsync();
        (await world.AtAgentAsync()).ShouldHaveSingleItem().Run.ShouldBe(Command);
    }

    [Fact]
    public async Task Its_end_is_told_once_with_the_last_lines_and_leaves_nothing_at_the_agent()
    {
        await using var world = await PipelineWorld.OpenAsync();
        world.LogEnd = "expected 2 items";
        var plan = await GivenAsync(world);
        await world.ReportAsync((plan, JobOutcome.BuildFailed));
        await world.ReportAsync((plan, JobOutcome.BuildFailed));
        await world.SettleAsync();

        (await world.AtAgentAsync()).ShouldBeEmpty();
        (await StateAsync(world)).Outcome.ShouldBe(JobOutcome.BuildFailed);
        (await world.Store.RunningAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_whose_agent_does_not_come_back_ends_as_unknown_and_is_given_to_nobody_else()
    {
        await using var world = await PipelineWorld.OpenAsync();
        await GivenAsync(world);
        world.Connect(capacity: 2, connected: false);
        await world.PassAsync(Limits.AgentPatience + TimeSpan.FromSeconds(30));
        (await StateAsync(world)).Outcome.ShouldBe(JobOutcome.AgentLost);

        world.Connect(capacity: 2);
        await world.PassAsync(TimeSpan.FromMinutes(1));
        (await world.AtAgentAsync()).ShouldBeEmpty();
        (await world.Store.WaitingLabelsAsync(Cancel)).ShouldBeEmpty();
    }

    private static async Task<JobPlan> GivenAsync(PipelineWorld world)
    {
        world.Connect(capacity: 2);
        await AskAsync(world);
        await ObserveAsync(world);
        await world.SettleAsync();
        return (await world.AtAgentAsync()).Single(plan => plan.Run == Command);
    }

    private static Task AskAsync(PipelineWorld world) => world.SendAsync(CommandFlow.ProcessOf(Command), new CommandFlow().WriteEvent(new CommandAsked(new CommandSpec
    {
        Rollout = "shop-prod-1", Purpose = CommandPurpose.Verification, Name = "smoke", AttemptId = "one", Lane = Lane, Version = "2.0", Run = "./smoke.sh", Timeout = TimeSpan.FromSeconds(30), ArtifactDigest = "sha256:2",
        VersionSet = Set, Labels = new Dictionary<string, string>(),
    })));

    private static Task ObserveAsync(PipelineWorld world) => world.Observations.ReportAsync(
        PipelineWorld.Agent,
        [new VersionSetObserved { VersionSet = Set, Agent = PipelineWorld.Agent, Token = new FencingToken(1, 1), Wanted = 1, Instances = [new InstanceObserved { Id = "a", Condition = InstanceCondition.Healthy }] }],
        [new TrafficObserved { Lane = Lane, Agent = PipelineWorld.Agent, Generation = 1, Port = 7390, PreviewPort = 7391 }],
        Cancel);

    private static async Task<CommandState> StateAsync(PipelineWorld world) =>
        await world.Store.ReadProcessAsync(CommandFlow.ProcessOf(Command), Cancel) is { } process ? new CommandFlow().ReadState(process.State, process.StateVersion) : throw new InvalidOperationException("There is no command.");

    private static Task ReleaseAsync(PipelineWorld world, string? commit) => world.KeepReleaseAsync(new Release
    {
        Service = "shop", Version = "2.0", Commit = commit, ArtifactDigest = "sha256:2", ArtifactBytes = 1, Definition = "", DefinitionFile = "slipway.yaml", DefinitionHash = "", CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = PipelineWorld.Ada,
    });
}
