using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Templates of pipelines, and definitions that use them.
public sealed partial class SlipwayClient
{
    /// <summary>Has the server look at a definition; nothing is kept of it.</summary>
    public async Task<DefinitionValidation> Validate(ValidateDefinition body, CancellationToken cancel = default)
    {
        using var response = await Try(
            () => new HttpRequestMessage(HttpMethod.Post, Prefix + "definitions/validation") { Content = Json(body, ApiClientJson.Default.ValidateDefinition) },
            options.RequestTimeout, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await Body(response, ApiClientJson.Default.DefinitionValidation, cancel).ConfigureAwait(false);
    }

    public Task<TemplateList> Templates(CancellationToken cancel = default) => Get("templates", ApiClientJson.Default.TemplateList, cancel);

    /// <param name="version">Or a range of them, of which the newest is shown; null: the newest.</param>
    public Task<TemplateDetail> Template(string name, string? version = null, CancellationToken cancel = default) =>
        Get($"templates/{E(name)}{Query(("version", version))}", ApiClientJson.Default.TemplateDetail, cancel);

    /// <summary>Services whose newest run came from a template, by name.</summary>
    public Task<Page<TemplateUserView>> TemplateUsage(string name, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"templates/{E(name)}/usage{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageTemplateUserView, cancel);
}
