using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Templates of pipelines.
public sealed partial class SlipwayClient
{
    public Task<TemplateList> Templates(CancellationToken cancel = default) => Get("templates", ApiClientJson.Default.TemplateList, cancel);

    /// <param name="version">Or a range of them, of which the newest is shown; null: the newest.</param>
    public Task<TemplateDetail> Template(string name, string? version = null, CancellationToken cancel = default) =>
        Get($"templates/{E(name)}{Query(("version", version))}", ApiClientJson.Default.TemplateDetail, cancel);

    /// <summary>Services whose newest run came from a template, by name.</summary>
    public Task<Page<TemplateUserView>> TemplateUsage(string name, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"templates/{E(name)}/usage{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageTemplateUserView, cancel);
}
