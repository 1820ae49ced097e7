using Slipway.Core.Artifacts;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>The keys of <c>retention</c>, and how they are read.</summary>
internal static class RetentionKeys
{
    private const int MostKept = 1_000_000;
    private static readonly DurationShape Age = new(TimeSpan.FromHours(1), TimeSpan.FromDays(36500));
    private static readonly Key AgeKey = new("age", Age, "Kept while younger than this."), AtLeastKey = new("atLeast", new WholeShape(1, MostKept), "So many of a service's newest are kept in any case.");
    private static readonly Key AtMostKey = new("atMost", new WholeShape(1, MostKept), "No more than so many of a service are kept.");

    public static readonly MapShape Retention = new(
        new("goodVersions", new WholeShape(1, Limits.LaneHistory), "Versions that each lane can go back to. Default 10."),
        new("artifacts", new MapShape(AgeKey, AtLeastKey), "Artifacts of releases that nothing needs. Default { age: 30d, atLeast: 10 }."),
        new("logs", new MapShape(AgeKey, AtLeastKey, AtMostKey), "Logs of ended runs. Default { age: 90d, atLeast: 20, atMost: 2000 }."),
        new("outputs", new MapShape(AgeKey, AtLeastKey, AtMostKey), "Outputs of ended runs. Default { age: 7d, atLeast: 3, atMost: 200 }."));

    public static void CheckRules(MapNode root, Findings findings)
    {
        var defaults = RetentionPolicy.Default;
        foreach (var (name, rule) in new[] { ("logs", defaults.Logs), ("outputs", defaults.Outputs) })
        {
            if (root.Map("retention")?.Map(name) is { } given && Read(given, rule) is { AtMost: { } most } read && read.AtLeast > most)
            {
                findings.Add(given.Find("atLeast")?.Value ?? given.Find("atMost")!.Value, $"{name} keeps at least {read.AtLeast} and at most {most}: that contradicts itself.", "Say an atMost that is not below atLeast.");
            }
        }
    }

    public static RetentionPolicy Read(MapNode? given)
    {
        var defaults = RetentionPolicy.Default;
        return given is null ? defaults : new RetentionPolicy
        {
            GoodVersions = Values.Whole(given["goodVersions"]) ?? defaults.GoodVersions,
            Artifacts = Read(given.Map("artifacts"), defaults.Artifacts),
            Logs = Read(given.Map("logs"), defaults.Logs),
            Outputs = Read(given.Map("outputs"), defaults.Outputs),
        };
    }

    private static KeepRule Read(MapNode? given, KeepRule defaults) =>
        given is null ? defaults : new KeepRule(Values.Span(given["age"]) ?? defaults.Age, Values.Whole(given["atLeast"]) ?? defaults.AtLeast, Values.Whole(given["atMost"]) ?? defaults.AtMost);
}
