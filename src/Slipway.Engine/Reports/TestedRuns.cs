using Slipway.Core.Reports;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Reports;

/// <summary>A run with all reports of its attempts.</summary>
public sealed record RunReports(TestedRun Run, IReadOnlyList<KeptReport> Reports)
{
    /// <summary>The last attempt of each job: what the run came to.</summary>
    public IReadOnlyList<KeptReport> Last { get; } = [.. Reports.GroupBy(r => r.Job, StringComparer.Ordinal).Select(job => job.MaxBy(r => r.Attempt)!)];

    /// <summary>Of all jobs; null: none measured it.</summary>
    public Coverage? Coverage => Core.Reports.Coverage.Sum([.. Last.Select(r => r.Coverage).OfType<Coverage>()]);
}

/// <summary>Puts together what the store keeps.</summary>
internal static class TestedRuns
{
    /// <returns>Newest first.</returns>
    public static IReadOnlyList<RunReports> Of(IReadOnlyList<KeptReport> reports) =>
        [.. reports.GroupBy(r => r.Run.Run, StringComparer.Ordinal).Select(run => new RunReports(run.First().Run, [.. run])).OrderByDescending(r => r.Run.At).ThenByDescending(r => r.Run.Run, StringComparer.Ordinal)];

    public static List<long> Ids(this IEnumerable<RunReports> runs) => [.. runs.SelectMany(r => r.Reports).Select(r => r.Id)];

    /// <summary>By test: its way through these runs.</summary>
    public static Dictionary<long, IReadOnlyList<TestInRun>> Histories(IReadOnlyList<RunReports> runs, IEnumerable<KeptResult> results)
    {
        var reports = runs.SelectMany(r => r.Reports).ToDictionary(r => r.Id);
        var order = runs.Select(r => r.Run).ToList();
        return results.GroupBy(r => r.Test).ToDictionary(
            test => test.Key,
            test => TestHistory.Of(order, test.Select(r => new TestSighting(reports[r.Report].Run.Run, reports[r.Report].Job, reports[r.Report].Attempt, r.Outcome, r.FailedBefore))));
    }
}
