namespace Slipway.Core.Pipelines;

/// <summary>A job as it runs: one for each combination of its matrix.</summary>
/// <param name="Name">The job's name, with the combination in brackets: <c>test (20, debian)</c>.</param>
/// <param name="Values">The combination, by axis; empty without a matrix.</param>
public sealed record ExpandedJob(string Name, JobDefinition Definition, IReadOnlyDictionary<string, string> Values);

/// <summary>Makes jobs of a matrix.</summary>
public static class JobExpansion
{
    /// <summary>Most combinations of one job.</summary>
    public const int MostCombinations = 64;

    public static IReadOnlyList<ExpandedJob> Of(JobDefinition job) => job.Matrix is null
        ? [new ExpandedJob(job.Name, job, new Dictionary<string, string>())]
        : [.. Combinations(job.Matrix).Select(values => new ExpandedJob($"{job.Name} ({string.Join(", ", values.Values)})", job, values))];

    /// <summary>The axes' product without what is excluded, and then what is included; no combination twice.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Combinations(MatrixDefinition matrix)
    {
        List<Dictionary<string, string>> product = matrix.Axes.Count == 0 ? [] : [[]];
        foreach (var axis in matrix.Axes)
        {
            product = [.. product.SelectMany(before => axis.Values, (before, value) => new Dictionary<string, string>(before) { [axis.Name] = value })];
        }

        var kept = product.Where(values => !matrix.Exclude.Any(less => less.All(pair => values.GetValueOrDefault(pair.Key) == pair.Value)));
        List<IReadOnlyDictionary<string, string>> all = [];
        foreach (var values in kept.Concat(matrix.Include))
        {
            if (!all.Exists(known => Same(known, values)))
            {
                all.Add(values);
            }
        }

        return all;
    }

    private static bool Same(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
