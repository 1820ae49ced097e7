using System.Text.RegularExpressions;
using Slipway.Client.Agents;

namespace Slipway.Agent.Connection;

/// <summary>Whether an agent can do what is wanted. The server has checked it too; here it is what becomes paths, ports and processes.</summary>
internal static partial class WantedCheck
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

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
        : null;

    private static string? WhyNot(WantedHealth health) =>
        !health.Path.StartsWith('/') || health.Path.Any(char.IsControl) || health.Path.Contains(' ') ? $"the health path '{health.Path}' does not begin with '/' or is not a path"
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

    [GeneratedRegex("^sha256:[0-9a-f]{64}$")]
    private static partial Regex Digest();
}
