namespace Slipway.Bench.Judging;

/// <summary>When alarms came over many runs: seconds, infinite where there was none, NaN for a run to be left out.</summary>
internal static class Alarms
{
    public const int FirstSeed = 1000;

    /// <summary>One time for each of the seeds from <see cref="FirstSeed"/> on, on all cores.</summary>
    public static T[] Of<T>(int runs, Func<int, T> run, CancellationToken cancel)
    {
        var results = new T[runs];
        Parallel.For(0, runs, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, i => results[i] = run(FirstSeed + i));
        return results;
    }

    /// <summary>Percent of the runs that are not left out.</summary>
    public static double Share(IReadOnlyList<double> times) => 100.0 * times.Count(double.IsFinite) / times.Count(time => !double.IsNaN(time));

    /// <summary>Over all runs: one without an alarm counts as longer than any.</summary>
    public static double Median(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Where(time => !double.IsNaN(time)).Order()];
        return sorted.Length == 0 ? double.PositiveInfinity : sorted[sorted.Length / 2];
    }
}
