using System.Text.Json.Serialization;

namespace Slipway.Core.Reports;

public enum TestOutcome { Passed, Failed, Skipped }

/// <summary>What the steps of one attempt of a job reported of tests and coverage.</summary>
public sealed record TestReport
{
    public required string Service { get; init; }
    public required string Run { get; init; }

    /// <summary>When the run was asked for: the order of a service's runs.</summary>
    public required DateTimeOffset RunAt { get; init; }

    /// <summary>Lower-case hex, whole.</summary>
    public required string Commit { get; init; }

    /// <summary>A digest of what the commit has, documentation left out; null: not known.</summary>
    public string? Code { get; init; }
    public required string Branch { get; init; }
    public required string Job { get; init; }
    public required int Attempt { get; init; }

    /// <summary>Each name once.</summary>
    public required IReadOnlyList<ReportedTest> Tests { get; init; }

    /// <summary>How many more tests there were than are told of.</summary>
    public int Left { get; init; }

    /// <summary>Null: none was measured.</summary>
    public Coverage? Coverage { get; init; }
}

/// <param name="Name">Stable from run to run: by it a test is known among those of its service.</param>
/// <param name="FailedBefore">It failed in an earlier try within the attempt.</param>
/// <param name="Quarantined">Its failure was forgiven.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Message">Of its last failure; may be there although it passed in the end.</param>
public sealed record ReportedTest(string Name, string? Suite, TestOutcome Outcome, bool FailedBefore, bool Quarantined, long Microseconds, string? Message, string? Stack);

/// <param name="Covered">Lines that ran.</param>
/// <param name="Valid">Lines that could have.</param>
/// <param name="Packages">At most some; by name.</param>
/// <param name="PackagesLeft">How many more there are.</param>
public sealed record Coverage(long Covered, long Valid, IReadOnlyList<PackageShare> Packages, int PackagesLeft)
{
    /// <summary>Of several jobs together, line for line: a package of the same name is one. Null: none was measured.</summary>
    public static Coverage? Sum(IReadOnlyList<Coverage> parts) => parts.Count switch
    {
        0 => null,
        1 => parts[0],
        _ => new(
            parts.Sum(p => p.Covered), parts.Sum(p => p.Valid),
            [.. parts.SelectMany(p => p.Packages).GroupBy(p => p.Name, (name, same) => same.Aggregate((a, b) => new PackageShare(name, a.Covered + b.Covered, a.Valid + b.Valid))).OrderBy(p => p.Name, StringComparer.Ordinal)],
            parts.Max(p => p.PackagesLeft)),
    };
}

public sealed record PackageShare(string Name, long Covered, long Valid);

/// <summary>How coverage is kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Coverage))]
public sealed partial class CoverageJson : JsonSerializerContext;
