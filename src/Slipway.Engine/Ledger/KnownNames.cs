using Slipway.Core.Promotions;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Ledger;

/// <summary>
/// Tells a name that is there, or was, from one that never was: a list of the first may be empty, a list of the second is a mistake. What was removed since is known by the ledger.
/// </summary>
public sealed class KnownNames(IStore store, Platform platform)
{
    /// <summary>What is against filtering by these; null: nothing.</summary>
    public async Task<Refusal?> CheckAsync(string? service, string? environment, string? promotion, CancellationToken cancel) =>
        await UnknownServiceAsync(service, cancel) ?? await UnknownEnvironmentAsync(environment, cancel) ?? await UnknownPromotionAsync(promotion, cancel);

    private async Task<Refusal?> UnknownServiceAsync(string? service, CancellationToken cancel) =>
        service is null || await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is not null || await HasEntriesAsync(new LedgerFilter(Service: service), cancel)
            ? null
            : await Missing.ServiceAsync(store, service, cancel);

    private async Task<Refusal?> UnknownEnvironmentAsync(string? environment, CancellationToken cancel) =>
        environment is null || platform.Current.Find(environment) is not null || await HasEntriesAsync(new LedgerFilter(Environment: environment), cancel)
            ? null
            : Missing.Environment(platform, environment);

    private async Task<Refusal?> UnknownPromotionAsync(string? promotion, CancellationToken cancel) =>
        promotion is null || await store.ReadProcessAsync(PromotionFlow.ProcessOf(promotion), cancel) is not null || await HasEntriesAsync(new LedgerFilter(Promotion: promotion), cancel)
            ? null
            : await Missing.PromotionAsync(store, promotion, cancel);

    private async Task<bool> HasEntriesAsync(LedgerFilter filter, CancellationToken cancel) => (await store.ReadLedgerAsync(0, 1, filter, cancel)).Count > 0;
}
