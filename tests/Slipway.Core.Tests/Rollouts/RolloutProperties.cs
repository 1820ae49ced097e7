using Slipway.Core.Rollouts;
using Slipway.Core.Tests.World;
using Slipway.Core.Traffic;

namespace Slipway.Core.Tests.Rollouts;

/// <summary>What holds of every rollout, whatever strategy it has and whatever comes: thousands of drawn histories, each told by its seed when it breaks one.</summary>
public sealed class RolloutProperties
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void What_is_inconclusive_at_the_end_of_a_step_never_promotes()
    {
        for (var seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            var world = new MachineWorld();
            world.Run("1.0", instances: 1);
            world.Verdict = JudgeVerdict.Inconclusive;
            var analyze = new RolloutStep { Analyze = TimeSpan.FromSeconds(random.Next(1, 6)), Deadline = TimeSpan.FromSeconds(random.Next(6, 9)) };
            var rollout = new RolloutSpec { Checks = [new() { Kind = CheckKind.Errors }], OnInconclusive = random.Next(2) == 0 ? OnInconclusive.Pause : OnInconclusive.Rollback };
            var id = world.Promote(
                "2.0", random.Next(3) == 0
                    ? rollout with { Strategy = RolloutStrategy.BlueGreen, Switch = new() { After = [analyze] } }
                    : rollout with { Strategy = RolloutStrategy.Canary, Steps = [new() { Weight = 10 }, analyze, new() { Weight = 50 }] },
                instances: 1);
            for (var second = 0; second < 14 && !world.Promotion(id).HasEnded; second++)
            {
                // A pass before the end of the step is none at its end.
                var isEarly = second + 2 < analyze.Analyze!.Value.TotalSeconds;
                world.Verdict = isEarly && random.Next(3) == 0 ? JudgeVerdict.Passed : random.Next(40) == 0 ? JudgeVerdict.Failed : JudgeVerdict.Inconclusive;
                world.Pass(Second);
            }

            var state = world.Rollout(id);
            var step = state.Plan.ToList().FindIndex(p => p.Kind == PlanStepKind.Analyze);
            (state.Step <= step || state.Back is not null).ShouldBeTrue($"seed {seed}: {state.Phase} at step {state.Step}: {state.Reason}");
            world.LaneNow.Stable!.Spec.Version.ShouldBe("1.0", $"seed {seed}");
        }
    }

    [Fact]
    public void A_version_that_was_taken_back_never_gets_traffic_again_and_weights_are_those_that_are_routed()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var (world, random) = (new MachineWorld(), new Random(seed));
            var rollout = Draw(random);
            world.Run("1.0", random.Next(3) > 0 && rollout.Rings.Count > 0 ? Calm(rollout) : null, instances: random.Next(1, 5));
            var id = world.Promote("2.0", rollout, instances: random.Next(1, 5), verify: random.Next(4) == 0 ? ["smoke"] : null);
            var isGoingBack = false;
            for (var second = 0; second < 400 && !world.Promotion(id).HasEnded; second++)
            {
                Happen(world, random, id);
                world.Pass(Second);
                var state = world.Rollout(id);
                var routed = state.Ring is { } ring ? world.Share(rollout.Rings[ring].Name, "2.0") : world.Traffic.GetValueOrDefault("2.0");
                // A ring that was given back may be tried anew by a person.
                isGoingBack = (isGoingBack && state.Paused is not { RingIsBack: true }) || state.Phase is RolloutPhase.RollingBack || state.Back is not null;
                (!isGoingBack || routed <= MostLeft(state)).ShouldBeTrue($"seed {seed}: {routed} % on a version that is taken back ({state.Reason})");
                state.Weight.ShouldBe(routed, $"seed {seed}: {state.Reason}");
                PreviewIsAsItShould(world, rollout, state, $"seed {seed}: {state.Phase}: {state.Reason}");
                for (var other = 0; state.Ring is not null && other < rollout.Rings.Count; other++)
                {
                    if (other != state.Ring)
                    {
                        var isNew = other < state.Ring && !state.RingsDone[other].Returned;
                        world.Share(rollout.Rings[other].Name, isNew ? "2.0" : "1.0").ShouldBe(100, $"seed {seed}: {rollout.Rings[other].Name}: {state.Reason}");
                    }
                }
            }

            world.Verdict = JudgeVerdict.Passed;
            world.MostHealthy.Clear();
            world.RouterAnswers = true;
            for (var second = 0; second < 300 && !world.Promotion(id).HasEnded; second++)
            {
                Resolve(world, id);
                world.Pass(Second);
            }

            var end = world.Rollout(id);
            end.HasEnded.ShouldBeTrue($"seed {seed}: {end.Phase}: {end.Reason}");
            world.LaneNow.Active.ShouldBeNull($"seed {seed}: the lane is free");
            var good = end.Phase == RolloutPhase.Succeeded ? "2.0" : "1.0";
            world.Traffic.ShouldBe(new Dictionary<string, int> { [good] = 100 }, $"seed {seed}: {end.Phase}: {end.Reason}");
            (end.Phase == RolloutPhase.Succeeded || world.Wanted("2.0") == 0 || world.LaneNow.Left.Count > 0).ShouldBeTrue($"seed {seed}: {world.Wanted("2.0")} of a version that was taken back");
            world.Wanted(good).ShouldBeGreaterThan(0, $"seed {seed}");
        }
    }

    /// <summary>The routers have the preview that the state speaks of; before a switch the new set has one from when it was healthy, and none once it is users' address.</summary>
    private static void PreviewIsAsItShould(MachineWorld world, RolloutSpec rollout, RolloutState state, string where)
    {
        var spec = rollout.In(state.Ring);
        if (state.HasEnded)
        {
            world.Previews(state.Ring is { } last ? rollout.Rings[last].Name : null).ShouldBeEmpty(where);
            return;
        }

        world.Previews(state.Ring is { } ring ? rollout.Rings[ring].Name : null).ShouldBe(state.Preview ? [MachineWorld.SetOf("2.0")] : [], where);
        if (spec.Strategy == RolloutStrategy.BlueGreen && state.Back is null && state.Paused is not { RingIsBack: true })
        {
            var toSwitch = state.Plan.Select((step, index) => (step, index)).FirstOrDefault(s => s.step.Kind == PlanStepKind.Weight && s.step.Ring == state.Ring).index;
            var isReady = state.Current is { Kind: not PlanStepKind.Start } current && current.Ring == state.Ring;
            (isReady && state.Step < toSwitch).ShouldBe(state.Preview && state.Weight == 0 && state.Step != toSwitch, where);
        }
    }

    /// <summary>While stable is not back yet, what goes keeps what it has, and no more.</summary>
    private static int MostLeft(RolloutState state) => state.Phase == RolloutPhase.RollingBack ? state.Weight : 0;

    private static void Happen(MachineWorld world, Random random, string id)
    {
        switch (random.Next(60))
        {
            case 0: world.Verdict = (JudgeVerdict)random.Next(3); break;
            case 1: world.MostHealthy[MachineWorld.SetOf("2.0")] = random.Next(3); world.Report(id); break;
            case 2: world.MostHealthy.Clear(); world.Report(id); break;
            case 3: world.MostHealthy[MachineWorld.SetOf("1.0")] = random.Next(3); world.Report(id); break;
            case 4: world.Act(id, (RolloutAsk)random.Next(6), by: "ben"); break;
            case 5: world.FailingVerifications.Add("smoke"); break;
            case 6: Resolve(world, id); break;
        }
    }

    private static void Resolve(MachineWorld world, string id)
    {
        var state = world.Rollout(id);
        if (state.Paused is { } paused)
        {
            world.Act(id, paused.Failed ? RolloutAsk.Abort : state.Current!.Kind == PlanStepKind.Approve ? RolloutAsk.Approve : RolloutAsk.Resume, by: "ben");
        }
    }

    /// <summary>The same groups, gone through without questions.</summary>
    private static RolloutSpec Calm(RolloutSpec rollout) => new()
    {
        Strategy = RolloutStrategy.Ring, Checks = [], Rings = [.. rollout.Rings.Select(ring => new RingSpec { Name = ring.Name, Agents = ring.Agents, Instances = ring.Instances })],
    };

    private static RolloutSpec Draw(Random random)
    {
        if (random.Next(3) > 0)
        {
            return DrawOne(random);
        }

        var names = new[] { "inner", "middle", "outer" }[..random.Next(1, 4)];
        return DrawOne(random) with
        {
            Strategy = RolloutStrategy.Ring,
            OnFailure = (OnFailure)random.Next(3),
            Rings = [.. names.Select(name => (Name: name, Spec: DrawOne(random))).Select(ring => new RingSpec
            {
                Name = ring.Name,
                Agents = new Dictionary<string, string> { ["ring"] = ring.Name },
                Instances = random.Next(2) == 0 ? random.Next(1, 4) : null,
                Strategy = ring.Spec.Strategy,
                Steps = ring.Spec.Steps,
                Rolling = ring.Spec.Rolling,
                Switch = ring.Spec.Switch,
                Baseline = ring.Spec.Baseline,
                Soak = TimeSpan.FromSeconds(random.Next(3) * 4),
            })],
        };
    }

    private static RolloutSpec DrawOne(Random random)
    {
        var common = new RolloutSpec
        {
            Checks = [new() { Kind = CheckKind.Errors }],
            OnFailure = random.Next(5) == 0 ? OnFailure.Pause : OnFailure.Rollback,
            OnInconclusive = (OnInconclusive)random.Next(3),
            Watch = random.Next(2) == 0 ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
            AbortScaleDownDelay = random.Next(3) == 0 ? TimeSpan.FromSeconds(20) : TimeSpan.Zero,
            Baseline = random.Next(4) == 0,
        };
        return random.Next(3) switch
        {
            0 => common with
            {
                Strategy = RolloutStrategy.Rolling,
                Baseline = false,
                Rolling = new() { Batch = random.Next(2) == 0 ? null : new(Share: 0.5), MinHealthyTime = TimeSpan.FromSeconds(random.Next(4)), ProgressDeadline = random.Next(2) == 0 ? TimeSpan.FromSeconds(30) : null },
            },
            1 => common with
            {
                Strategy = RolloutStrategy.BlueGreen,
                Baseline = false,
                Switch = new()
                {
                    Before = random.Next(2) == 0 ? [] : [new() { Approve = 1 }, new() { Mirror = 5 }],
                    After = random.Next(2) == 0 ? [] : [new() { Analyze = TimeSpan.FromSeconds(5) }],
                },
            },
            _ => common with
            {
                Strategy = RolloutStrategy.Canary,
                Steps =
                [
                    random.Next(2) == 0 ? new() { Route = [new(RequestPart.Cookie, "beta")] } : new() { Instances = new(new Quantity(Count: 2)) },
                    new() { Weight = random.Next(1, 50) }, new() { Analyze = TimeSpan.FromSeconds(5), Deadline = TimeSpan.FromSeconds(10) },
                    random.Next(2) == 0 ? new() { Pause = TimeSpan.FromSeconds(3) } : new() { Approve = 1 }, new() { Weight = random.Next(50, 100) },
                ],
            },
        };
    }
}
