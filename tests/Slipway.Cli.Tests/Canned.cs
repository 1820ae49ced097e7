using Slipway.Client.Api;

namespace Slipway.Cli.Tests;

/// <summary>Documents as a server would answer them, some minutes before <see cref="CliRun.Now"/>.</summary>
internal static class Canned
{
    public static readonly DateTimeOffset Earlier = CliRun.Now.AddMinutes(-3);

    public static PromotionView Promotion(PromotionStateView state, string? rollout = null, string? reason = null) => new()
    {
        Id = "p-12", Service = "storefront", Environment = "prod", Version = "1.3.0", Kind = PromotionKindView.Promotion, State = state, Reason = reason,
        RequestedBy = "admin", RequestedAt = Earlier, Why = "new arrivals", InputsHash = "sha256:0123456789abcdef0123456789abcdef", FromVersion = "1.2.0", Rollout = rollout,
        Gates =
        [
            new() { Name = "hold", State = GateStateView.Open, Why = "nothing is held" },
            new() { Name = "soak", State = GateStateView.Open, Why = "well in staging" },
            new() { Name = "freeze", State = GateStateView.Open, Why = "no freeze" },
            new()
            {
                Name = "approval", State = state == PromotionStateView.Waiting ? GateStateView.Waiting : GateStateView.Open, Why = "waits for an approval",
                OpenedBy = "slipway promotion approve p-12, by somebody other than admin",
            },
        ],
        Approvals = [], Actions = ["cancel"], ActionsRefused = new Dictionary<string, string> { ["approve"] = "you made the release" },
    };

    public static RolloutView Rollout(RolloutStateView state, int step, int weight, string reason, DateTimeOffset? until = null) => new()
    {
        Id = "p-12", Service = "storefront", Environment = "prod", Version = "1.3.0", FromVersion = "1.2.0", Kind = PromotionKindView.Promotion, State = state,
        Strategy = "canary", Reason = reason, Until = until, StartedAt = Earlier,
        Steps = [.. new[] { "start", "5 %", "analyze 10s", "50 %", "analyze 10s", "100 %" }.Select((title, i) => new RolloutStepView
        {
            Kind = title.Split(' ')[0], Title = title,
            State = i < step ? StepStateView.Done : i == step ? StepStateView.Current : StepStateView.Pending,
            StartedAt = i <= step ? Earlier.AddSeconds(10 * i) : null, EndedAt = i < step ? Earlier.AddSeconds(10 * (i + 1)) : null,
        })],
        Weights = [new("storefront/prod/b", "1.2.0", "stable", 100 - weight), new("storefront/prod/c", "1.3.0", "canary", weight)],
        Instances = [Instance("i-7", "1.3.0", "canary", "healthy"), Instance("i-8", "1.3.0", "canary", "backOff", "exited with 3 after 2 s", "look at: slipway instance logs i-8")],
        Verifications = [new("smoke", VerdictView.Passed, "200, has Storefront", Earlier)],
        Hooks = [],
        Routes = [],
        Mirror = 0,
        Analysis = weight == 0 ? null : new()
        {
            Verdict = VerdictView.Inconclusive, Guarantee = "guaranteed", Unit = "request", At = CliRun.Now,
            Checks =
            [
                new()
                {
                    Name = "errors", Verdict = VerdictView.Inconclusive, Guarantee = "guaranteed", Text = "errors: canary 0.0 % vs stable 0.1 %, not yet certain", CanaryUnits = 52, CanaryBad = 0, StableUnits = 1000,
                    StableBad = 1, Ratio = 0.5, RatioLow = 0.01, LogEvidence = 0.1, LogLimit = 2,
                },
            ],
        },
        Actions = ["pause", "abort"],
        ActionsInWords = new Dictionary<string, string> { ["pause"] = "stays at 5 % until somebody resumes it; a failure still takes the traffic back", ["abort"] = "takes everything back to 1.2.0, and ends it" },
    };

