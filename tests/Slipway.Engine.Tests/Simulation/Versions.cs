using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>What a version is like in truth, which the engine can only find out by looking.</summary>
internal enum Quality
{
    Good,

    /// <summary>Healthy by its health check, and half of its answers are errors.</summary>
    BadAnswers,
    NeverStarts,
    StartsSlowly,

    /// <summary>Runs, but its verification answers 500.</summary>
    FailsVerification,

    /// <summary>Its instances die again and again.</summary>
    Dies,

    /// <summary>Its requests are answered well, and the workers beside never start.</summary>
    LacksWorkers,

    /// <summary>Likewise, and the workers beside die again and again.</summary>
    WorkersDie,
}

internal sealed record SimVersion(string Name, Quality Quality, ServiceDefinition Definition);

/// <summary>Draws versions: definitions are made directly, since reading YAML is not what is tried here.</summary>
internal static class Versions
{
    public const string Service = "shop", Worker = "mailer";

    public static SimVersion Draw(Random random, int number, bool only, World world)
    {
        var quality = only || number <= 1 ? Quality.Good : random.Next(20) switch
        {
            < 9 => Quality.Good,
            < 13 => Quality.BadAnswers,
            < 15 => Quality.NeverStarts,
            < 17 => Quality.StartsSlowly,
            < 18 => Quality.FailsVerification,
            _ => Quality.Dies,
        };
        var name = $"{number}.0";
        var run = new RunSpec
        {
            Command = ["./shop", name],
            Instances = random.Next(1, 4),
            Health = new HealthSpec { Deadline = TimeSpan.FromSeconds(20) },
            Drain = TimeSpan.FromSeconds(1),
            // Now and then a service begins or ceases to answer requests.
            IsWorker = world.OfWorkers != (random.Next(12) == 0),
        };
        if (run.IsWorker)
        {
            // Only a command could verify it, and none runs here.
            var rollout = ForWorkers(random, Rollout(random, run.Instances));
            return new SimVersion(name, quality == Quality.FailsVerification ? Quality.Good : quality, new ServiceDefinition { Service = Service, Run = run, Rollout = rollout });
        }

        var rings = world.Agents.Count > 1 && random.Next(6) == 0 ? Rings(random) : null;
        if (rings is null && random.Next(4) == 0)
        {
            run = run with { Workers = [run with { Process = Worker, IsWorker = true, Instances = random.Next(1, 4) }] };
            quality = quality == Quality.Dies ? random.Next(2) == 0 ? Quality.LacksWorkers : Quality.WorkersDie : quality;
        }

        return new SimVersion(name, quality, new ServiceDefinition
        {
            Service = Service,
            Run = run,
            Rollout = rings ?? Rollout(random, run.Instances),
            Verify = random.Next(3) == 0 || quality == Quality.FailsVerification
                ? [new VerificationSpec { Name = "smoke", Http = new HttpVerification { Path = "/" } }]
                : [],
        });
    }

    private static RolloutSpec Rollout(Random random, int instances)
    {
        var common = new RolloutSpec
        {
            Watch = random.Next(2) == 0 ? TimeSpan.FromSeconds(8) : TimeSpan.Zero,
            KeepWarm = random.Next(2) == 0 ? TimeSpan.FromSeconds(20) : TimeSpan.Zero,
            AbortScaleDownDelay = random.Next(4) == 0 ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
            RollbackWindow = random.Next(4) == 0 ? TimeSpan.FromSeconds(30) : null,
            Sticky = random.Next(6) == 0 ? new(TimeSpan.FromHours(1)) : null,
            OnFailure = OnFailureOf(random),
            Hooks = random.Next(4) == 0 ? SimHooks.Draw(random) : new(),
        };
        return random.Next(8) switch
        {
            0 or 1 => common with { Strategy = RolloutStrategy.Rolling, Rolling = Rolling(random, instances) },
            2 => BlueGreen(random, Judged(random, common)),
            _ => Canary(random, Judged(random, common)),
        };
    }

