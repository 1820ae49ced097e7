using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>
/// Server, agent and router killed at each step of each strategy, in virtual time: at once when the step begins, somewhere in the middle, and the server at its next writes too. What must hold besides
/// the <see cref="Invariants"/>: no request finds nobody to answer it, what the rollout says to be routed is, and it ends with one version that is good.
/// </summary>
public sealed class KilledAtEachStepTests(ITestOutputHelper output)
{
    private const int Seeds = 2;
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10), Rest = TimeSpan.FromMinutes(3);
    private static readonly LaneId Lane = new(Versions.Service, "prod");
    private static readonly string[] Writes = [nameof(IStore.CommitTurnAsync), nameof(IStore.WriteWantedAsync), nameof(IStore.CompleteEffectAsync), nameof(IStore.AppendAsync)];

    private enum Part { Server, Agent, Router }

    /// <summary>When within a step somebody is killed.</summary>
    /// <param name="After">So long after it began.</param>
    /// <param name="AtWrite">Not then, but at the server's next write of that kind; null: then.</param>
    /// <param name="Before">The write does not happen any more; else its answer is lost.</param>
    private sealed record Moment(TimeSpan After, string? AtWrite = null, bool Before = true);

    private sealed record Blow(Part Part, int Step, Moment Moment)
    {
        public override string ToString() => $"{Part} at step {Step}, {Moment.After.TotalMilliseconds:0} ms after it began{(Moment.AtWrite is { } write ? $", {(Moment.Before ? "before" : "after")} its {write}" : "")}";
    }

    public static TheoryData<string> Strategies => [.. Specs.Keys];

    private static readonly Dictionary<string, RolloutSpec> Specs = new()
    {
        ["rolling"] = new() { Strategy = RolloutStrategy.Rolling, Rolling = new() { Surge = new(1), MaxUnavailable = new(1), MinHealthyTime = TimeSpan.FromSeconds(2) } },
        ["blueGreen"] = Judged(new()
        {
            Strategy = RolloutStrategy.BlueGreen,
            Switch = new() { Before = [new() { Mirror = 10 }, new() { Approve = 1 }, new() { Pause = TimeSpan.FromSeconds(3) }], After = [new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(30) }] },
        }),
        ["worker"] = new()
        {
            Strategy = RolloutStrategy.Canary, Checks = [SimSource.Threshold], Watch = TimeSpan.FromSeconds(8),
            Steps = [new() { Weight = 30 }, new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(30) }, new() { Pause = TimeSpan.FromSeconds(3) }, new() { Approve = 1 }, new() { Weight = 60 }],
        },
        ["canary"] = Judged(new()
        {
            Strategy = RolloutStrategy.Canary,
            Steps =
            [
                new() { Instances = new(new Quantity(Count: 2)) }, new() { Route = [new(RequestPart.Header, "x-beta")] }, new() { Mirror = 10 }, new() { Weight = 20 },
                new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(30) }, new() { Pause = TimeSpan.FromSeconds(3) }, new() { Approve = 1 }, new() { Weight = 60 },
            ],
        }),
        ["ring"] = Judged(new()
        {
            Strategy = RolloutStrategy.Ring,
            Rings =
            [
                new() { Name = SimAgent.Rings[0], Agents = new Dictionary<string, string> { ["ring"] = SimAgent.Rings[0] }, Instances = 2, Strategy = RolloutStrategy.Rolling, Soak = TimeSpan.FromSeconds(6) },
                new()
                {
                    Name = SimAgent.Rings[1], Agents = new Dictionary<string, string> { ["ring"] = SimAgent.Rings[1] }, Instances = 2, Strategy = RolloutStrategy.Canary,
                    Steps = [new() { Weight = 20 }, new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(30) }],
                },
            ],
        }),
    };

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Whoever_is_killed_at_whichever_step_a_good_version_comes_through_and_a_bad_one_does_not(string strategy)
    {
        var whole = Play(strategy, Quality.Good, seed: 1, blow: null);
        whole.Phase.ShouldBe(RolloutPhase.Succeeded);
        var struck = new HashSet<(Part Part, int Step)>();
        var played = 0;
        foreach (var part in Enum.GetValues<Part>())
        {
            for (var step = 0; step < whole.Plan.Count; step++)
            {
                foreach (var moment in MomentsOf(part))
                {
                    for (var seed = 1; seed <= (moment.AtWrite is null ? Seeds : 1); seed++)
                    {
                        var blow = new Blow(part, step, moment);
                        var good = Play(strategy, Quality.Good, seed, blow);
                        var told = $"{strategy}, seed {seed}, {blow}: {good.Told}";
                        good.Phase.ShouldBe(RolloutPhase.Succeeded, told);
                        good.Stable.ShouldBe("2.0", told);
                        played++;
                        if (good.Struck)
                        {
                            struck.Add((part, step));
                        }

                        if (strategy != "rolling" && seed == 1)
                        {
                            var bad = Play(strategy, Quality.BadAnswers, seed, blow);
                            bad.Phase.ShouldBeOneOf([RolloutPhase.RolledBack, RolloutPhase.Aborted], $"{strategy}, {blow}: {bad.Told}");
                            bad.Stable.ShouldBe("1.0", $"{strategy}, {blow}: {bad.Told}");
                            played++;
                        }
                    }
                }
            }
        }

        output.WriteLine($"{strategy}: {played} rollouts of {whole.Plan.Count} steps ({string.Join(", ", whole.Plan)}); {struck.Count} pairs of part and step were struck");
        var missed = Enum.GetValues<Part>().SelectMany(part => whole.TakeTime.Select(step => (Part: part, Step: step))).Except(struck).Select(pair => $"{pair.Part} at {whole.Plan[pair.Step]}");
        missed.ShouldBeEmpty("each part is killed at each step");
        // Between workers no router is waited for.
        var atOnce = strategy switch { "rolling" => 1, "worker" => 3, _ => 2 };
        (whole.Plan.Count - whole.TakeTime.Count).ShouldBeLessThanOrEqualTo(atOnce, "hardly a step is over in the moment in which it begins");
    }

    [Fact]
    public void Every_kind_of_step_is_among_those_that_somebody_is_killed_at()
    {
        var kinds = Specs.Keys.SelectMany(strategy => Play(strategy, Quality.Good, seed: 1, blow: null).Kinds).Distinct();
        kinds.ShouldBe(Enum.GetValues<PlanStepKind>(), ignoreOrder: true);
    }

    private static IEnumerable<Moment> MomentsOf(Part part) =>
    [
        new(TimeSpan.Zero), new(TimeSpan.FromMilliseconds(700)),
        .. part != Part.Server ? [] : Writes.SelectMany(write => (Moment[])[new(TimeSpan.Zero, write), new(TimeSpan.Zero, write, Before: false)]),
    ];

    private static RolloutSpec Judged(RolloutSpec rollout) => rollout with { Checks = [new CheckSpec { Kind = CheckKind.Errors }], FalseAlarmRate = 0.001, Watch = TimeSpan.FromSeconds(8), KeepWarm = TimeSpan.FromSeconds(20) };

    /// <param name="Told">Its reason, and what happened last.</param>
    /// <param name="TakeTime">Indexes of the steps that were under way for a while: of the others the one turn that begins them ends them, and nobody can be killed in between.</param>
    /// <param name="Struck">Somebody was killed while that step was under way.</param>
    private sealed record Played(RolloutPhase Phase, string Told, string? Stable, IReadOnlyList<string> Plan, IReadOnlyList<PlanStepKind> Kinds, IReadOnlyList<int> TakeTime, bool Struck);

    private static Played Play(string strategy, Quality quality, int seed, Blow? blow)
    {
        using var world = new World(seed, Mutation.None, new PlatformDefinition { Environments = [new EnvironmentDefinition { Name = "prod", Promote = PromoteMode.Manual, Traffic = TrafficExpectation.Expected }] }, Specs[strategy].Rings.Count > 0 ? 2 : null) { ServerIsAlone = true };
        var striker = new Striker(world, blow);
        var playing = PlayAsync(world, Specs[strategy], quality, striker);
        playing.IsCompleted.ShouldBeTrue("something waits in real time; nothing here may");
        try
        {
            playing.GetAwaiter().GetResult();
        }
        catch (InvariantBrokenException broken)
        {
            throw new InvariantBrokenException(broken.Invariant, $"{strategy}, {quality}, seed {seed}, {blow}: {broken.Message}\n{string.Join('\n', world.Trace.TakeLast(60))}");
        }

        var rollout = world.Invariants.Rollouts["shop-prod-2"];
        return new(rollout.Phase, $"{rollout.Reason}\n{string.Join('\n', world.Trace.TakeLast(60))}", world.Invariants.Lanes[Lane].Stable?.Spec.Version, [.. rollout.Plan.Select(step => step.Title)], [.. rollout.Plan.Select(step => step.Kind)],
            [.. rollout.Records.Index().Where(record => record.Item.EndedAt > record.Item.StartedAt).Select(record => record.Index)], striker.HasStruck);
    }

    private static async Task PlayAsync(World world, RolloutSpec spec, Quality quality, Striker striker)
    {
        var people = new People(world);
        await DeliverAsync(world, people, VersionOf("1.0", Quality.Good, spec), () => null).ConfigureAwait(false);
        await DeliverAsync(world, people, VersionOf("2.0", quality, spec), striker.Look).ConfigureAwait(false);
        await Simulation.RunAsync(world, people, world.Time.Elapsed + Rest, striker.Look, done: null).ConfigureAwait(false);
        world.Invariants.CheckEnd();
        world.Invariants.CheckCommands();
        world.Invariants.CheckWholeLedger();
    }

    /// <summary>Whoever is asked approves, and what waits for a person otherwise is gone on with.</summary>
    private static async Task DeliverAsync(World world, People people, SimVersion version, Func<TimeSpan?> look)
    {
        people.Release(version, repeats: false);
        await Simulation.RunAsync(world, people, world.Time.Elapsed + AtMost, look, () => people.Idle).ConfigureAwait(false);
        people.Promote("prod", version.Name, repeats: false);
        await QuietAsync().ConfigureAwait(false);
        for (var round = 1; round <= 10 && world.Invariants.AnythingOpen; round++)
        {
            foreach (var (id, rollout) in world.Invariants.Live.Where(r => r.Value.Phase == RolloutPhase.Paused))
            {
                people.Act(id, rollout.Current?.Kind == PlanStepKind.Approve ? RolloutAsk.Approve : rollout.Paused!.Failed ? RolloutAsk.Abort : round <= 2 ? RolloutAsk.Resume : RolloutAsk.Skip, repeats: false, World.Ben);
            }

            await QuietAsync().ConfigureAwait(false);
        }

        Invariants.Require(!world.Invariants.AnythingOpen, "Liveness", $"there is still {world.Invariants.TellOpen()}");

        async Task QuietAsync()
        {
            await Simulation.RunAsync(world, people, world.Time.Elapsed + AtMost, look, () => Simulation.WhyNotQuiet(world, people) is null).ConfigureAwait(false);
            Invariants.Require(Simulation.WhyNotQuiet(world, people) is null, "Liveness", Simulation.WhyNotQuiet(world, people) ?? "");
        }
    }

    private static SimVersion VersionOf(string name, Quality quality, RolloutSpec spec)
    {
        var run = new RunSpec { Command = ["./shop", name], Instances = 3, Health = new HealthSpec { Deadline = TimeSpan.FromSeconds(20) }, Drain = TimeSpan.FromSeconds(1), IsWorker = spec.IsMeasured };
        return new(name, quality, new ServiceDefinition
        {
            Service = Versions.Service,
            Run = run.IsWorker || spec.Strategy == RolloutStrategy.Ring ? run : run with { Workers = [run with { Process = Versions.Worker, IsWorker = true, Instances = 2 }] },
            Rollout = spec,
            Verify = spec.IsMeasured ? [] : [new VerificationSpec { Name = "smoke", Http = new HttpVerification { Path = "/" } }],
        });
    }

    /// <summary>Waits for a step of the second rollout, kills whom it is to kill, and looks all the time at who would answer a request.</summary>
    private sealed class Striker(World world, Blow? blow)
    {
        private TimeSpan? begunAt;
        private bool isArmed;
        private Node? target;

        public bool HasStruck { get; private set; }

        /// <returns>When it wants to look again.</returns>
        public TimeSpan? Look()
        {
            CheckTraffic();
            if (blow is null || HasStruck || !world.Invariants.Rollouts.TryGetValue("shop-prod-2", out var rollout))
            {
                return null;
            }

            if (isArmed)
            {
                // It is the step's only if it struck before the next one began.
                HasStruck = target!.Faults.Dead && rollout.Step == blow.Step;
                return null;
            }

            if (rollout.HasEnded || rollout.Step != blow.Step || rollout.Phase == RolloutPhase.RollingBack)
            {
                return null;
            }

            begunAt ??= world.Time.Elapsed;
            var due = begunAt.Value + blow.Moment.After;
            if (world.Time.Elapsed < due)
            {
                return due;
            }

            Strike(blow);
            return null;
        }

        private void Strike(Blow wanted)
        {
            world.Tell($"** kills the {wanted.Part}");
            switch (wanted.Part)
            {
                case Part.Agent:
                    world.Agents[0].Restart();
                    break;
                case Part.Router:
                    world.Agents[0].KillRouter();
                    break;
                case Part.Server when world.Current is not { } node:
                    return;
                case Part.Server when wanted.Moment.AtWrite is { } write:
                    (isArmed, target) = (true, world.Current);
                    world.Current!.Faults.DieAfter(0, wanted.Moment.Before, write);
                    return;
                case Part.Server:
                    world.Current!.Faults.Die();
                    break;
            }

            HasStruck = true;
        }

        /// <summary>Every router has somebody for each version that it gives requests to, and a rollout that says its weights are routed is right.</summary>
        private void CheckTraffic()
        {
            foreach (var agent in world.Agents)
            {
                foreach (var weight in agent.Applied.Values.SelectMany(route => route.Weights).Where(weight => weight.Weight > 0))
                {
                    Invariants.Require(world.AnyHealthy(weight.VersionSet), "Requests", $"the router of {agent.Name} gives {weight.Weight} % to {weight.Version}, of which nothing answers");
                }
            }

            foreach (var (id, rollout) in world.Invariants.Live.Where(r => r.Value.TrafficGeneration > r.Value.FirstGeneration && r.Value.Seen.TrafficGeneration == r.Value.TrafficGeneration && world.Store.IsQuiet(RolloutFlow.ProcessOf(r.Key))))
            {
                foreach (var (agent, route) in world.Agents.Select(agent => (agent, agent.Applied.GetValueOrDefault(rollout.Lane))).Where(applied => applied.Item2?.Generation == rollout.TrafficGeneration))
                {
                    var routed = route!.Weights.Where(weight => weight.VersionSet == rollout.Inputs.Revision.Id).Sum(weight => weight.Weight);
                    var said = WeightIn(rollout, agent.Ring);
                    Invariants.Require(routed == said, "Weights", $"{id} says {said} %, and {routed} % are routed by {agent.Name}");
                }
            }
        }

        private static int WeightIn(RolloutState rollout, string ring)
        {
            var index = rollout.Inputs.Rings.ToList().FindIndex(place => place.Name == ring);
            return rollout.Ring is not { } turn || turn == index ? rollout.Weight : index < turn && !rollout.RingsDone[index].Returned ? 100 : 0;
        }
    }
}
