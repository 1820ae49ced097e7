using System.Text.RegularExpressions;
using Slipway.Agent.Router;
using Slipway.Client.Agents;

namespace Slipway.Agent.Connection;

/// <summary>Whether an agent can do what is wanted. The server has checked it too; here it is what becomes paths, ports and processes.</summary>
internal static partial class WantedCheck
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1), LongestJob = TimeSpan.FromDays(7);

    public static string? WhyNot(WantedVersionSet set) =>
        !VersionSetName().IsMatch(set.VersionSet) ? $"'{set.VersionSet}' is not the name of a version set (service/environment/revision)"
        : !set.VersionSet.StartsWith($"{set.Service}/{set.Environment}/", StringComparison.Ordinal) ? $"version set {set.VersionSet} is not of service {set.Service} in {set.Environment}"
        : set.Count is < 0 or > AgentLimits.MaxCount ? $"the count {set.Count} is not between 0 and {AgentLimits.MaxCount}"
        : !Digest().IsMatch(set.ArtifactDigest) ? $"'{set.ArtifactDigest}' is not a digest (sha256: and 64 hex digits)"
        : set.Command.Count == 0 || set.Command[0].Length == 0 ? "the command is empty"
        : set.Command.Any(word => word.Contains('\0')) ? "the command holds a NUL character"
        : set.Env.Any(pair => pair.Key.Length == 0 || pair.Key.Contains('=') || pair.Key.Contains('\0') || pair.Value.Contains('\0')) ? "a name or value in env holds '=' or a NUL character"
        : set.Drain < TimeSpan.Zero || set.Drain > Longest ? $"the drain time {set.Drain} is not between 0 and a day"
        : WhyNot(set.Health);

    public static string? WhyNot(WantedRoute route) =>
        !LaneName().IsMatch(route.Lane) ? $"'{route.Lane}' is not the name of a lane (service/environment)"
        : route.Host.Length is 0 or > 253 ? "the host is empty or too long"
        : route.Weights.Any(weight => weight.Weight is < 0 or > 100) ? "a weight is not between 0 and 100"
        : route.Weights.Count > 0 && route.Weights.Sum(weight => weight.Weight) is not (0 or 100) ? $"the weights sum to {route.Weights.Sum(weight => weight.Weight)}, not 100"
        : route.Weights.DistinctBy(weight => weight.VersionSet).Count() != route.Weights.Count ? "a version set has two weights"
        : route.RequestTimeout <= TimeSpan.Zero || route.RequestTimeout > Longest ? $"the request timeout {route.RequestTimeout} is not above 0 and at most a day"
        : route.Marks.Count > RouterLimits.MaxMarks ? $"it has {route.Marks.Count} marks; there may be {RouterLimits.MaxMarks}"
        : route.Marks.Any(mark => mark is null) ? "a mark is null"
        : route.Marks.FirstOrDefault(mark => !IsServable(mark.VersionSet, mark.Version)) is { } nameless ? $"a mark leads to '{nameless.VersionSet}' in version '{nameless.Version}', which cannot be"
        : route.Mirror is { } copies && !IsServable(copies.VersionSet, copies.Version) ? $"copies go to '{copies.VersionSet}' in version '{copies.Version}', which cannot be"
        : route.Marks.SelectMany(mark => mark.Mark.Faults()).FirstOrDefault() is { Member: { } member, Fault: var fault } ? $"the {member} of a mark: {fault.TrimEnd('.')}"
        : route.Mirror is { Percent: < 1 or > 100 } mirror ? $"{mirror.Percent} % of copies are not between 1 and 100"
        : route.Sticky is { } sticky && (sticky.MaxAge < TimeSpan.FromSeconds(1) || sticky.MaxAge > RouterLimits.LongestSession) ? $"sessions of {sticky.MaxAge} are not between a second and {RouterLimits.LongestSession.TotalDays} days"
        : null;

    // The version is told in a header of each answer.
    private static bool IsServable(string versionSet, string version) =>
        VersionSetName().IsMatch(versionSet) && version.Length is > 0 and <= 200 && version.Trim(' ').Length == version.Length && version.All(c => c is >= ' ' and <= '~');

    /// <summary>Of an attempt of a job. Names become a folder's name and a part of an address, both escaped, so that they may hold what they like within their length.</summary>
    public static string? WhyNot(WantedJob job) =>
        !Text(job.Run, 200) || !Text(job.Job, 200) || job.Attempt < 1 ? "the name of the run or of the job is empty, too long or holds control characters, or the attempt is not above 0"
        : !ServiceName().IsMatch(job.Service) ? $"'{job.Service}' is not the name of a service"
        : job.Commit.Length > 0 && !Commit().IsMatch(job.Commit) ? $"'{job.Commit}' is not a commit (40 or 64 hex digits)"
        : job.Branch.Length > 0 && !Text(job.Branch, 500) ? "the branch is too long or holds control characters"
        : job.Path is not null && !IsBelow(job.Path) ? $"the service's folder '{job.Path}' does not lie in the checkout"
        : job.Timeout <= TimeSpan.Zero || job.Timeout > LongestJob ? $"the timeout {job.Timeout} is not above 0 and at most {LongestJob.TotalDays} days"
        : job.Inputs.Any(digest => !Digest().IsMatch(digest)) ? "the digest of an input is not sha256: and 64 hex digits"
        : job.Outputs.FirstOrDefault(path => !IsBelow(path)) is { } outside ? $"the output '{outside}' does not lie in the checkout"
        : job.Caches.Count > AgentLimits.JobCaches ? $"it has {job.Caches.Count} caches; there may be {AgentLimits.JobCaches}"
        : job.Caches.Select(WhyNot).FirstOrDefault(why => why is not null) is { } cache ? cache
        : job.Steps.Count == 0 || job.Steps.DistinctBy(step => step.Name).Count() != job.Steps.Count ? "it has no step, or two of one name"
        : WhyNot(job.Env) ?? job.Steps.Select(WhyNot).FirstOrDefault(why => why is not null);

    private static string? WhyNot(WantedCache cache) =>
        !Text(cache.Name, 2000) || !(cache.Variant.Length == 0 || Text(cache.Variant, 2000)) ? "the name of a cache is empty, too long or holds control characters"
        : cache.Paths.Concat(cache.Key).Concat(cache.Otherwise).FirstOrDefault(path => !IsBelow(path.StartsWith("~/", StringComparison.Ordinal) ? path[2..] : path)) is { } outside
            ? $"'{outside}' of the cache {cache.Name} lies neither in the checkout nor in the home directory"
        : WhyNot(cache.Env);

    private static string? WhyNot(WantedStep step) =>
        !Text(step.Name, 500) || step.Run.Length == 0 || step.Run.Contains('\0') ? "a step's name is empty, too long or holds control characters, or its script is empty or holds a NUL character"
        : step.Directory is not null && !IsBelow(step.Directory) ? $"the folder '{step.Directory}' of step {step.Name} does not lie in the checkout"
        : step.Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestJob) ? $"the timeout {timeout} of step {step.Name} is not above 0 and at most {LongestJob.TotalDays} days"
        : step.Retry is < 0 or > 100 ? $"step {step.Name} is to be tried {step.Retry} times more, which is not between 0 and 100"
        : step.Reports.FirstOrDefault(glob => glob.Length is 0 or > 500 || !IsBelow(glob)) is { } outside ? $"the reports '{outside}' of step {step.Name} do not lie in the checkout"
        : WhyNot(step.Env);

    private static string? WhyNot(IReadOnlyDictionary<string, string> env) =>
        env.FirstOrDefault(pair => !VariableName().IsMatch(pair.Key) || pair.Value.Contains('\0')) is { Key: { } name } ? $"the variable '{name}' has no name of letters, digits and '_', or its value holds a NUL character" : null;

    private static bool Text(string text, int longest) => text.Length > 0 && text.Length <= longest && !text.Any(char.IsControl);

    /// <summary>A path that stays in the folder that it is meant in, by its text; where links lead is looked at when it is used.</summary>
    private static bool IsBelow(string path) => path.Length is > 0 and <= 4096 && path[0] != '/' && !path.Any(char.IsControl) && !path.Split('/').Contains("..");

    private static string? WhyNot(WantedHealth health) =>
        health.Path.Length > 0 && (!health.Path.StartsWith('/') || health.Path.Any(char.IsControl) || health.Path.Contains(' ')) ? $"the health path '{health.Path}' does not begin with '/' or is not a path"
        : !Span(health.Interval) ? $"the health interval {health.Interval} is not above 0 and at most a day"
        : !Span(health.Timeout) ? $"the health timeout {health.Timeout} is not above 0 and at most a day"
        : !Span(health.Deadline) ? $"the health deadline {health.Deadline} is not above 0 and at most a day"
        : health.HealthyAfter is < 1 or > 1000 || health.UnhealthyAfter is < 1 or > 1000 ? "healthyAfter and unhealthyAfter are not between 1 and 1000"
        : null;

    private static bool Span(TimeSpan span) => span >= TimeSpan.FromMilliseconds(10) && span <= Longest;

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}/[a-z0-9][a-z0-9-]{0,63}/[A-Za-z0-9._-]{1,128}$")]
    private static partial Regex VersionSetName();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}/[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex LaneName();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,63}\z")]
    private static partial Regex ServiceName();

    [GeneratedRegex(@"^([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Commit();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName();

    [GeneratedRegex("^sha256:[0-9a-f]{64}$")]
    private static partial Regex Digest();
}
