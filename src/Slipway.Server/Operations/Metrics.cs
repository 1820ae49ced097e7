using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Engine;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Server.Ledger;

namespace Slipway.Server.Operations;

/// <summary>Counts requests, and writes what there is to know in the Prometheus text format.</summary>
internal sealed class Metrics(IStore store, AgentRegistry agents, EventStreams streams, DeliveryLoop loop, TimeProvider time)
{
    private readonly long[] requests = new long[6];
    private readonly long started = time.GetUtcNow().ToUnixTimeSeconds();
    private long nanoseconds;

    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        var begin = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Increment(ref requests[Math.Clamp(context.Response.StatusCode / 100, 0, 5)]);
            Interlocked.Add(ref nanoseconds, (long)time.GetElapsedTime(begin).TotalNanoseconds);
        }
    }

    public string Text()
    {
        var text = new StringBuilder();
        Head("slipway_info", "gauge", "This build.").Append("slipway_info{version=\"").Append(ProgramVersion.Text).Append("\"} 1\n");
        Head("slipway_start_time_seconds", "gauge", "When the server started, in Unix time.").Append($"slipway_start_time_seconds {started}\n");
        Head("slipway_http_requests_total", "counter", "Requests answered, by class of status.");
        for (var status = 1; status < requests.Length; status++)
        {
            text.Append($"slipway_http_requests_total{{status=\"{status}xx\"}} {Interlocked.Read(ref requests[status])}\n");
        }

        Head("slipway_http_request_seconds_total", "counter", "Time spent on requests.").Append($"slipway_http_request_seconds_total {Interlocked.Read(ref nanoseconds) / 1e9:0.######}\n");
        Head("slipway_event_streams", "gauge", "Event streams open.").Append($"slipway_event_streams {streams.Open()}\n");
        Head("slipway_ledger_head", "gauge", "Index of the newest ledger entry.").Append($"slipway_ledger_head {store.LedgerHead}\n");
        Head("slipway_loop_turns_total", "counter", "Turns of processes that the delivery loop has committed.").Append($"slipway_loop_turns_total {loop.Turns}\n");
        Head("slipway_loop_effects_total", "counter", "Effects that the delivery loop has carried out.").Append($"slipway_loop_effects_total {loop.Effects}\n");
        Head("slipway_agent_connected", "gauge", "Whether an agent is connected.");
        foreach (var agent in agents.All)
        {
            text.Append($"slipway_agent_connected{{agent=\"{Escape(agent.Name)}\"}} {(agent.Connected ? 1 : 0)}\n");
        }

        return text.ToString();

        StringBuilder Head(string name, string type, string help) => text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");
    }

    private static string Escape(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
