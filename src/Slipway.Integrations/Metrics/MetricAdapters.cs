using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Egress;
using Slipway.Integrations.Http;
using Slipway.Integrations.Prometheus;

namespace Slipway.Integrations.Metrics;

/// <summary>Every kind of metric source, one line each. They share one client, and so its connections.</summary>
public sealed class MetricAdapters : IDisposable
{
    private readonly EgressClient client;
    private readonly MetricRequests requests;

    public MetricAdapters(TimeProvider time)
        : this(new EgressClient(), time)
    {
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
        _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.Kind, "An unknown kind of metric source."),
    };

    public void Dispose() => client.Dispose();
}
