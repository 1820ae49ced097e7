namespace Slipway.Client.Api;

public enum TestOutcomeView { Passed, Failed, Skipped }

/// <summary>How a test's outcome compares with the branch's run before.</summary>
public enum TestStandingView { Passing, NewlyFailing, StillFailing, Fixed, Skipped }

/// <summary>A test in one run of its history.</summary>
public enum TestSquareView
{
    /// <summary>It took no part.</summary>
    None,
    Passed,
    Failed,
    Skipped,

    /// <summary>It failed and passed on the run's commit.</summary>
    Both,
}

/// <summary>The tests of a run, some at a time. The counts are of all of them, whatever is asked for.</summary>
public sealed record RunTestsView
{
    public required string Run { get; init; }
    public required string Service { get; init; }
    public required int Passed { get; init; }

    /// <summary>Quarantined ones among them.</summary>
    public required int Failed { get; init; }
    public required int Skipped { get; init; }
    public required int NewlyFailing { get; init; }
    public required int Fixed { get; init; }
    public required int Flaky { get; init; }
    public required int Quarantined { get; init; }

    /// <summary>How many more tests its reports named than are kept.</summary>
    public required int Left { get; init; }

    /// <summary>Null: it was not measured.</summary>
    public CoverageView? Coverage { get; init; }

    /// <summary>How many match what is asked for.</summary>
    public required int Matching { get; init; }
    public required IReadOnlyList<RunTestView> Items { get; init; }

    /// <summary>Pass as <c>after</c> for the next page; null: this is the last.</summary>
    public string? Next { get; init; }
}

/// <summary>A test of a run; all its jobs together.</summary>
public sealed record RunTestView
{
    public required string Name { get; init; }

    /// <summary>What its report says that it belongs to.</summary>
    public string? Suite { get; init; }

    /// <summary>Failed, if it failed in any job.</summary>
    public required TestOutcomeView Outcome { get; init; }
    public required TestStandingView Standing { get; init; }

    /// <summary>The first run of those in a row in which it failed.</summary>
    public string? FailingSince { get; init; }

    /// <summary>Why it is held to be flaky; null: it is not.</summary>
    public string? Flaky { get; init; }

    /// <summary>It failed, and that was forgiven.</summary>
    public required bool Quarantined { get; init; }

    /// <summary>The jobs in which it came to this outcome.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>In the slowest job.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>Of its last failure.</summary>
    public string? Message { get; init; }
    public string? Stack { get; init; }
}

public sealed record CoverageView
{
    /// <summary>Lines that ran.</summary>
    public required long Covered { get; init; }

    /// <summary>Lines that could have.</summary>
    public required long Valid { get; init; }

    /// <summary>The branch's last run before this one that measured it; null: none did.</summary>
    public CoverageBefore? Before { get; init; }
    public required IReadOnlyList<PackageCoverageView> Packages { get; init; }

    /// <summary>How many more packages there are.</summary>
    public required int PackagesLeft { get; init; }
}

public sealed record CoverageBefore(string Run, long Covered, long Valid);

public sealed record PackageCoverageView(string Name, long Covered, long Valid);

/// <summary>A service's tests over its last runs, some at a time.</summary>
public sealed record ServiceTestsView
{
    public required string Service { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<TestedRunView> Runs { get; init; }

    /// <summary>How many tests match what is asked for.</summary>
    public required int Matching { get; init; }
    public required IReadOnlyList<ServiceTestView> Items { get; init; }

    /// <summary>Pass as <c>after</c> for the next page; null: this is the last.</summary>
    public string? Next { get; init; }
}

/// <summary>A run in which tests were reported.</summary>
public sealed record TestedRunView
{
    public required string Run { get; init; }
    public required string Commit { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Lines that ran, and that could have; null: it was not measured.</summary>
    public long? Covered { get; init; }
    public long? Valid { get; init; }
}

public sealed record ServiceTestView
{
    public required string Name { get; init; }
    public string? Suite { get; init; }

    /// <summary>In the last run that it took part in, compared with the one before.</summary>
    public required TestStandingView Standing { get; init; }
    public string? FailingSince { get; init; }

    /// <summary>Why it is held to be flaky; null: it is not.</summary>
    public string? Flaky { get; init; }

    /// <summary>Null: it is not in quarantine.</summary>
    public QuarantineView? Quarantine { get; init; }

    /// <summary>The last time.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>One for each of the runs, in their order.</summary>
    public required IReadOnlyList<TestSquareView> History { get; init; }
}

/// <summary>A test whose failures fail no step.</summary>
public sealed record QuarantineView
{
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required string Name { get; init; }

    /// <summary>Who mends it.</summary>
    public required string Owner { get; init; }

    /// <summary>From then on it counts again.</summary>
    public required DateTimeOffset Until { get; init; }
    public required string Why { get; init; }
    public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
    public required bool InForce { get; init; }
}

public sealed record QuarantineTest
{
    /// <summary>The test's whole name.</summary>
    public required string Name { get; init; }
    public required string Owner { get; init; }

    /// <summary>In 90 days at most.</summary>
    public required DateTimeOffset Until { get; init; }
    public required string Why { get; init; }
}
