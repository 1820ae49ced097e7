using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Services, releases, lanes and what runs in them.
public sealed partial class SlipwayClient
{
    public Task<Page<ServiceView>> Services(string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"services{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageServiceView, cancel);

    public Task<ServiceView> Service(string service, CancellationToken cancel = default) =>
        Get($"services/{E(service)}", ApiClientJson.Default.ServiceView, cancel);

    public Task<JudgeView> Judge(string service, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/judge", ApiClientJson.Default.JudgeView, cancel);

    public Task<ServiceView> AddService(AddService body, CancellationToken cancel = default) =>
        Post("services", body, ApiClientJson.Default.AddService, ApiClientJson.Default.ServiceView, cancel);

    public Task RemoveService(string service, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"services/{E(service)}", () => null, cancel);

    /// <summary>Newest first, without their definitions.</summary>
    public Task<Page<ReleaseView>> Releases(string service, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/releases{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageReleaseView, cancel);

    public Task<ReleaseView> Release(string service, string version, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/releases/{E(version)}", ApiClientJson.Default.ReleaseView, cancel);

    /// <summary>From its commit to the environments, as far as it came.</summary>
    public Task<ReleaseJourneyView> ReleaseJourney(string service, string version, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/releases/{E(version)}/journey", ApiClientJson.Default.ReleaseJourneyView, cancel);

    public Task<ReleaseView> VetoRelease(string service, string version, string why, CancellationToken cancel = default) =>
        Post($"services/{E(service)}/releases/{E(version)}/veto", new WhyRequest { Why = why }, ApiClientJson.Default.WhyRequest, ApiClientJson.Default.ReleaseView, cancel);

    /// <summary>Uploads an artifact and makes a release of it. The file is streamed, and opened anew for each try.</summary>
    public async Task<CreateReleaseAnswer> CreateRelease(string service, ReleaseUpload upload, CancellationToken cancel = default)
    {
        var change = Change(HttpMethod.Post, $"services/{E(service)}/releases", () => upload.ToContent());
        HttpRequestMessage Make()
        {
            var request = change();
            // A refusal (not allowed, too large, no such service) then comes before the bytes are sent.
            request.Headers.ExpectContinue = true;
            return request;
        }

        using var response = await Try(Make, Timeout.InfiniteTimeSpan, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await Body(response, ApiClientJson.Default.CreateReleaseAnswer, cancel).ConfigureAwait(false);
    }

    public Task<StatusView> Status(string? service = null, CancellationToken cancel = default) =>
        Get($"status{Query(("service", service))}", ApiClientJson.Default.StatusView, cancel);

    public Task<LaneView> Lane(string service, string environment, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/environments/{E(environment)}", ApiClientJson.Default.LaneView, cancel);

    public Task<Page<InstanceView>> Instances(string? service = null, string? environment = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"instances{Query(("service", service), ("environment", environment), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageInstanceView, cancel);

    /// <summary>The end of an instance's output as text; <paramref name="tailBytes"/> null: as much as the server gives by itself.</summary>
    /// <param name="instance">Its id, or AGENT/ID where several agents have one of that id.</param>
    public async Task<string> InstanceLogs(string instance, int? tailBytes = null, CancellationToken cancel = default)
    {
        var slash = instance.IndexOf('/', StringComparison.Ordinal);
        var (agent, id) = slash < 0 ? (null, instance) : (instance[..slash], instance[(slash + 1)..]);
        using var response = await Try(
            () => new HttpRequestMessage(HttpMethod.Get, $"{Prefix}instances/{E(id)}/logs{Query(("agent", agent), ("tail", tailBytes?.ToString()))}"),
            options.RequestTimeout, HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
    }
}