    /// <summary>Its second ring failed and went back; the first one keeps the new version.</summary>
    public static RolloutView Held()
    {
        var rollout = Rollout(RolloutStateView.Paused, 2, 5, "failed in outer (back on 1.2.0; inner on 1.3.0): the program listens but was not healthy within 30s. Make the health path answer 200.");
        IReadOnlyList<WeightView> Shares(int weight) => [new("storefront/prod/b", "1.2.0", "stable", 100 - weight), new("storefront/prod/c", "1.3.0", "canary", weight)];
        return rollout with
        {
            Strategy = "ring", Weights = [], Actions = ["retry", "abort"],
            ActionsInWords = new Dictionary<string, string> { ["retry"] = "begins the ring outer anew, and the judge from nothing", ["abort"] = "takes everything back to 1.2.0, and ends it" },
            Analysis = rollout.Analysis! with { Ring = "inner", Verdict = VerdictView.Passed },
            Rings =
            [
                new("inner", new Dictionary<string, string> { ["ring"] = "inner" }, 1, RingStateView.Done, 100) { Weights = Shares(100) },
                new("outer", new Dictionary<string, string> { ["ring"] = "outer" }, 4, RingStateView.Returned, 0) { Weights = Shares(0) },
            ],
        };
    }

    public static AnalysisView Analysis() => new() { Rollout = "p-12", Unit = "request", Points = [], Checks = [Errors()] };

    public static CheckHistoryView Errors() => new()
    {
        Name = "errors", Kind = CheckKindView.Errors, Verdict = VerdictView.Inconclusive, Guarantee = "guaranteed", Text = "errors: canary 0.0 % vs stable 0.1 %, not yet certain", CanaryUnits = 52, CanaryBad = 0,
        StableUnits = 1000, StableBad = 1, LogEvidence = 0.1, LogLimit = 2, Tolerate = 0.1, Acceptable = 0.01, Detectable = 1, Points = [], Measurements = [],
    };

    public static CheckHistoryView Threshold() => new()
    {
        Name = "queue", Kind = CheckKindView.Threshold, Verdict = VerdictView.Failed, Guarantee = "estimated", Text = "queue: 2 measurements failed, 1 may: value 140: not value < 100", CanaryUnits = 7, CanaryBad = 2,
        StableUnits = 0, StableBad = 0, LogEvidence = 0, LogLimit = 0, Measured = 140, PassIf = "value < 100", DecidedAt = Earlier.AddSeconds(60), Points = [],
        Measurements = [.. Enumerable.Range(0, 7).Select(i => new MeasurementView
        {
            At = Earlier.AddSeconds(10 * i), Outcome = i is 4 or 6 ? MeasurementOutcomeView.Failed : i == 5 ? MeasurementOutcomeView.Error : MeasurementOutcomeView.Passed, Value = i == 5 ? null : i is 4 or 6 ? 140 : 12,
            Text = i is 4 or 6 ? "value 140: not value < 100" : i == 5 ? "the source failed: it answers 503" : "value 12: value < 100", Metrics = [],
        })],
    };

    public static CheckHistoryView Ranks() => new()
    {
        Name = "resources", Kind = CheckKindView.MannWhitney, Verdict = VerdictView.Inconclusive, Guarantee = "estimated", DryRun = true, Text = "resources: score 80, marginal: 95 passes: memory is high", CanaryUnits = 120, CanaryBad = 0,
        StableUnits = 120, StableBad = 0, LogEvidence = 0, LogLimit = 0, Measured = 80, PassScore = 95, MarginalScore = 75, Points = [],
        Measurements = [new() { At = Earlier, Outcome = MeasurementOutcomeView.Inconclusive, Value = 80, Text = "score 80, marginal: 95 passes: memory is high", Metrics = [new("cpu", "pass", "cpu is alike"), new("memory", "high", "memory is high")] }],
    };

    public static InstanceView Instance(string id, string version, string arm, string state, string? reason = null, string? next = null) => new()
    {
        Id = id, Service = "storefront", Environment = "prod", Version = version, VersionSet = "storefront/prod/c", Arm = arm, Agent = "local", State = state,
        Port = 20001, Pid = 4711, StartedAt = Earlier, Restarts = state == "backOff" ? 4 : 0, Reason = reason, NextStep = next,
    };

