using Slipway.Core.Kernel;

namespace Slipway.Engine;

/// <summary>
/// How the loop paces itself. The lease of a process must outlast one turn by far; that of an effect is renewed while it is carried out. What a node that dies has in hand waits for both: together they
/// leave the way back of a rollout its time, <see cref="Limits.RollbackDeadline"/> less <see cref="Limits.CapacityPatience"/> and <see cref="Limits.ShiftDeadline"/>.
/// </summary>
public sealed record LoopOptions
{
    /// <summary>Most processes folded, and most effects under way, at once.</summary>
    public int Batch { get; init; } = 64;
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan EffectLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The lease of an effect is renewed this often: a store that is slow once or twice does not lose it.</summary>
    public TimeSpan EffectRenewal { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An effect that is not over by then hangs: its lease is renewed no more, and it is tried again. Longer than <see cref="Limits.VerificationTry"/> and <see cref="Limits.HookTry"/>.</summary>
    public TimeSpan LongestEffect { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>It looks for work at least this often: effects that were deferred fall due without a signal.</summary>
    public TimeSpan MostWait { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan StoreBackOff { get; init; } = TimeSpan.FromSeconds(1);
}
