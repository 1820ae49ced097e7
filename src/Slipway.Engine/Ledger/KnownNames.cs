using Slipway.Core.Definitions;
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
    private const int MostServices = 10_000, MostShown = 10;

    /// <summary>What is against filtering by these; null: nothing.</summary>
    public async Task<Refusal?> CheckAsync(string? service, string? environment, string? promotion, CancellationToken cancel) =>
        await UnknownServiceAsync(service, cancel) ?? await UnknownEnvironmentAsync(environment, cancel) ?? await UnknownPromotionAsync(promotion, cancel);

    /// <summary>What can be said to somebody who named a thing that is not there: the one that was probably meant, else what there is.</summary>
    /// <param name="otherwise">What to do when there are none.</param>
    public static string WayOut(string name, IReadOnlyCollection<string> known, string otherwise) =>
        NearWords.Nearest(name, known) is { } near ? $"Did you mean '{near}'?"
        : known.Count == 0 ? otherwise
        : $"There {(known.Count == 1 ? "is" : "are")}: {string.Join(", ", known.Take(MostShown))}{(known.Count > MostShown ? $", and {known.Count - MostShown} more" : "")}.";

    private async Task<Refusal?> UnknownServiceAsync(string? service, CancellationToken cancel)
    {
        if (service is null || await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is not null || await HasEntriesAsync(new LedgerFilter(Service: service), cancel))
        {
            return null;
        }

        var known = (await store.ListDocumentsAsync(ServiceRecord.Collection, null, MostServices, newestFirst: false, cancel)).Select(d => d.Key).ToList();
        return Refusal.NotFound($"There is no service '{Short(service)}'.", WayOut(service, known, "`slipway service add NAME` adds one."));
    }

    private async Task<Refusal?> UnknownEnvironmentAsync(string? environment, CancellationToken cancel) =>
        environment is null || platform.Current.Find(environment) is not null || await HasEntriesAsync(new LedgerFilter(Environment: environment), cancel)
            ? null
            : Refusal.NotFound($"There is no environment '{Short(environment)}'.", WayOut(environment, [.. platform.Current.Environments.Select(e => e.Name)], "platform.yaml names them."));

    private async Task<Refusal?> UnknownPromotionAsync(string? promotion, CancellationToken cancel) =>
        promotion is null || await store.ReadProcessAsync(PromotionFlow.ProcessOf(promotion), cancel) is not null || await HasEntriesAsync(new LedgerFilter(Promotion: promotion), cancel)
            ? null
            : Refusal.NotFound($"There is no promotion '{Short(promotion)}'.", "`slipway promotion list` shows what there is.");

    private async Task<bool> HasEntriesAsync(LedgerFilter filter, CancellationToken cancel) => (await store.ReadLedgerAsync(0, 1, filter, cancel)).Count > 0;

    private static string Short(string name) => name.Length > 80 ? name[..80] + "…" : name;
}
