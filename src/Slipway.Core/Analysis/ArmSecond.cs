namespace Slipway.Core.Analysis;

/// <summary>Requests with the same latency, or the same age.</summary>
/// <param name="Micros">Finished: the inclusive upper edge of the latency bucket. In flight: the age that has been reached. Microseconds.</param>
public readonly record struct LatencyCount(double Micros, long Count);

/// <summary>
/// What one arm's requests that started in one second have come to so far. A request has come to an end for <c>errors</c> when its status is known, it failed to connect, it went
/// unanswered past the request timeout, or its client went away.
/// </summary>
/// <remarks>
/// From a router's counts of one second: Units = started − client gone; Bad = 5xx + connection failures + timed out, each request once; Open = those in flight whose age is below the
/// request timeout (whatever is in flight longer is either among the timed out or has been answered and still streams).
/// </remarks>
public sealed record ArmSecond
{
    public static ArmSecond None { get; } = new() { Units = 0, Bad = 0 };

    /// <summary>Requests started, less those whose client went away first.</summary>
    public required long Units { get; init; }

    /// <summary>5xx, connection failures, and requests unanswered past the request timeout, even while they still hang.</summary>
    public required long Bad { get; init; }

    /// <summary>Requests that have not come to an end and may still turn out bad; they are among <see cref="Units"/>, not among <see cref="Bad"/>.</summary>
    public long Open { get; init; }

    /// <summary>Requests whose outcome will never be known (their router died); not among <see cref="Units"/>. They hinder a pass and never make a failure.</summary>
    public long Unknown { get; init; }

    /// <summary>Latencies to the response's end, as a sparse histogram.</summary>
    public IReadOnlyList<LatencyCount> Finished { get; init; } = [];

    /// <summary>Ages of the requests that are still in flight.</summary>
    public IReadOnlyList<LatencyCount> InFlight { get; init; } = [];

    /// <summary>Why these numbers are impossible; null when they are sound.</summary>
    internal string? Refusal()
    {
        if (Units < 0 || Bad < 0 || Open < 0 || Unknown < 0)
        {
            return $"a count is negative ({Units} units, {Bad} bad, {Open} open, {Unknown} unknown)";
        }

        if (Units > MostUnits || Unknown > MostUnits)
        {
            return $"{Math.Max(Units, Unknown)} requests in one second are more than can be";
        }

        if (Bad + Open > Units)
        {
            return $"{Bad} bad and {Open} open of {Units} requests: more than there were";
        }

        return HistogramRefusal(Finished) ?? HistogramRefusal(InFlight);
    }

    private const long MostUnits = 1_000_000_000;

    private static string? HistogramRefusal(IReadOnlyList<LatencyCount> histogram)
    {
        foreach (var (micros, count) in histogram)
        {
            if (!(micros >= 0 && double.IsFinite(micros)) || count is < 0 or > MostUnits)
            {
                return $"{count} requests of {micros} µs are not a latency";
            }
        }

        return null;
    }
}

/// <summary>Both arms in one second, cumulative: a later one for the same second and generation takes the place of the earlier.</summary>
/// <param name="Second">Unix second in which the requests started.</param>
/// <param name="Generation">The weights generation; a second in which weights changed has two.</param>
/// <param name="Share">ρ: the canary's weight over that of both arms, in force in this generation; 0 to 1.</param>
public sealed record ObservedSecond(long Second, long Generation, double Share, ArmSecond Canary, ArmSecond Stable);