    /// <summary>As it was drawn, without what speaks of requests.</summary>
    private static RolloutSpec ForWorkers(Random random, RolloutSpec rollout)
    {
        IReadOnlyList<CheckSpec> checks = rollout.Checks.Count == 0 ? [] : [random.Next(2) == 0 ? SimSource.Threshold : SimSource.Counts];
        RolloutStep[] Fitting(IReadOnlyList<RolloutStep> steps) => [.. steps.Where(step => step is { Route: null, Mirror: null, Instances: null } && (step.Analyze is null || checks.Count > 0))];
        return rollout with
        {
            Checks = checks,
            Steps = Fitting(rollout.Steps),
            Switch = new() { Before = Fitting(rollout.Switch.Before), After = Fitting(rollout.Switch.After) },
            Watch = checks.Any(check => check.Threshold is not null) ? rollout.Watch : TimeSpan.Zero,
            Baseline = false,
            Sticky = null,
            KeepWarm = TimeSpan.Zero,
            AbortScaleDownDelay = TimeSpan.Zero,
        };
    }

    /// <summary>The first host, and then the others.</summary>
    private static RolloutSpec Rings(Random random)
    {
        var common = Judged(random, Rollout(random, 2));
        return common with
        {
            Strategy = RolloutStrategy.Ring,
            Steps = [],
            Baseline = false,
            OnFailure = (OnFailure)random.Next(3),
            Rings = [.. SimAgent.Rings.Select(name => (Name: name, Spec: Rollout(random, 2))).Select(ring => new RingSpec
            {
                Name = ring.Name,
                Agents = new Dictionary<string, string> { ["ring"] = ring.Name },
                Instances = 2,
                Strategy = ring.Spec.Strategy,
                Steps = ring.Spec.Steps,
                Rolling = ring.Spec.Rolling,
                Switch = ring.Spec.Switch,
                Baseline = ring.Spec.Baseline,
                Soak = TimeSpan.FromSeconds(random.Next(3) * 4),
            })],
        };
    }

    private static RolloutSpec Judged(Random random, RolloutSpec rollout) => rollout with
    {
        Checks = random.Next(8) == 0 ? [] : [new CheckSpec { Kind = CheckKind.Errors }],
        FalseAlarmRate = 0.001,
        OnInconclusive = random.Next(6) switch { 0 => OnInconclusive.Proceed, < 3 => OnInconclusive.Rollback, _ => OnInconclusive.Pause },
    };

    /// <summary>One instance is never exchanged without a second beside it: the lane would serve nothing meanwhile, as asked.</summary>
    private static RollingSpec Rolling(Random random, int instances) => new()
    {
        Surge = random.Next(3) switch { 0 => null, 1 when instances > 1 => new(0), _ => new(random.Next(1, 3)) },
        MaxUnavailable = instances > 1 && random.Next(2) == 0 ? new(1) : null,
        MinHealthyTime = random.Next(2) == 0 ? TimeSpan.FromSeconds(3) : TimeSpan.Zero,
        ProgressDeadline = random.Next(2) == 0 ? TimeSpan.FromSeconds(40) : null,
    };

    private static RolloutSpec BlueGreen(Random random, RolloutSpec rollout) => rollout with
    {
        Strategy = RolloutStrategy.BlueGreen,
        Switch = new SwitchSpec
        {
            Before = random.Next(3) switch { 0 => [], 1 => [new() { Approve = 1 }], _ => [new() { Mirror = 10 }, new() { Pause = TimeSpan.FromSeconds(3) }] },
            After = random.Next(2) == 0 ? [] : [new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(12) }],
        },
    };

    private static RolloutSpec Canary(Random random, RolloutSpec rollout)
    {
        List<RolloutStep> steps = [new() { Weight = 20 }, new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(12) }];
        if (random.Next(4) == 0)
        {
            steps.Insert(0, random.Next(3) switch { 0 => new() { Instances = new(new Quantity(Count: 2)) }, 1 => new() { Route = [new(Core.Traffic.RequestPart.Header, "x-beta")] }, _ => new() { Mirror = 10 } });
        }

        if (random.Next(3) == 0)
        {
            steps.Add(new RolloutStep { Pause = random.Next(4) == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(5) });
        }

        if (random.Next(6) == 0)
        {
            steps.Add(new RolloutStep { Approve = 1 });
        }

        if (random.Next(2) == 0)
        {
            steps.Add(new RolloutStep { Weight = 60 });
        }

        return rollout with { Strategy = RolloutStrategy.Canary, Steps = steps, Baseline = random.Next(4) == 0 };
    }

    private static OnFailure OnFailureOf(Random random) => random.Next(5) == 0 ? OnFailure.Pause : OnFailure.Rollback;
}
