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
}

internal sealed record SimVersion(string Name, Quality Quality, ServiceDefinition Definition);

/// <summary>Draws versions: definitions are made directly, since reading YAML is not what is tried here.</summary>
internal static class Versions
{
    public const string Service = "shop";

    public static SimVersion Draw(Random random, int number, bool only)
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
        };
        return new SimVersion(name, quality, new ServiceDefinition
        {
            Service = Service,
            Run = run,
            Rollout = Rollout(random),
            Verify = random.Next(3) == 0 || quality == Quality.FailsVerification
                ? [new VerificationSpec { Name = "smoke", Http = new HttpVerification { Path = "/" } }]
                : [],
        });
    }

    private static RolloutSpec Rollout(Random random)
    {
        var watch = random.Next(2) == 0 ? TimeSpan.FromSeconds(8) : TimeSpan.Zero;
        var keepWarm = random.Next(2) == 0 ? TimeSpan.FromSeconds(20) : TimeSpan.Zero;
        if (random.Next(4) == 0)
        {
            return new RolloutSpec { Strategy = RolloutStrategy.Rolling, Watch = watch, KeepWarm = keepWarm, OnFailure = OnFailureOf(random) };
        }

        List<RolloutStep> steps = [new() { Weight = 20 }, new() { Analyze = TimeSpan.FromSeconds(6), Deadline = TimeSpan.FromSeconds(12) }];
        if (random.Next(3) == 0)
        {
            steps.Add(new RolloutStep { Pause = random.Next(4) == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(5) });
        }

        if (random.Next(2) == 0)
        {
            steps.Add(new RolloutStep { Weight = 60 });
        }

        return new RolloutSpec
        {
            Strategy = RolloutStrategy.Canary,
            Steps = steps,
            Checks = random.Next(8) == 0 ? [] : [new CheckSpec { Kind = CheckKind.Errors }],
            FalseAlarmRate = 0.001,
            OnFailure = OnFailureOf(random),
            OnInconclusive = random.Next(6) switch { 0 => OnInconclusive.Proceed, < 3 => OnInconclusive.Rollback, _ => OnInconclusive.Pause },
            Watch = watch,
            KeepWarm = keepWarm,
        };
    }

    private static OnFailure OnFailureOf(Random random) => random.Next(5) == 0 ? OnFailure.Pause : OnFailure.Rollback;
}
