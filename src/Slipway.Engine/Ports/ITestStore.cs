using Slipway.Core.Reports;

namespace Slipway.Engine.Ports;

/// <summary>
/// What attempts reported of tests, in the store: of the newest runs of each service alone. Every write returns only when it is durable; faults are as in <see cref="IStore"/>.
/// A report that is being written, or taken away, is not seen.
/// </summary>
public interface ITestStore
{
    /// <summary>Keeps a report, and takes away those of the service's oldest runs beyond what is kept. Nothing changes when a report of the same attempt is there.</summary>
    Task KeepAsync(TestReport report, CancellationToken cancel);

    /// <summary>Reports of a service's newest runs, newest run first, within a run by job and attempt.</summary>
    Task<IReadOnlyList<KeptReport>> ReportsAsync(string service, int mostRuns, CancellationToken cancel);

    /// <summary>All results in these reports.</summary>
    Task<IReadOnlyList<KeptResult>> ResultsAsync(IReadOnlyCollection<long> reports, CancellationToken cancel);

    /// <summary>The results of these tests in these reports.</summary>
    Task<IReadOnlyList<KeptResult>> ResultsAsync(IReadOnlyCollection<long> reports, IReadOnlyCollection<long> tests, CancellationToken cancel);

    /// <summary>The tests that failed in any of these reports, for good or at first.</summary>
    Task<IReadOnlyList<long>> TroubledAsync(IReadOnlyCollection<long> reports, CancellationToken cancel);

    /// <summary>What failures of these tests in these reports said.</summary>
    Task<IReadOnlyList<KeptFailure>> FailuresAsync(IReadOnlyCollection<long> reports, IReadOnlyCollection<long> tests, CancellationToken cancel);

    /// <summary>Whether a kept report of the service names a test.</summary>
    Task<bool> HasTestAsync(string service, string name, CancellationToken cancel);
}

/// <summary>A report without its tests.</summary>
public sealed record KeptReport
{
    public required long Id { get; init; }
    public required TestedRun Run { get; init; }
    public required string Job { get; init; }
    public required int Attempt { get; init; }
    public required int Left { get; init; }
    public required Coverage? Coverage { get; init; }
}

/// <param name="Report">The report's id.</param>
/// <param name="Test">The test's id in the store.</param>
public sealed record KeptResult(long Report, long Test, string Name, string? Suite, TestOutcome Outcome, bool FailedBefore, bool Quarantined, long Microseconds);

public sealed record KeptFailure(long Report, long Test, string? Message, string? Stack);
