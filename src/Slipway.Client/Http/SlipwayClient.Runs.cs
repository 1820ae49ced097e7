using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Repositories and runs: from a commit to a release.
public sealed partial class SlipwayClient
{
    public Task<SourceView> Source(string service, CancellationToken cancel = default) => Get($"services/{E(service)}/source", ApiClientJson.Default.SourceView, cancel);

    public Task<SourceView> SetSource(string service, SetSource body, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Put, $"services/{E(service)}/source", () => Json(body, ApiClientJson.Default.SetSource)), ApiClientJson.Default.SourceView, cancel);

    public Task RemoveSource(string service, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"services/{E(service)}/source", () => null, cancel);

    public Task<CreatedHook> MakeHook(string service, MakeHook body, CancellationToken cancel = default) =>
        Post($"services/{E(service)}/source/hook", body, ApiClientJson.Default.MakeHook, ApiClientJson.Default.CreatedHook, cancel);

    public Task RemoveHook(string service, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"services/{E(service)}/source/hook", () => null, cancel);

    public Task<SourceView> StartRun(string service, StartRun body, CancellationToken cancel = default) =>
        Post($"services/{E(service)}/runs", body, ApiClientJson.Default.StartRun, ApiClientJson.Default.SourceView, cancel);

    /// <summary>Newest first.</summary>
    public Task<Page<RunView>> Runs(string? service = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"runs{Query(("service", service), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageRunView, cancel);

    public Task<RunView> Run(string id, CancellationToken cancel = default) => Get($"runs/{E(id)}", ApiClientJson.Default.RunView, cancel);

    public Task<RunView> CancelRun(string id, string? why = null, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Post, $"runs/{E(id)}/cancel", () => why is null ? null : Json(new WhyRequest { Why = why }, ApiClientJson.Default.WhyRequest)), ApiClientJson.Default.RunView, cancel);

    public Task<RunView> RerunRun(string id, RerunRun body, CancellationToken cancel = default) => Post($"runs/{E(id)}/rerun", body, ApiClientJson.Default.RerunRun, ApiClientJson.Default.RunView, cancel);
}
