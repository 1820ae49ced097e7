namespace Slipway.Engine;

/// <summary>How the loop paces itself. The lease of a process must outlast one turn by far; that of an effect must outlast <see cref="EffectRunner"/>'s longest effect.</summary>
public sealed record LoopOptions
{
    /// <summary>Most processes folded, and most effects under way, at once.</summary>
    public int Batch { get; init; } = 64;
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan EffectLease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>It looks for work at least this often: effects that were deferred fall due without a signal.</summary>
    public TimeSpan MostWait { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan StoreBackOff { get; init; } = TimeSpan.FromSeconds(1);
}
