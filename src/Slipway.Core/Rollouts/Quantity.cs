namespace Slipway.Core.Rollouts;

/// <summary>So many instances, or a share of them. Exactly one is set.</summary>
/// <param name="Count">Not negative.</param>
/// <param name="Share">0 to 1.</param>
public sealed record Quantity(int? Count = null, double? Share = null)
{
    /// <summary>Of so many instances, a part of one counted as one; never more than there are.</summary>
    public int RoundedUp(int instances) => Math.Min(instances, Count ?? (int)Math.Ceiling(Math.Round(Share!.Value * instances, 6)));

    /// <summary>Of so many instances, a part of one left out; never more than there are.</summary>
    public int RoundedDown(int instances) => Math.Min(instances, Count ?? (int)Math.Floor(Math.Round(Share!.Value * instances, 6)));

    public override string ToString() => Count is { } count ? $"{count}" : $"{Share * 100:0.##} %";
}
