using System.IO.Compression;
using System.Text.Json;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What an attempt's steps have reported of tests and coverage so far. It is on disk after every try of a step, so that an agent that comes after this one can tell it.</summary>
internal sealed class TestTally(AttemptFolder attempt)
{
    private readonly Dictionary<int, Dictionary<string, TestCase>> _steps = [];

    public CoverageTally Coverage { get; } = new();

    /// <summary>What one try of a step says: of a test that an earlier try has told of, the later word counts.</summary>
    public void Take(int step, IReadOnlyDictionary<string, TestCase> tests)
    {
        if (!_steps.TryGetValue(step, out var known))
        {
            _steps.Add(step, known = new(StringComparer.Ordinal));
        }
        foreach (var (name, test) in tests)
        {
            known[name] = known.TryGetValue(name, out var before) ? before.Then(test) : test;
        }
    }

    /// <summary>All steps together: what failed first, then the rest, as far as there is room.</summary>
    public AttemptTests Sum()
    {
        var all = new Dictionary<string, TestCase>(StringComparer.Ordinal);
        foreach (var test in _steps.OrderBy(step => step.Key).SelectMany(step => step.Value.Values))
        {
            all[test.Name] = all.TryGetValue(test.Name, out var known) ? known.And(test) : test;
        }
        var (told, room) = (new List<AttemptTest>(), AttemptTests.MostTextBytes);
        foreach (var test in all.Values.OrderBy(test => (test.Outcome == AttemptTestOutcome.Failed, test.FailedBefore) switch { (true, _) => 0, (_, true) => 1, _ => 2 }))
        {
            var fits = test.TextBytes <= room ? test : test with { Message = null, Stack = null };
            if (told.Count < AttemptTests.MostTests && fits.TextBytes <= room)
            {
                told.Add(new(fits.Name, fits.Suite, fits.Outcome, fits.FailedBefore, fits.Quarantined, fits.Microseconds, fits.Message, fits.Stack));
                room -= fits.TextBytes;
            }
        }
        return new() { Tests = told, Left = all.Count - told.Count, Coverage = Coverage.Sum() };
    }

    /// <exception cref="IOException">The disk fails.</exception>
    public void Save()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(gzip, Sum(), AgentProtocolJson.Default.AttemptTests);
        }
        DurableFile.Replace(attempt.Tests, packed.ToArray(), flush: false);
    }
}
