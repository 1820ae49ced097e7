using System.Globalization;
using System.Xml;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What the reports of one try of a step say of its tests.</summary>
internal sealed record StepTests
{
    /// <summary>How many there are, also beyond those that are kept.</summary>
    public required int Tests { get; init; }

    /// <summary>How many of them failed, quarantined ones among them.</summary>
    public required int Failed { get; init; }

    /// <summary>How many of those that failed are in quarantine.</summary>
    public required int Quarantined { get; init; }

    /// <summary>The first few that failed and are not in quarantine; and of those that are.</summary>
    public required IReadOnlyList<string> Names { get; init; }
    public required IReadOnlyList<string> QuarantinedNames { get; init; }

    /// <summary>Why the failed tests may not be all that failed; null: nothing says so.</summary>
    public required string? Unexplained { get; init; }

    /// <summary>Reports that could not be read, each with the reason.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>By their names; those that failed come before others if there are too many.</summary>
    public required IReadOnlyDictionary<string, TestCase> Cases { get; init; }

    /// <summary>All that failed is known by name and in quarantine.</summary>
    public bool OnlyQuarantinedFailed => Failed > 0 && Quarantined == Failed && Unexplained is null && Problems.Count == 0;
}

/// <summary>Reads tests from JUnit and TRX files, each by its own words. A file that is neither says nothing.</summary>
internal sealed class TestReports
{
    private const int NamesKept = 3, NameShown = 120;
    private readonly IReadOnlySet<string> _quarantined;
    private readonly Dictionary<string, TestCase> _cases = new(StringComparer.Ordinal);
    private readonly List<string> _names = [], _quarantinedNames = [];
    private int _tests, _failed, _quarantinedFailed, _passedKept, _textBytes;
    private string? _unexplained;

    private TestReports(IReadOnlySet<string> quarantined) => _quarantined = quarantined;

    /// <param name="root">Names of files are told as they lie below it.</param>
    /// <param name="quarantined">Names of tests in quarantine.</param>
    public static StepTests Read(string root, IReadOnlyList<string> files, IReadOnlySet<string> quarantined)
    {
        var reports = new TestReports(quarantined);
        var problems = ReportXml.ReadAll(root, files, allowType: false, reports.Read);
        return new()
        {
            Tests = reports._tests, Failed = reports._failed, Quarantined = reports._quarantinedFailed, Names = reports._names, QuarantinedNames = reports._quarantinedNames,
            Unexplained = reports._unexplained, Problems = problems, Cases = reports._cases,
        };
    }

    private void Read(XmlReader reader)
    {
        if (!ReportXml.Next(reader))
        {
            return;
        }
        switch (reader.LocalName)
        {
            case "testsuites" or "testsuite":
                ReadJUnit(reader);
                break;
            case "TestRun":
                new TrxReport(Take, why => _unexplained ??= why).Read(reader);
                break;
        }
    }

    private void ReadJUnit(XmlReader reader)
    {
        var suites = new Stack<(string? Name, long Declared, int FailedBefore)>();
        TestCase? open = null;
        do
        {
            switch (reader.NodeType, reader.LocalName)
            {
                case (XmlNodeType.Element, "testsuite"):
                    suites.Push((reader.GetAttribute("name"), Whole(reader.GetAttribute("failures")) + Whole(reader.GetAttribute("errors")), _failed));
                    if (reader.IsEmptyElement)
                    {
                        CloseSuite(suites);
                    }
                    break;
                case (XmlNodeType.EndElement, "testsuite"):
                    CloseSuite(suites);
                    break;
                case (XmlNodeType.Element, "testcase"):
                    open = Opened(reader, suites.Count > 0 ? suites.Peek().Name : null);
                    if (reader.IsEmptyElement)
                    {
                        Take(open);
                        open = null;
                    }
                    break;
                case (XmlNodeType.EndElement, "testcase") when open is not null:
                    Take(open);
                    open = null;
                    break;
                case (XmlNodeType.Element, "failure" or "error") when open is not null:
                    open = Failed(open with { Outcome = AttemptTestOutcome.Failed }, reader);
                    break;
                case (XmlNodeType.Element, "flakyFailure" or "flakyError" or "rerunFailure" or "rerunError") when open is not null:
                    open = Failed(open with { FailedBefore = true }, reader);
                    break;
                case (XmlNodeType.Element, "skipped") when open is { Outcome: AttemptTestOutcome.Passed }:
                    open = open with { Outcome = AttemptTestOutcome.Skipped };
                    break;
            }
        }
        while (ReportXml.Next(reader));
    }

