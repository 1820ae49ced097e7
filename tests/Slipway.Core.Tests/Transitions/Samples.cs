using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;

namespace Slipway.Core.Tests.Transitions;

/// <summary>A state that the machine came to by folding events, never one put together by hand.</summary>
/// <param name="Name">What it is, in words.</param>
/// <param name="State">Null: the process does not exist yet.</param>
internal sealed record SampleState<TState>(string Name, TState? State, DateTimeOffset At) where TState : class;

/// <param name="After">How long after the state's last event it comes.</param>
/// <param name="Event">May depend on the state: a router confirms the generation that was asked for.</param>
internal sealed record SampleEvent<TState, TEvent>(string Name, TimeSpan After, Func<TState?, TEvent> Event) where TState : class;

/// <summary>States and events of one machine, and how its decisions are told.</summary>
internal abstract class Samples<TState, TEvent>(Machine<TState, TEvent> machine, ProcessId process, JsonTypeInfo<TState> json)
    where TState : class
    where TEvent : class
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public Machine<TState, TEvent> Machine { get; } = machine;

    public ProcessId Process { get; } = process;

    public JsonTypeInfo<TState> Json { get; } = json;

    public abstract IReadOnlyList<SampleState<TState>> States { get; }

    public abstract IReadOnlyList<SampleEvent<TState, TEvent>> Events { get; }

    /// <summary>Where the machine stands, in a few words.</summary>
    public abstract string Tell(TState state);

    /// <summary>Why, as people are told; null: the machine gives no reason of its own.</summary>
    public abstract string? Reason(TState state);

    protected SampleState<TState> Fold(string name, SampleState<TState> from, params Func<TState?, TEvent>[] events)
    {
        var (state, at) = (from.State, from.At);
        foreach (var @event in events)
        {
            at += TimeSpan.FromSeconds(1);
            state = Machine.Decide(Process, state, @event(state), at).State;
        }

        return new SampleState<TState>(name, state, at);
    }

    protected static SampleState<TState> Later(SampleState<TState> from, TimeSpan time) => new(from.Name, from.State, from.At + time);
}

/// <summary>The small world that the samples speak of: one lane, versions 1.0 to 3.0.</summary>
internal static class SampleWorld
{
    public static readonly LaneId Lane = new("storefront", "prod");
    public static readonly Actor Ada = new("ada", "ada"), Ben = new("ben", "ben");

    public static RolloutSpec Canary { get; } = new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [new() { Weight = 10 }, new() { Analyze = TimeSpan.FromMinutes(1) }, new() { Pause = TimeSpan.FromMinutes(2) }, new() { Weight = 50 }],
        Checks = [new() { Kind = CheckKind.Errors }],
        Watch = TimeSpan.FromMinutes(5),
        KeepWarm = TimeSpan.FromMinutes(5),
    };

    public static PinnedInputs Inputs(string version, RolloutSpec? rollout = null)
    {
        var revision = string.Concat(Enumerable.Repeat(version.Replace('.', 'a'), 64))[..64];
        var run = new RunSpec { Command = ["./storefront"], Instances = 4 };
        return new PinnedInputs
        {
            Revision = new VersionSetSpec
            {
                Id = VersionSetSpec.IdOf(Lane, revision),
                Lane = Lane,
                Version = version,
                Revision = revision,
                ArtifactDigest = "sha256:" + revision,
                ArtifactBytes = 1000,
                Run = run,
            },
            Definition = new EffectiveDefinition
            {
                Run = run,
                Rollout = rollout ?? Canary,
                Verify = [new VerificationSpec { Name = "smoke", Http = new HttpVerification { Path = "/" } }],
            },
            ConfigurationVersion = 0,
            Target = new Dictionary<string, string>(),
            Traffic = TrafficExpectation.Expected,
        };
    }

    public static LaneRevision Stable(string version) => new()
    {
        Spec = Inputs(version).Revision,
        Inputs = Inputs(version),
        Count = 4,
        Since = new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero),
        WellAt = new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero),
    };

    public static Admission Admission(string? stable) => new()
    {
        Token = new FencingToken(1, 3),
        Stable = stable is null ? null : Stable(stable),
        TrafficGeneration = 3 * LaneFlow.GenerationsPerOwner,
    };
}
