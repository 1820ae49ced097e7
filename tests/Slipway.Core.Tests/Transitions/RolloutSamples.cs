using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using static Slipway.Core.Tests.Transitions.SampleWorld;

namespace Slipway.Core.Tests.Transitions;

internal sealed class RolloutSamples() : Samples<RolloutState, RolloutEvent>(new RolloutFlow(), RolloutFlow.ProcessOf("storefront-prod-2"), RolloutJson.Default.RolloutState)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1), MuchLater = TimeSpan.FromHours(1);

    public override IReadOnlyList<SampleState<RolloutState>> States
    {
        get
        {
            var none = new SampleState<RolloutState>("none", null, Start);
            var starting = Fold("starting", none, _ => Started());
            var opening = Fold("opening the preview", starting, Seen);
            var verifying = Fold("verifying", opening, Seen);
            var weighing = Fold("shifting the first traffic", verifying, Passed);
            var analyzing = Fold("analyzing", weighing, Seen);
            var pausing = Fold("pausing at a step", Later(Fold("", analyzing, _ => Answer(JudgeVerdict.Passed, analyzing.At + TimeSpan.FromMinutes(2))), TimeSpan.FromMinutes(2)), _ => new RolloutTimeCame());
            var filling = Fold("filling up", pausing, _ => Ask(RolloutAsk.Resume), Seen, Seen);
            var watching = Fold("watching", filling, Seen, Seen);
            var paused = Fold("paused by a person", analyzing, _ => Ask(RolloutAsk.Pause));
            var failed = Fold("paused by a failure", none, _ => Started(Canary with { OnFailure = OnFailure.Pause }), NewFails);
            var back = Fold("rolling back", analyzing, _ => Answer(JudgeVerdict.Failed));
            var exchanging = Fold("exchanging a batch", none, _ => Started(Rolling), Seen, Seen, Passed, Seen);
            var approving = Fold("waiting for an approval", none, _ => Started(BlueGreen), Seen, Seen, Passed, Seen);
            var switched = Fold("switched", approving, _ => Ask(RolloutAsk.Approve), Seen);
            var soaking = Fold("soaking in a ring", none, _ => Started(Rings), Seen, Seen, Passed, Seen, Seen);
            var second = Fold("in the second ring", Later(Fold("", soaking, _ => Answer(JudgeVerdict.Passed, soaking.At + TimeSpan.FromMinutes(2))), TimeSpan.FromMinutes(2)), _ => new RolloutTimeCame());
            var asking = Fold("asking a hook", none, _ => Started(Hooked));
            return
            [
                none, asking, Fold("asking a hook again later", asking, s => Hook(s, HookDecision.Wait)), starting, Fold("starting the first release", none, _ => Started(stable: null)), opening, verifying, weighing, analyzing, pausing, paused, failed, filling, watching, exchanging, approving, switched, back, soaking, second,
                Fold("held in the second ring", second, NewFails, Seen),
                Fold("succeeded", watching, _ => Ask(RolloutAsk.Skip)),
                Fold("rolled back", back, Seen),
                Fold("aborted", analyzing, _ => Ask(RolloutAsk.Abort), Seen),
                Fold("needs attention", Later(back, MuchLater), _ => new RolloutTimeCame()),
            ];
        }
    }

    public override IReadOnlyList<SampleEvent<RolloutState, RolloutEvent>> Events { get; } =
    [
        new("started", Soon, _ => Started()),
        new("targetsObserved: all as wanted", Soon, Seen),
        new("targetsObserved: nothing", Soon, _ => new TargetsObserved(new TargetsSeen())),
        new("targetsObserved: the new version fails", Soon, NewFails),
        new("verificationFinished: passed", Soon, Passed),
        new("verificationFinished: failed", Soon, s => new VerificationFinished(AttemptOf(s), "smoke", false, "GET / answered 500 instead of 200")),
        new("verificationFinished: unknown", Soon, s => new VerificationFinished(AttemptOf(s), "smoke", null, "nobody knows")),
        new("judgeAnswered: passed", Soon, _ => Answer(JudgeVerdict.Passed)),
        new("judgeAnswered: inconclusive", Soon, _ => Answer(JudgeVerdict.Inconclusive)),
        new("judgeAnswered: failed", Soon, _ => Answer(JudgeVerdict.Failed)),
        .. Enum.GetValues<HookDecision>().Select(d => new SampleEvent<RolloutState, RolloutEvent>($"hookAnswered: {d}", Soon, s => Hook(s, d))),
        .. Enum.GetValues<RolloutAsk>().Select(a => new SampleEvent<RolloutState, RolloutEvent>($"actionAsked: {a}", Soon, _ => Ask(a))),
        new("laneReclaimed", Soon, _ => new LaneReclaimed("3.0 comes next")),
        new("timeCame", Soon, _ => new RolloutTimeCame()),
        new("timeCame, an hour later", MuchLater, _ => new RolloutTimeCame()),
    ];

    public override string Tell(RolloutState state) => $"{state.Phase}{(state.HasEnded || state.Current is null ? "" : $" “{state.Current.Title}”")}";

    public override string? Reason(RolloutState state) => state.Reason;

    private static readonly RolloutSpec Rolling = new() { Strategy = RolloutStrategy.Rolling, Rolling = new() { Surge = new(1), MaxUnavailable = new(1), MinHealthyTime = TimeSpan.FromSeconds(10) }, Checks = Canary.Checks };

    private static readonly RolloutSpec Hooked = Canary with { Hooks = new() { Before = [new() { Name = "window", Url = "https://ci.example.com/window" }], OnRollback = [new() { Name = "tell", Url = "https://ci.example.com/tell" }] } };

    private static HookAnswered Hook(RolloutState? state, HookDecision decision) => new(state is { Hooks: [var one, ..] } ? one.AttemptId : "none", decision, $"it says {decision}");

    private static readonly RolloutSpec BlueGreen = new()
    {
        Strategy = RolloutStrategy.BlueGreen,
        Switch = new() { Before = [new() { Approve = 1 }], After = [new() { Analyze = TimeSpan.FromMinutes(1) }] },
        Checks = Canary.Checks,
        KeepWarm = TimeSpan.FromMinutes(5),
    };

    private static readonly RolloutSpec Rings = new()
    {
        Strategy = RolloutStrategy.Ring,
        OnFailure = OnFailure.Hold,
        Rings =
        [
            new() { Name = "inner", Agents = new Dictionary<string, string> { ["ring"] = "inner" }, Instances = 1, Strategy = RolloutStrategy.BlueGreen, Soak = TimeSpan.FromMinutes(1) },
            new() { Name = "outer", Agents = new Dictionary<string, string> { ["ring"] = "outer" }, Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 10 }] },
        ],
        Checks = Canary.Checks,
    };

    private static RolloutStarted Started(RolloutSpec? rollout = null, string? stable = "1.0") => new()
    {
        Lane = Lane,
        Kind = PromotionKind.Promotion,
        Inputs = Inputs("2.0", rollout),
        Admission = Admission(stable),
        RequestedBy = Ada,
    };

    /// <summary>Agents and routers report all that was asked for.</summary>
    private static TargetsObserved Seen(RolloutState? state) => new(new TargetsSeen
    {
        VersionSets =
        [
            new VersionSetSeen(Inputs("1.0").Revision.Id, 4, 4, 4, null),
            .. PlacesOf(state).Select(place => new VersionSetSeen(Inputs("2.0").Revision.Id, place.Count, place.Count, place.Count, null, state?.Attempt ?? 0, Ring: place.Ring)),
        ],
        TrafficGeneration = state?.TrafficGeneration,
    });

    private static IEnumerable<(string? Ring, int Count)> PlacesOf(RolloutState? state) => state?.Ring is not { } ring
        ? [(null, state?.Count ?? 0)]
        : state.Inputs.Rings.Take(ring + 1).Select((place, index) => ((string?)place.Name, index == ring ? state.Count : place.Count));

    private static TargetsObserved NewFails(RolloutState? state) => new(new TargetsSeen
    {
        VersionSets =
        [
            new VersionSetSeen(Inputs("1.0").Revision.Id, 4, 4, 4, null),
            .. PlacesOf(state).Reverse().Select((place, index) => new VersionSetSeen(
                Inputs("2.0").Revision.Id, 1, index, 1, index == 0 ? new TargetFailure("exited", "It exited with code 1.", "Look at its output.") : null, state?.Attempt ?? 0, Ring: place.Ring)),
        ],
        TrafficGeneration = state?.TrafficGeneration,
    });

    private static VerificationFinished Passed(RolloutState? state) => new(AttemptOf(state), "smoke", true, "GET / answered 200");

    private static string AttemptOf(RolloutState? state) => state is { Verifications: [var one, ..] } ? one.AttemptId : "none";

    private static JudgeAnswered Answer(JudgeVerdict verdict, DateTimeOffset? at = null) => new(new JudgeAnswer
    {
        Verdict = verdict,
        Reason = $"errors {verdict}",
        Guaranteed = true,
        Checks =
        [
            new CheckAnswer
            {
                Name = "errors", Verdict = verdict, Text = $"errors {verdict}", CanaryUnits = 100, CanaryBad = 1, StableUnits = 900, StableBad = 9, Ratio = 1, RatioLow = 0.5, RatioHigh = 1.5, LogEvidence = 0.1, LogLimit = 2,
            },
        ],
        At = at ?? Start,
        CountedUntil = at ?? Start,
    });

    private static ActionAsked Ask(RolloutAsk action) => new(action, Ben, null);
}
