using Slipway.Core.Releases;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Releases;

/// <summary>Vetoes, as gates and rollbacks ask for them.</summary>
public sealed class ReleaseVetoes(IStore store)
{
    private const int Most = 10_000;

    /// <summary>A service's vetoed versions.</summary>
    public async Task<IReadOnlySet<string>> VersionsAsync(string service, CancellationToken cancel) => (await AllAsync(service + "/", cancel)).GetValueOrDefault(service) ?? [];

    /// <summary>The vetoed versions of every service that has any.</summary>
    public Task<Dictionary<string, HashSet<string>>> AllAsync(CancellationToken cancel) => AllAsync(null, cancel);

    public async Task<Veto?> FindAsync(string service, string version, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(ReleaseDocuments.VetoCollection, ReleaseDocuments.KeyOf(service, version), cancel))?.As(ReleaseJson.Default.Veto);

    private async Task<Dictionary<string, HashSet<string>>> AllAsync(string? prefix, CancellationToken cancel) =>
        (await store.ListDocumentsAsync(ReleaseDocuments.VetoCollection, prefix, Most, newestFirst: true, cancel))
            .Select(d => d.Key.Split('/', 2))
            .GroupBy(parts => parts[0], parts => parts[1], StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
}
