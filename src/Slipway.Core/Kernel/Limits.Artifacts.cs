namespace Slipway.Core.Kernel;

public static partial class Limits
{
    /// <summary>
    /// Stored bytes that came within this time are never removed: what they are for may not be recorded yet. Longer than an agent may take to report the outputs that it has
    /// sent, and longer than an upload takes.
    /// </summary>
    public static readonly TimeSpan UploadGrace = TimeSpan.FromDays(1);

    /// <summary>An artifact that a promotion was asked for is kept this long for that alone. Longer than the way of a request through promotion, lane and agents.</summary>
    public static readonly TimeSpan AskedForGrace = TimeSpan.FromHours(1);

    /// <summary>How often is looked for what may go.</summary>
    public static readonly TimeSpan CollectEvery = TimeSpan.FromMinutes(10);

    /// <summary>
    /// What may go must have been so for this long, by a clock that only counts: a clock that is set forward makes everything old at once, and an hour later somebody has set it
    /// back. Longer than <see cref="CollectEvery"/>, so that two looks agree.
    /// </summary>
    public static readonly TimeSpan CollectPatience = TimeSpan.FromMinutes(15);
}
