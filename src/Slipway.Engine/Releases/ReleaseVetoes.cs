using Slipway.Core.Releases;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Releases;

/// <summary>Vetoes, as gates ask for them.</summary>
public sealed class ReleaseVetoes(IStore store)
{
    public async Task<Veto?> FindAsync(string service, string version, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(ReleaseDocuments.VetoCollection, ReleaseDocuments.KeyOf(service, version), cancel))?.As(ReleaseJson.Default.Veto);
}
