using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;
using Slipway.Engine.Traffic;

namespace Slipway.Engine.Analysis;

/// <summary>What one look of the judge had before it: the seconds that were news to it, and up to when the routers had counted.</summary>
/// <param name="Number">Counts from 0.</param>
/// <param name="ReadAt">Unix second before which all was counted.</param>
/// <param name="FullAt">Unix second since which the new version has had all traffic; null: it has not.</param>
/// <param name="HasTraffic">As <see cref="AskJudge.HasTraffic"/>.</param>
/// <param name="HasFailed">As <see cref="AskJudge.HasFailed"/>.</param>
internal sealed record JudgeLook(
    long Number, long ReadAt, long? FullAt, bool HasTraffic, IReadOnlyList<LookNews> News, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HasFailed = false)
{
    /// <summary>An agent's name is never empty, so that no row of a router's second begins like this.</summary>
    public const string RowPrefix = "/looks/";

    [JsonIgnore]
    public IEnumerable<(TrafficSource Source, TrafficSecond Second)> Readings => News.SelectMany(news => news.Seconds, (news, second) => (news.Source, second));

    /// <param name="since">Names the judgement, as <see cref="AskJudge.Since"/>.</param>
    /// <param name="at">Tells two servers that look at once apart: neither writes over the other.</param>
    /// <param name="from">The judgement's first second.</param>
    public BinRow RowOf(DateTimeOffset since, DateTimeOffset at, long from) => new(
        $"{RowPrefix}{since.ToUnixTimeMilliseconds()}", $"{Number}@{at.ToUnixTimeMilliseconds()}", Math.Max(from, ReadAt), JsonSerializer.Serialize(this, BinJson.Default.JudgeLook));
}

/// <summary>What was news of one source.</summary>
internal sealed record LookNews(TrafficSource Source, IReadOnlyList<TrafficSecond> Seconds);

/// <summary>
/// The looks at a rollout. Counts of a second come bit by bit, and what is decided from them depends on when they came; so a judgement is rebuilt, and judged again, from its looks in their order,
/// and comes to the same second and the same evidence.
/// </summary>
public sealed class JudgeJournal
{
    private readonly List<BinReading> loose;
    private readonly List<(long Since, JudgeLook Look)> looks;

    /// <param name="rows">Those of one rollout; measurements among them are passed over.</param>
    public JudgeJournal(IEnumerable<BinRow> rows)
    {
        var kept = rows.Where(row => !Measurer.IsMeasurement(row)).ToLookup(row => row.Source.StartsWith(JudgeLook.RowPrefix, StringComparison.Ordinal));

        // Rows of a version of Slipway that kept seconds, but no looks.
        loose = [.. kept[false].Select(ReadingOf)];
        looks =
        [
            .. kept[true].Select(row => (Since: long.Parse(row.Source.AsSpan(JudgeLook.RowPrefix.Length)), Look: LookOf(row), row.Key))
                .OrderBy(l => l.Since).ThenBy(l => l.Look.Number).ThenBy(l => l.Key, StringComparer.Ordinal).Select(l => (l.Since, l.Look)),
        ];
    }

    /// <summary>All seconds of the routers, as they were known last.</summary>
    public IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> Seconds => Known(loose.Concat(looks.SelectMany(l => ReadingsOf(l.Look))));

    /// <summary>Those that one judgement looked at.</summary>
    public IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> SecondsOf(DateTimeOffset since) => Known(LooksOf(since).SelectMany(ReadingsOf));

    /// <summary>Those of one judgement.</summary>
    internal IReadOnlyList<JudgeLook> LooksOf(DateTimeOffset since) => [.. looks.Where(l => l.Since == since.ToUnixTimeMilliseconds()).Select(l => l.Look)];

    /// <summary>What an earlier judgement of the same rollout had kept when this one began.</summary>
    internal IReadOnlyList<(TrafficSource Source, TrafficSecond Second)> SecondsBefore(DateTimeOffset since) =>
        Known(loose.Concat(looks.Where(l => l.Since < since.ToUnixTimeMilliseconds()).SelectMany(l => ReadingsOf(l.Look))));

    private static List<(TrafficSource Source, TrafficSecond Second)> Known(IEnumerable<BinReading> readings)
    {
        var known = new Dictionary<(TrafficSource, long), BinReading>();
        foreach (var reading in readings)
        {
            known[(reading.Source, reading.Second.Second)] = reading;
        }

        return [.. known.Values.Select(r => (r.Source, r.Second))];
    }

    private static IEnumerable<BinReading> ReadingsOf(JudgeLook look) => look.Readings.Select(reading => new BinReading(reading.Source, reading.Second));

    private static BinReading ReadingOf(BinRow row) =>
        JsonSerializer.Deserialize(row.Payload, BinJson.Default.BinReading) ?? throw new JsonException($"The bin {row.Source}/{row.Key} is null.");

    private static JudgeLook LookOf(BinRow row) =>
        JsonSerializer.Deserialize(row.Payload, BinJson.Default.JudgeLook) ?? throw new JsonException($"The look {row.Source}/{row.Key} is null.");
}
