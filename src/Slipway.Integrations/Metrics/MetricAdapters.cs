using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Egress;
using Slipway.Integrations.Exec;
using Slipway.Integrations.Http;
using Slipway.Integrations.Prometheus;

namespace Slipway.Integrations.Metrics;

/// <summary>Every kind of metric source, one line each. They share one client, and so its connections.</summary>
public sealed class MetricAdapters : IDisposable
{
    private readonly EgressClient client;
    private readonly MetricRequests requests;

    private readonly ExecMetrics? commands;

    /// <param name="store">Where commands are asked for; null: there are no sources that are commands.</param>
    public MetricAdapters(TimeProvider time, IStore? store = null)
        : this(new EgressClient(), time)
    {
        commands = store is null ? null : new ExecMetrics(store, time);
    }

    internal MetricAdapters(EgressClient client, TimeProvider time)
    {
        this.client = client;
        requests = new MetricRequests(client, time);
    }

    public IMetricSource Make(MetricSourceDefinition definition) => definition.Kind switch
    {
        MetricSourceKind.Prometheus => new PrometheusMetrics(definition, requests),
        MetricSourceKind.Http => new HttpMetrics(definition, requests),
        MetricSourceKind.Exec when commands is not null => commands.Of(definition),
        _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.Kind, "An unknown kind of metric source."),
    };

    public void Dispose() => client.Dispose();
}
