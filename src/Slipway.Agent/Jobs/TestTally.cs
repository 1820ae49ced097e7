using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What an attempt's steps have reported of tests and coverage so far. It is on disk after every try of a step, so that an agent that comes after this one can tell it.</summary>
internal sealed class TestTally(AttemptFolder attempt)
{
    // Nothing but a JSON reader gets it; six bytes for every quote would let texts outgrow their bound.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
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
        var room = AttemptTests.MostTextBytes;
        // Names come before what failures said: a test that failed must be known even where there is no room for why.
        var named = all.Values.OrderBy(test => (test.Outcome == AttemptTestOutcome.Failed, test.FailedBefore) switch { (true, _) => 0, (_, true) => 1, _ => 2 })
            .Take(AttemptTests.MostTests).TakeWhile(test => (room -= test.NameBytes) >= 0).ToList();
        room = Math.Max(0, room);
        return new() { Tests = [.. named.Select(test => Told(test, ref room))], Left = all.Count - named.Count, Coverage = Coverage.Sum() };
    }

    private static AttemptTest Told(TestCase test, ref int room)
    {
        var texts = test.TextBytes - test.NameBytes;
        var fits = texts <= room;
        room -= fits ? texts : 0;
        return new(test.Name, test.Suite, test.Outcome, test.FailedBefore, test.Quarantined, test.Microseconds, fits ? test.Message : null, fits ? test.Stack : null);
    }

    /// <exception cref="IOException">The disk fails.</exception>
    public void Save()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new Utf8JsonWriter(gzip, Plain))
        {
            JsonSerializer.Serialize(writer, Sum(), AgentProtocolJson.Default.AttemptTests);
        }
        DurableFile.Replace(attempt.Tests, packed.ToArray(), flush: false);
    }
}
