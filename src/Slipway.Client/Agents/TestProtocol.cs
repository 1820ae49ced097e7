using System.Text.Json.Serialization;

namespace Slipway.Client.Agents;

/// <summary>
/// What the steps of one attempt reported of tests and coverage: PUT <see cref="Path"/>/{run}/{job}/{attempt} with this as gzip-packed JSON, before the attempt's end is told.
/// 200 also when it was there: what came first stays.
/// </summary>
public sealed record AttemptTests
{
    public const string Path = "/agent/v1/tests";

    /// <summary>Tests of one attempt, characters of a name, of a message and of a stack; longer ones are cut before they are sent.</summary>
    public const int MostTests = 50_000, NameLength = 300, SuiteLength = 200, MessageLength = 2_000, StackLength = 8_000, MostPackages = 200;

    /// <summary>Bytes of all its texts together, as UTF-8.</summary>
    public const int MostTextBytes = 12 << 20;

    /// <summary>Bytes of the document: what escaping and names of members may add to the texts.</summary>
    public const int MostBytes = 40 << 20;

    /// <summary>Each name once.</summary>
    public required IReadOnlyList<AttemptTest> Tests { get; init; }

    /// <summary>How many more there were than are told here.</summary>
    public int Left { get; init; }

    /// <summary>Null: none was reported.</summary>
    public AttemptCoverage? Coverage { get; init; }
}

/// <param name="Name">With its class: <c>Cart.adds an item</c>.</param>
/// <param name="Suite">What the report says that it belongs to.</param>
/// <param name="FailedBefore">It failed in an earlier try of its step, or of its runner.</param>
/// <param name="Quarantined">It failed and was in quarantine.</param>
/// <param name="Microseconds">How long it took, the last time.</param>
/// <param name="Message">Of its last failure; may be there although it passed in the end.</param>
public sealed record AttemptTest(string Name, string? Suite, AttemptTestOutcome Outcome, bool FailedBefore, bool Quarantined, long Microseconds, string? Message, string? Stack);

[JsonConverter(typeof(CamelCaseEnumConverter<AttemptTestOutcome>))]
public enum AttemptTestOutcome { Passed, Failed, Skipped }

/// <param name="Covered">Lines that ran.</param>
/// <param name="Valid">Lines that could have.</param>
/// <param name="PackagesLeft">How many more packages there are.</param>
public sealed record AttemptCoverage(long Covered, long Valid, IReadOnlyList<PackageCoverage> Packages, int PackagesLeft);

public sealed record PackageCoverage(string Name, long Covered, long Valid);
