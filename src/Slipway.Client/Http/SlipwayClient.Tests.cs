using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Tests: of a run, over runs, in quarantine.
public sealed partial class SlipwayClient
{
    /// <param name="outcome"><c>passed</c>, <c>failed</c>, <c>skipped</c>; null: all.</param>
    /// <param name="name">Part of a name; null: any.</param>
    public Task<RunTestsView> RunTests(string run, string? outcome = null, string? name = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"runs/{E(run)}/tests{Query(("outcome", outcome), ("name", name), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.RunTestsView, cancel);

    /// <param name="show"><c>failing</c>, <c>flaky</c>, <c>slowest</c>, <c>quarantined</c>; null: all, what needs a person first.</param>
    /// <param name="name">Part of a name; null: any.</param>
    public Task<ServiceTestsView> ServiceTests(string service, string? show = null, string? name = null, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/tests{Query(("show", show), ("name", name), ("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.ServiceTestsView, cancel);

    /// <summary>Newest first; those whose time is over among them.</summary>
    public Task<Page<QuarantineView>> QuarantinedTests(string service, string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"services/{E(service)}/quarantine{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageQuarantineView, cancel);

    public Task<QuarantineView> QuarantineTest(string service, QuarantineTest body, CancellationToken cancel = default) =>
        Post($"services/{E(service)}/quarantine", body, ApiClientJson.Default.QuarantineTest, ApiClientJson.Default.QuarantineView, cancel);

    /// <summary>Lets a test out of quarantine.</summary>
    public Task LiftQuarantine(string service, string id, string? why = null, CancellationToken cancel = default) =>
        Send(HttpMethod.Delete, $"services/{E(service)}/quarantine/{E(id)}{Query(("why", why))}", () => null, cancel);
}