    public static ReleaseView Release(string version = "1.3.0") => new()
    {
        Service = "storefront", Version = version, Commit = "c0ffee0123456789c0ffee0123456789c0ffee01", ArtifactDigest = "sha256:00ff00ff00ff00ff", ArtifactBytes = 1_234_567,
        CreatedAt = Earlier, CreatedBy = "admin", RunsIn = ["dev", "staging"], Notes = "New arrivals\nand a faster basket", Definition = "service: storefront\nrun: { command: ./serve }\n",
    };

    public static LaneView Lane(string environment, string? version, LaneHealth health, MovingView? moving = null) => new()
    {
        Service = "storefront", Environment = environment, Version = version, Since = version is null ? null : Earlier, Health = health,
        HealthyInstances = health == LaneHealth.Healthy ? 2 : health == LaneHealth.Degraded ? 1 : 0, WantedInstances = version is null ? 0 : 2, Moving = moving, Waiting = [],
        Holds = environment == "staging"
            ? [new() { Id = "h-3", Service = "storefront", Environment = environment, Version = "1.1.0", Why = "rolled back", By = "slipway", At = Earlier }]
            : [],
        Url = version is null ? null : $"http://storefront.{environment}.localhost:7380", Port = version is null ? null : 41234, RollbackTo = version is null ? [] : ["1.1.0", "1.0.0"],
    };

    public static StatusView Status() => new()
    {
        LedgerIndex = 99,
        Environments =
        [
            new() { Name = "dev", After = [], Promote = "auto", Traffic = "none", Approvals = 0 },
            new() { Name = "staging", After = ["dev"], Promote = "auto", Traffic = "none", Approvals = 0 },
            new() { Name = "prod", After = ["staging"], Promote = "manual", Traffic = "expected", Approvals = 1, Frozen = "sale weekend, until 2026-03-03" },
        ],
        Services =
        [
            new()
            {
                Service = "storefront", Owner = "team-web", LatestVersion = "1.3.0",
                Lanes =
                [
                    Lane("dev", "1.3.0", LaneHealth.Healthy),
                    Lane("staging", "1.3.0", LaneHealth.Degraded),
                    Lane("prod", "1.2.0", LaneHealth.Healthy, new()
                    {
                        Id = "p-12", Version = "1.3.0", Kind = PromotionKindView.Promotion, State = PromotionStateView.RollingOut, Rollout = RolloutStateView.Running, Weight = 5,
                        Reason = "analyze until 12:00:10",
                    }),
                ],
            },
            new() { Service = "basket", Lanes = [Lane("dev", null, LaneHealth.Empty)] },
        ],
    };

    public static RunView Run(string id, RunStateView state, params IReadOnlyList<RunJobView> jobs) => new()
    {
        Id = id, Service = "storefront", State = state, Reason = "because", Commit = "c0ffee0123456789c0ffee0123456789c0ffee01", Branch = "main", Subject = "New arrivals", Version = "1.4.0",
        RequestedBy = "admin", RequestedAt = Earlier, StartedAt = state == RunStateView.Queued ? null : Earlier, Jobs = jobs,
    };

    /// <summary>Its steps are as far as it is.</summary>
    public static RunJobView Job(string name, JobStateView state, params IReadOnlyList<string> steps) => new()
    {
        Name = name, State = state, Caches = [], Attempt = state == JobStateView.Waiting ? 0 : 1, Agent = state == JobStateView.Waiting ? null : "local", Needs = [],
        StartedAt = state == JobStateView.Waiting ? null : Earlier, EndedAt = state is JobStateView.Succeeded or JobStateView.Failed ? Earlier.AddSeconds(40) : null,
        Steps = [.. steps.Select(step => new RunStepView
        {
            Name = step, Tries = 1, StartedAt = Earlier, EndedAt = state == JobStateView.Running ? null : Earlier.AddSeconds(20),
            State = state switch { JobStateView.Succeeded => RunStepStateView.Succeeded, JobStateView.Failed => RunStepStateView.Failed, _ => RunStepStateView.Running },
        })],
    };

    public static LedgerEntryView Entry(long index, string type, System.Text.Json.Nodes.JsonObject body) => new()
    {
        Index = index, At = Earlier, Type = type, Service = "storefront", Actor = "admin", Body = body, LeafHash = "00", Text = $"{type} happened",
    };
}
