using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;
using static Slipway.Core.Tests.Transitions.SampleWorld;

namespace Slipway.Core.Tests.Transitions;

internal sealed class CommandSamples() : Samples<CommandState, CommandEvent>(new CommandFlow(), CommandFlow.ProcessOf("command.storefront-prod-2.1.0.0.1"), CommandJson.Default.CommandState)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public override IReadOnlyList<SampleState<CommandState>> States
    {
        get
        {
            var none = new SampleState<CommandState>("none", null, Start);
            var queued = Fold("waits for an agent", none, _ => Asked());
            var running = Fold("runs", queued, _ => new CommandAssigned("host-1"));
            return
            [
                none, queued, running,
                Fold("ended: succeeded", running, _ => Report(JobOutcome.Succeeded)),
                Fold("ended: cancelled before it began", queued, _ => new CommandCancelled("the rollout went back")),
            ];
        }
    }

    public override IReadOnlyList<SampleEvent<CommandState, CommandEvent>> Events { get; } =
    [
        new("asked", Soon, _ => Asked()),
        new("assigned", Soon, _ => new CommandAssigned("host-1")),
        new("assigned: another agent", Soon, _ => new CommandAssigned("host-2")),
        new("reported: it goes on", Soon, _ => Report(null)),
        .. Enum.GetValues<JobOutcome>().Select(o => new SampleEvent<CommandState, CommandEvent>($"reported: {o}", Soon, _ => Report(o))),
        new("reported: by another agent", Soon, _ => Report(JobOutcome.Succeeded, "host-2")),
        new("cancelled", Soon, _ => new CommandCancelled("the rollout went back")),
        new("timeCame", Limits.AgentRecheck, _ => new CommandTimeCame()),
        new("timeCame, an hour later", TimeSpan.FromHours(1), _ => new CommandTimeCame()),
    ];

    public override string Tell(CommandState state) => $"{state.Phase}{(state.Outcome is { } outcome ? $" {outcome}" : "")}";

    public override string? Reason(CommandState state) => state.Reason;

    private static CommandAsked Asked() => new(new CommandSpec
    {
        Rollout = "storefront-prod-2",
        Purpose = CommandPurpose.Verification,
        Name = "smoke",
        AttemptId = "storefront-prod-2:smoke:1:0",
        Lane = Lane,
        Version = "2.0",
        Run = "./smoke.sh",
        Timeout = TimeSpan.FromSeconds(30),
        ArtifactDigest = "sha256:2",
        VersionSet = "storefront/prod/2",
        Labels = new Dictionary<string, string>(),
    });

    private static CommandReported Report(JobOutcome? outcome, string agent = "host-1") => new(
        new JobReport("verification", CommandFlow.Attempt, agent, outcome, outcome is null or JobOutcome.Succeeded ? null : $"it ended: {outcome}", Start, [new StepState("smoke", StepPhase.Running, Start, null, outcome == JobOutcome.BuildFailed ? 1 : null, 1, null)], null, new Dictionary<string, string>()),
        outcome == JobOutcome.BuildFailed ? "basket is empty" : null);
}
