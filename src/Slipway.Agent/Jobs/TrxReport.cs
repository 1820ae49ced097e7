using System.Globalization;
using System.Xml;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>Reads one TRX file. The classes of its tests stand behind their results, so that these wait for them.</summary>
/// <param name="take">Called for each test, at the end.</param>
/// <param name="unexplained">Called with the reason when more failed than the tests that are named.</param>
internal sealed class TrxReport(Action<TestCase> take, Action<string> unexplained)
{
    private const int MostWaiting = 2 * AttemptTests.MostTests;
    private static readonly string[] Failures = ["failed", "error", "timeout", "aborted"];
    private readonly List<(string? Id, string? Name, TestCase Test)> _results = [];
    private readonly Dictionary<string, string> _classes = new(StringComparer.Ordinal);
    private int _failed;

    public void Read(XmlReader reader)
    {
        var (declared, errors) = (0L, (string?)null);
        string? unit = null;
        while (ReportXml.Next(reader))
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                unit = reader.LocalName == "UnitTest" ? null : unit;
                continue;
            }
            switch (reader.LocalName)
            {
                case "UnitTestResult":
                    Open(reader);
                    break;
                case "Message" when _results.Count > 0 && unit is null:
                    Change(test => test with { Message = test.Message ?? Text(reader, AttemptTests.MessageLength) });
                    break;
                case "StackTrace" when _results.Count > 0 && unit is null:
                    Change(test => test with { Stack = test.Stack ?? Text(reader, AttemptTests.StackLength) });
                    break;
                case "UnitTest":
                    unit = reader.GetAttribute("id") ?? "";
                    break;
                case "TestMethod" when unit is not null && _classes.Count < MostWaiting:
                    // Some writers add the assembly behind a comma.
                    _classes[unit] = (reader.GetAttribute("className") ?? "").Split(',')[0];
                    break;
                case "Counters":
                    declared = Failures.Sum(name => long.TryParse(reader.GetAttribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0);
                    break;
                case "RunInfo" when reader.GetAttribute("outcome") is "Error" or "Aborted":
                    var text = ReportXml.Text(reader, AttemptTests.MessageLength);
                    // xunit tells every failed test once more in this way.
                    errors ??= text.StartsWith("[xUnit.net", StringComparison.Ordinal) ? null : text;
                    break;
            }
        }
        foreach (var (id, name, test) in _results)
        {
            take(test with { Name = TestCase.NameOf(id is null ? null : _classes.GetValueOrDefault(id), name) });
        }
        if (errors is not null || declared > _failed)
        {
            unexplained(errors is null ? $"the run counts {declared} failures and names {_failed}" : $"the run reported an error: {TestCase.Clean(TestCase.OneLine(errors), 200)}");
        }
    }

    private void Open(XmlReader reader)
    {
        var outcome = reader.GetAttribute("outcome") switch
        {
            "Passed" or "Completed" or "Warning" or "PassedButRunAborted" => AttemptTestOutcome.Passed,
            null or "NotExecuted" or "Inconclusive" or "NotRunnable" or "Pending" or "InProgress" or "Disconnected" => AttemptTestOutcome.Skipped,
            _ => AttemptTestOutcome.Failed,
        };
        _failed += outcome == AttemptTestOutcome.Failed ? 1 : 0;
        if (_results.Count >= MostWaiting)
        {
            throw new XmlException($"it has more than {MostWaiting} results");
        }
        var duration = TimeSpan.TryParse(reader.GetAttribute("duration"), CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero ? (long)time.TotalMicroseconds : 0;
        _results.Add((reader.GetAttribute("testId"), reader.GetAttribute("testName"), new TestCase { Name = "", Outcome = outcome, Microseconds = duration }));
    }

    private void Change(Func<TestCase, TestCase> change)
    {
        var (id, name, test) = _results[^1];
        _results[^1] = (id, name, change(test));
    }

    private static string? Text(XmlReader reader, int longest) => ReportXml.Text(reader, longest) is { Length: > 0 } text ? text : null;
}
