using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using static Slipway.Core.Tests.Transitions.SampleWorld;

namespace Slipway.Core.Tests.Transitions;

/// <summary>A run of two jobs, of which test needs build; build may be tried twice.</summary>
internal sealed class RunSamples() : Samples<RunState, RunEvent>(new RunFlow(), RunFlow.ProcessOf("storefront-run-7"), RunJson.Default.RunState)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public override IReadOnlyList<SampleState<RunState>> States
    {
        get
        {
            var none = new SampleState<RunState>("none", null, Start);
            var asked = Fold("waits for its turn", none, _ => Requested());
            var queued = Fold("build is queued", asked, _ => new RunAdmitted());
            var building = Fold("build runs", queued, Assign("build"));
            var again = Fold("build is queued again", building, Ends("build", JobOutcome.BuildFailed));
            var testing = Fold("test runs", building, Ends("build", JobOutcome.Succeeded), Assign("test"));
            var releasing = Fold("the release is being made", testing, Ends("test", JobOutcome.Succeeded));
            return
            [
                none, asked, queued, building, again, testing, releasing,
                Fold("ended: succeeded", releasing, _ => new ReleaseMade("1.4.0")),
                Fold("ended: failed", testing, Ends("test", JobOutcome.TestsFailed)),
                Fold("ended: cancelled", building, _ => new RunCancelled(Ada, "wrong branch")),
            ];
        }
    }

    public override IReadOnlyList<SampleEvent<RunState, RunEvent>> Events { get; } =
    [
        new("requested", Soon, _ => Requested()),
        new("admitted", Soon, _ => new RunAdmitted()),
        new("jobAssigned: the first that waits", Soon, s => Assign(Waiting(s))(s)),
        new("jobAssigned: an attempt that was before", Soon, _ => new JobAssigned("build", 0, "host-1")),
        new("jobReported: it goes on", Soon, s => Report(s, null)),
        .. Enum.GetValues<JobOutcome>().Select(o => new SampleEvent<RunState, RunEvent>($"jobReported: {o}", Soon, s => Report(s, o))),
        new("jobReported: an attempt that was before", Soon, _ => new JobReported(new JobReport("build", 0, "host-1", JobOutcome.Succeeded, null, Start, [], null, new Dictionary<string, string>()))),
        new("cancelled", Soon, _ => new RunCancelled(Ada, null)),
        new("cancelled: a newer run takes its place", Soon, _ => new RunCancelled(Actor.Slipway, "storefront-run-8 of a newer commit takes its place")),
        new("rerunAsked: all", Soon, _ => new RerunAsked(Ada, FailedOnly: false)),
        new("rerunAsked: failed only", Soon, _ => new RerunAsked(Ada, FailedOnly: true)),
        new("releaseMade", Soon, _ => new ReleaseMade("1.4.0")),
        new("releaseRefused", Soon, _ => new ReleaseRefused("1.4.0 is there with another artifact")),
        new("timeCame", Limits.AgentRecheck, _ => new RunTimeCame()),
        new("timeCame, hours later", TimeSpan.FromHours(5), _ => new RunTimeCame()),
    ];

    public override string Tell(RunState state) => $"{state.Phase}: {string.Join(", ", state.Jobs.Select(j => $"{j.Name} {j.Phase}{(j.Attempt > 1 ? $" ({j.Attempt})" : "")}"))}";

    public override string? Reason(RunState state) => state.Reason;

    private static RunRequested Requested() => new(
        new RunInputs
        {
            Service = "storefront",
            Commit = new string('c', 40),
            Branch = "main",
            Version = "1.4.0",
            Subject = "Give members their price",
            Pipeline = new PipelineDefinition
            {
                Jobs =
                [
                    new JobDefinition { Name = "build", Retry = 1, Steps = [new StepDefinition { Name = "make", Run = "make" }] },
                    new JobDefinition { Name = "test", Needs = ["build"], Steps = [new StepDefinition { Name = "make test", Run = "make test" }] },
                ],
            },
            Artifact = new ArtifactDefinition("build", "dist"),
            Trigger = RunTrigger.Push,
        },
        Ada, null);

    private static string Waiting(RunState? state) => state?.Jobs.FirstOrDefault(j => j.Phase == JobPhase.Queued)?.Name ?? "build";

    private static Func<RunState?, RunEvent> Assign(string job) => state => new JobAssigned(job, state?.Jobs.First(j => j.Name == job).Attempt ?? 1, "host-1");

    private static Func<RunState?, RunEvent> Ends(string job, JobOutcome outcome) => state => ReportOf(state, job, outcome);

    private static JobReported Report(RunState? state, JobOutcome? outcome) => ReportOf(state, state?.Jobs.FirstOrDefault(j => j.Phase == JobPhase.Running)?.Name ?? "build", outcome);

    private static JobReported ReportOf(RunState? state, string job, JobOutcome? outcome) => new(new JobReport(
        job, state?.Jobs.First(j => j.Name == job).Attempt ?? 1, "host-1", outcome, outcome is null or JobOutcome.Succeeded ? null : $"it ended: {outcome}", Start,
        [new StepState("make", StepPhase.Running, Start, null, null, 1, null)], outcome == JobOutcome.Succeeded ? $"sha256:{job}" : null, new Dictionary<string, string>()));
}
