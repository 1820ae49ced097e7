namespace Slipway.Core.Analysis.Metrics;

/// <summary>What a metric source said at one time for one check: the row that is stored, shown, and folded again to judge.</summary>
/// <param name="Number">Counts from 0, by the check's interval.</param>
/// <param name="At">The end of the time that it speaks of.</param>
/// <param name="Dispersion">φ of the stable arm as it was known when this was taken in; null: nothing tells it, or it is of no use to the check.</param>
/// <param name="TooEarly">True: φ is being watched, but has not been for long enough to rest a verdict on.</param>
public sealed record Measurement(string Check, long Number, DateTimeOffset At, IReadOnlyList<MeasuredPart> Parts, double? Dispersion = null, bool? TooEarly = null)
{
    public MeasuredPart? Find(string part) => Parts.FirstOrDefault(p => p.Name == part);

    /// <summary>The first part that the source could not answer.</summary>
    public MeasuredPart? Failed => Parts.FirstOrDefault(p => p.Failure is not null);

    /// <summary>The first part of which there is no number.</summary>
    public MeasuredPart? Missing => Parts.FirstOrDefault(p => p.NoData is not null);
}

/// <summary>The answer to one question of a measurement. Exactly one of the others is set.</summary>
/// <param name="Value">Finite.</param>
/// <param name="Values">Finite, in the order of time.</param>
/// <param name="NoData">Why there is no number.</param>
/// <param name="Failure">Why there is no answer.</param>
/// <param name="Command">The command that was run for it; null: none was.</param>
public sealed record MeasuredPart(string Name, double? Value = null, IReadOnlyList<double>? Values = null, string? NoData = null, string? Failure = null, string? Command = null);
