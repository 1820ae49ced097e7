using System.Net;
using System.Text.RegularExpressions;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Finds every fault of a configuration, each with its place.</summary>
internal static partial class RouterConfigurationCheck
{
    private static readonly string[] Arms = ["stable", "canary", "baseline"];

    /// <param name="ownPorts">Ports that the router itself listens on.</param>
    /// <param name="inForce">What is served now: a change of where requests go needs a new generation, or counts of both would be one.</param>
    public static List<string> Problems(RouterConfiguration configuration, RouterConfiguration? inForce, IReadOnlyCollection<int> ownPorts)
    {
        List<string> problems = [];
        if (configuration.Sequence <= 0)
        {
            problems.Add("sequence: must be above 0.");
        }

        if (configuration.Lanes.Count > RouterLimits.MaxLanes)
        {
            problems.Add($"lanes: {configuration.Lanes.Count} are more than {RouterLimits.MaxLanes}.");
            return problems;
        }

        var before = inForce?.Lanes.ToDictionary(l => l.Lane) ?? [];
        var seen = new Seen(new(StringComparer.Ordinal), new(StringComparer.OrdinalIgnoreCase), ownPorts.ToDictionary(p => p, _ => "the router itself"));
        for (var i = 0; i < configuration.Lanes.Count; i++)
        {
            var lane = configuration.Lanes[i];
            var at = $"lanes[{i}]";
            if (lane is null)
            {
                problems.Add($"{at}: is null.");
                continue;
            }

            CheckLane(lane, at, seen, problems);
            CheckSets(lane, at, problems);
            LaneRulesCheck.Add(lane, at, problems);
            if (before.TryGetValue(lane.Lane, out var old) && old.Generation == lane.Generation && WhatChanges(old, lane) is { } changes)
            {
                problems.Add($"{at}.generation: {changes} of {lane.Lane} change, so its generation must be another than {old.Generation}.");
            }
        }

        return problems;
    }

    private static void CheckLane(RouterLane lane, string at, Seen seen, List<string> problems)
    {
        if (lane.Lane.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            problems.Add($"{at}.lane: '{lane.Lane}' is not of the form service/environment.");
        }
        else if (!seen.Lanes.Add(lane.Lane))
        {
            problems.Add($"{at}.lane: '{lane.Lane}' is there twice.");
        }

        CheckAddress(lane.Host, lane.Port, at, seen, problems);
        if (lane.RequestTimeout <= TimeSpan.Zero || lane.RequestTimeout > RouterLimits.LongestRequestTimeout)
        {
            problems.Add($"{at}.requestTimeout: {lane.RequestTimeout} is not above 0 and at most {RouterLimits.LongestRequestTimeout}.");
        }

        if (lane.Preview is { } preview)
        {
            CheckAddress(preview.Host, preview.Port, $"{at}.preview", seen, problems);
            if (lane.VersionSets.All(s => s?.VersionSet != preview.VersionSet))
            {
                problems.Add($"{at}.preview.versionSet: '{preview.VersionSet}' is none of the lane's version sets.");
            }
        }
    }

    private static void CheckAddress(string host, int port, string at, Seen seen, List<string> problems)
    {
        if (host.Length > 253 || !HostName().IsMatch(host))
        {
            problems.Add($"{at}.host: '{host}' is not a host name (lower-case letters, digits, hyphens and dots).");
        }
        else if (!seen.Hosts.TryAdd(host, at))
        {
            problems.Add($"{at}.host: '{host}' is also that of {seen.Hosts[host]}.");
        }

        if (port is < 0 or > 65535)
        {
            problems.Add($"{at}.port: {port} is not between 0 and 65535.");
        }
        else if (port != 0 && !seen.Ports.TryAdd(port, at))
        {
            problems.Add($"{at}.port: {port} is also that of {seen.Ports[port]}.");
        }
    }

    private static void CheckSets(RouterLane lane, string at, List<string> problems)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        var sum = 0;
        for (var i = 0; i < lane.VersionSets.Count; i++)
        {
            var place = $"{at}.versionSets[{i}]";
            if (lane.VersionSets[i] is not { } set)
            {
                problems.Add($"{place}: is null.");
                continue;
            }

            if (string.IsNullOrWhiteSpace(set.VersionSet) || !names.Add(set.VersionSet))
            {
                problems.Add($"{place}.versionSet: '{set.VersionSet}' is empty or there twice.");
            }

            if (!HeaderText().IsMatch(set.Version) && (set.Version.Length > 0 || set.Weight > 0))
            {
                problems.Add($"{place}.version: must be 1 to 200 printable ASCII characters without spaces at its ends (it may be empty without weight).");
            }

            if (!Arms.Contains(set.Arm))
            {
                problems.Add($"{place}.arm: '{set.Arm}' is none of {string.Join(", ", Arms)}.");
            }

            if (set.Weight is < 0 or > 100)
            {
                problems.Add($"{place}.weight: {set.Weight} is not between 0 and 100.");
            }

            sum += Math.Clamp(set.Weight, 0, 100);
            CheckEndpoints(set, place, problems);
        }

        if (sum is not (0 or 100))
        {
            problems.Add($"{at}.versionSets: the weights sum to {sum}; they must sum to 100, or all be 0.");
        }
    }

    private static void CheckEndpoints(RouterVersionSet set, string at, List<string> problems)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < set.Endpoints.Count; i++)
        {
            var endpoint = set.Endpoints[i];
            if (!IsEndpoint(endpoint))
            {
                problems.Add($"{at}.endpoints[{i}]: '{endpoint}' is not of the form http://ADDRESS:PORT with a loopback address.");
            }
            else if (!seen.Add(endpoint))
            {
                problems.Add($"{at}.endpoints[{i}]: '{endpoint}' is there twice.");
            }
        }
    }

    private static bool IsEndpoint(string? endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && uri.Port > 0 && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address)));

    // Counts are kept by the weight too, so that may change with what the host runs.
    private static string? WhatChanges(RouterLane old, RouterLane now) =>
        !(old.Marks ?? []).SequenceEqual(now.Marks ?? []) ? "the marks"
        : old.Mirror != now.Mirror ? "the copies"
        : old.Sticky != now.Sticky ? "the sessions"
        : null;

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[!-~]([ -~]{0,198}[!-~])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex HeaderText();

    private sealed record Seen(HashSet<string> Lanes, Dictionary<string, string> Hosts, Dictionary<int, string> Ports);
}
