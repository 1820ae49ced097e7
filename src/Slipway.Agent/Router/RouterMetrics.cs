using System.Text;

namespace Slipway.Agent.Router;

/// <summary>The counts as Prometheus reads them (text format 0.0.4).</summary>
internal static class RouterMetrics
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(RouteTable table, TallyBook book, long unrouted)
    {
        var text = new StringBuilder();
        var series = book.ReadSeries().OrderBy(s => s.Key.Lane, StringComparer.Ordinal).ThenBy(s => s.Key.Version, StringComparer.Ordinal).ThenBy(s => s.Key.Arm, StringComparer.Ordinal)
            .Select(s => (Labels: Labels(s.Key), s.Value)).ToList();

        Family(text, "slipway_router_requests_total", "counter", "Requests given to a version; with arm=\"mirrored\" copies of such, with arm=\"routed\" marked requests.");
        series.ForEach(s => Sample(text, "slipway_router_requests_total", s.Labels, s.Value.Outcomes.Started));
        Family(text, "slipway_router_request_errors_total", "counter", "Requests that a version failed: answered with 5xx, connection failed or broke, timed out.");
        foreach (var (labels, value) in series)
        {
            Sample(text, "slipway_router_request_errors_total", labels + ",kind=\"5xx\"", value.Outcomes.Errors5xx);
            Sample(text, "slipway_router_request_errors_total", labels + ",kind=\"connect\"", value.Outcomes.ConnectFailures);
            Sample(text, "slipway_router_request_errors_total", labels + ",kind=\"timeout\"", value.Outcomes.TimedOut);
        }

        Family(text, "slipway_router_client_gone_total", "counter", "Requests whose client went away first.");
        series.ForEach(s => Sample(text, "slipway_router_client_gone_total", s.Labels, s.Value.Outcomes.ClientGone));
        Family(text, "slipway_router_not_serving_total", "counter", "Requests that came after the router's start, before an instance that had run was back.");
        series.ForEach(s => Sample(text, "slipway_router_not_serving_total", s.Labels, s.Value.Outcomes.NotServing));
        Family(text, "slipway_router_requests_in_flight", "gauge", "Requests under way.");
        series.ForEach(s => Sample(text, "slipway_router_requests_in_flight", s.Labels, s.Value.Outcomes.UnderWay()));
        Family(text, "slipway_router_request_duration_seconds", "histogram", "Time to the end of the response, of finished and timed-out requests.");
        foreach (var (labels, value) in series)
        {
            Histogram(text, labels, value.Durations);
        }

        Family(text, "slipway_router_weight_percent", "gauge", "Share of a lane's requests that a version set gets.");
        foreach (var lane in table.Lanes)
        {
            foreach (var set in lane.Sets)
            {
                Sample(text, "slipway_router_weight_percent", $"{Labels(new SeriesKey(lane.Name, set.Version, set.Tally.Key.Arm))},version_set=\"{Escape(set.Name)}\"", set.Weight);
            }
        }

        var lanes = table.Lanes.Where(lane => lane.Rules is not null).OrderBy(lane => lane.Name, StringComparer.Ordinal).Select(lane => (Labels: Labels(lane.Name), lane.Memory)).ToList();
        Family(text, "slipway_router_copies_left_out_total", "counter", "Copies of requests that were not made: too many were under way, or there was no instance to take them.");
        lanes.ForEach(lane => Sample(text, "slipway_router_copies_left_out_total", lane.Labels, lane.Memory.Copies.LeftOut));
        Family(text, "slipway_router_sessions", "gauge", "Sessions remembered, so that each counts once in the comparison that goes on.");
        lanes.ForEach(lane => Sample(text, "slipway_router_sessions", lane.Labels, lane.Memory.SessionCounts.Remembered));
        Family(text, "slipway_router_sessions_forgotten_total", "counter", "Sessions forgotten because there were too many; they count once more when they come again.");
        lanes.ForEach(lane => Sample(text, "slipway_router_sessions_forgotten_total", lane.Labels, lane.Memory.SessionCounts.Forgotten));

        Family(text, "slipway_router_unrouted_total", "counter", "Requests for an unknown host or for a lane that serves nothing.");
        text.Append("slipway_router_unrouted_total ").Append(unrouted).Append('\n');
        Family(text, "slipway_router_configuration_sequence", "gauge", "Sequence of the configuration in force; 0: none.");
        text.Append("slipway_router_configuration_sequence ").Append(table.Configuration?.Sequence ?? 0).Append('\n');
        return text.ToString();
    }

    private static void Histogram(StringBuilder text, string labels, long[] durations)
    {
        long count = 0;
        for (var bucket = 0; bucket < DurationCells.Edges.Length; bucket++)
        {
            count += durations[bucket];
            Sample(text, "slipway_router_request_duration_seconds_bucket", $"{labels},le=\"{DurationCells.Edges[bucket]}\"", count);
        }

        count += durations[DurationCells.Edges.Length];
        Sample(text, "slipway_router_request_duration_seconds_bucket", labels + ",le=\"+Inf\"", count);
        text.Append("slipway_router_request_duration_seconds_sum{").Append(labels).Append("} ").Append(durations[^1] / 1e6).Append('\n');
        Sample(text, "slipway_router_request_duration_seconds_count", labels, count);
    }

    private static string Labels(SeriesKey key) => $"{Labels(key.Lane)},version=\"{Escape(key.Version)}\",arm=\"{Escape(key.Arm)}\"";

    private static string Labels(string lane)
    {
        var slash = lane.IndexOf('/');
        return $"service=\"{Escape(lane[..slash])}\",environment=\"{Escape(lane[(slash + 1)..])}\"";
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static void Family(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Sample(StringBuilder text, string name, string labels, long value) =>
        text.Append(name).Append('{').Append(labels).Append("} ").Append(value).Append('\n');
}
