using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Finds the faults of what a lane asks beside weights, each with its place.</summary>
internal static class LaneRulesCheck
{
    public static void Add(RouterLane lane, string at, List<string> problems)
    {
        var marks = lane.Marks ?? [];
        if (marks.Count > RouterLimits.MaxMarks)
        {
            problems.Add($"{at}.marks: {marks.Count} are more than {RouterLimits.MaxMarks}.");
        }

        for (var i = 0; i < Math.Min(marks.Count, RouterLimits.MaxMarks); i++)
        {
            var place = $"{at}.marks[{i}]";
            if (marks[i] is not { } mark)
            {
                problems.Add($"{place}: is null.");
                continue;
            }

            CheckSet(lane, mark.VersionSet, place, problems);
            problems.AddRange(mark.Mark.Faults().Select(f => $"{place}.mark.{f.Member}: {f.Fault}"));
        }

        if (lane.Mirror is { } mirror)
        {
            CheckSet(lane, mirror.VersionSet, $"{at}.mirror", problems);
            if (mirror.Percent is < 1 or > 100)
            {
                problems.Add($"{at}.mirror.percent: {mirror.Percent} is not between 1 and 100.");
            }
        }

        if (lane.Sticky is { } sticky && (sticky.MaxAge < TimeSpan.FromSeconds(1) || sticky.MaxAge > RouterLimits.LongestSession))
        {
            problems.Add($"{at}.sticky.maxAge: {sticky.MaxAge} is not between a second and {RouterLimits.LongestSession.TotalDays} days.");
        }
    }

    private static void CheckSet(RouterLane lane, string versionSet, string place, List<string> problems)
    {
        if (lane.VersionSets.FirstOrDefault(s => s?.VersionSet == versionSet) is not { } set)
        {
            problems.Add($"{place}.versionSet: '{versionSet}' is none of the lane's version sets.");
        }
        else if (set.Version is { Length: 0 })
        {
            problems.Add($"{place}.versionSet: '{versionSet}' has no version, which it must have to get requests.");
        }
    }
}