    /// <summary>A suite that counts more failures than it has failed tests has failed otherwise too: before the first test, or in a process that died.</summary>
    private void CloseSuite(Stack<(string? Name, long Declared, int FailedBefore)> suites)
    {
        var (name, declared, before) = suites.Pop();
        if (declared > _failed - before)
        {
            _unexplained ??= $"the suite '{Shown(name ?? "unnamed")}' counts {declared} failures and names {_failed - before}";
        }
    }

    private static TestCase Opened(XmlReader reader, string? suite) => new()
    {
        Name = TestCase.NameOf(reader.GetAttribute("classname"), reader.GetAttribute("name")),
        Suite = string.IsNullOrWhiteSpace(suite) ? null : TestCase.Clean(TestCase.OneLine(suite), AttemptTests.SuiteLength),
        Outcome = reader.GetAttribute("status") is "notrun" or "disabled" or "skipped" ? AttemptTestOutcome.Skipped : AttemptTestOutcome.Passed,
        Microseconds = Microseconds(reader.GetAttribute("time")),
    };

    /// <summary>With the first failure that is told of; a runner that writes no message begins the text with it.</summary>
    private static TestCase Failed(TestCase test, XmlReader reader)
    {
        var message = reader.GetAttribute("message") ?? reader.GetAttribute("type") ?? "";
        var stack = ReportXml.Text(reader, AttemptTests.StackLength);
        if (test.Message is not null || test.Stack is not null)
        {
            return test;
        }
        message = TestCase.Clean(message.Trim(), AttemptTests.MessageLength);
        return test with { Message = message.Length > 0 ? message : stack.Length > 0 ? TestCase.Clean(stack.Split('\n')[0], AttemptTests.MessageLength) : null, Stack = stack.Length > 0 ? stack : null };
    }

    private void Take(TestCase test)
    {
        _tests++;
        if (test.Outcome == AttemptTestOutcome.Failed)
        {
            _failed++;
            var quarantined = _quarantined.Contains(test.Name);
            test = test with { Quarantined = quarantined };
            _quarantinedFailed += quarantined ? 1 : 0;
            if ((quarantined ? _quarantinedNames : _names) is { Count: < NamesKept } few)
            {
                few.Add(Shown(test.Name));
            }
        }
        Keep(test);
    }

    /// <summary>As many that passed as there may be in all, and as many that failed: which ones are told is decided when all are known.</summary>
    private void Keep(TestCase test)
    {
        if (_cases.TryGetValue(test.Name, out var known))
        {
            _cases[test.Name] = known.And(test);
            return;
        }
        var failed = test.Outcome == AttemptTestOutcome.Failed;
        if (_textBytes + test.TextBytes > AttemptTests.MostTextBytes)
        {
            // A failure is told of by its name, if there is no room for more.
            test = test with { Message = null, Stack = null };
        }
        if ((failed ? _cases.Count - _passedKept : _passedKept) >= AttemptTests.MostTests || _textBytes + test.TextBytes > 2 * AttemptTests.MostTextBytes)
        {
            return;
        }
        _passedKept += failed ? 0 : 1;
        _textBytes += test.TextBytes;
        _cases.Add(test.Name, test);
    }

    private static string Shown(string name) => name.Length <= NameShown ? name : TestCase.Clean(name, NameShown);

    private static long Whole(string? number) => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : 0;

    /// <summary>Seconds, by some with commas between thousands.</summary>
    private static long Microseconds(string? seconds) =>
        double.TryParse(seconds, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var time) && time is >= 0 and < 1e6 ? (long)Math.Round(time * 1e6) : 0;
}
