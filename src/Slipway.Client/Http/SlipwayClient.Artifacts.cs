using System.Net;
using System.Net.Http.Headers;
using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Artifacts, and the credentials of repositories.
public sealed partial class SlipwayClient
{
    /// <summary>Newest first.</summary>
    public Task<Page<ArtifactView>> Artifacts(string? service = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"artifacts{Query(("service", service), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageArtifactView, cancel);

    /// <param name="digest">Whole, or enough of its first digits.</param>
    public Task<ArtifactView> Artifact(string digest, CancellationToken cancel = default) => Get($"artifacts/{E(digest)}", ApiClientJson.Default.ArtifactView, cancel);

    public Task<RunArtifactsView> RunArtifacts(string run, CancellationToken cancel = default) => Get($"runs/{E(run)}/artifacts", ApiClientJson.Default.RunArtifactsView, cancel);

    public Task<CollectionView> CollectArtifacts(bool dryRun, CancellationToken cancel = default) =>
        Post("artifacts/collect", new CollectArtifacts { DryRun = dryRun }, ApiClientJson.Default.CollectArtifacts, ApiClientJson.Default.CollectionView, cancel);

    /// <summary>The packed bytes of a digest, from one of them on.</summary>
    /// <returns>The bytes, and how many there are in all; null: the server does not say.</returns>
    public async Task<(Stream Bytes, long? Total)> OpenArtifact(string digest, long from = 0, CancellationToken cancel = default)
    {
        HttpRequestMessage Make()
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Prefix}artifacts/{E(digest)}/content");
            request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
            return request;
        }

        var response = await Try(Make, options.RequestTimeout, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (from > 0 && response.StatusCode != HttpStatusCode.PartialContent)
        {
            response.Dispose();
            throw new ServerUnreachableException(Server, "it does not go on with a download that was cut off");
        }

        return (await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), from + response.Content.Headers.ContentLength);
    }

    public Task<CredentialView> Credential(string service, CancellationToken cancel = default) => Get($"services/{E(service)}/credential", ApiClientJson.Default.CredentialView, cancel);

    public Task<CredentialView> SetCredential(string service, SetCredential body, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Put, $"services/{E(service)}/credential", () => Json(body, ApiClientJson.Default.SetCredential)), ApiClientJson.Default.CredentialView, cancel);

    public Task RemoveCredential(string service, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"services/{E(service)}/credential", () => null, cancel);
}
