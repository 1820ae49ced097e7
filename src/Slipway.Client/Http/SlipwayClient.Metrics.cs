using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Metric sources.
public sealed partial class SlipwayClient
{
    /// <summary>Longer than a source is given with all its tries.</summary>
    private static readonly TimeSpan MetricPatience = TimeSpan.FromSeconds(90);

    public Task<MetricSourceList> MetricSources(CancellationToken cancel = default) => Get("metrics", ApiClientJson.Default.MetricSourceList, cancel);

    /// <summary>Has the server ask a metric source; nothing is changed by it.</summary>
    public async Task<MetricAnswerView> AskMetric(string source, AskMetric body, CancellationToken cancel = default)
    {
        using var response = await Try(
            () => new HttpRequestMessage(HttpMethod.Post, $"{Prefix}metrics/{E(source)}/query") { Content = Json(body, ApiClientJson.Default.AskMetric) },
            MetricPatience, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await Body(response, ApiClientJson.Default.MetricAnswerView, cancel).ConfigureAwait(false);
    }
}
