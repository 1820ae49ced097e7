using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Access;
using Slipway.Engine.Lanes;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Services;

/// <summary>Services: added, listed, removed.</summary>
public sealed class ServiceCatalog(IStore store, LaneQueries lanes)
{
    private const int Most = 10_000;
    private static readonly SourceFlow Sources = new();

    public async Task<ServiceRecord?> FindAsync(string service, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel))?.As(ReleaseJson.Default.ServiceRecord);

    /// <summary>All services, by name.</summary>
    public async Task<IReadOnlyList<ServiceRecord>> ListAsync(CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(ServiceRecord.Collection, null, Most, newestFirst: false, cancel)).Select(d => d.As(ReleaseJson.Default.ServiceRecord))];

    public async Task<Outcome<ServiceRecord>> AddAsync(Actor by, string name, string? owner, RequestKey? key, CancellationToken cancel)
    {
        if (!Names.IsName(name, Names.ServiceLength))
        {
            return Names.Refused("service", name, Names.ServiceLength);
        }

        if (owner?.Length > 100)
        {
            return Refusal.Invalid("invalidOwner", "An owner has at most 100 characters.", "Give the team's short name.");
        }

        // A service that was removed and comes back finds its releases again.
        var releases = await store.ListDocumentsAsync(ReleaseDocuments.Collection, name + "/", Most, newestFirst: true, cancel);
        var latest = releases.Count > 0 ? releases[0].As(ReleaseJson.Default.Release).Version : null;
        var service = new ServiceRecord { Name = name, Owner = owner, CreatedAt = store.Now, CreatedBy = by, LatestVersion = latest, Releases = releases.Count };
        var append = new Append
        {
            Documents = [new DocumentWrite(ServiceRecord.Collection, name, DocumentJson.ToNode(service, ReleaseJson.Default.ServiceRecord), 0)],
            Facts = [new Fact("service.added", new FactSubject { Service = name }, by.Identity, new JsonObject { ["owner"] = owner })],
        };
        return await store.AppendOnceAsync(append, key, name, cancel) switch
        {
            OnceResult.Written => service,
            OnceResult.Repeated => await FindAsync(name, cancel) ?? service,
            OnceResult.KeyReused => OnceResult.KeyReused.Refusal,
            _ => Refusal.Conflict("alreadyExists", $"The service '{name}' is there already.", $"Look at it: `slipway service show {name}`. Another repository: `slipway service source set {name} URL|DIR`. Another service: `--name`."),
        };
    }

    /// <summary>Removes a service that runs nowhere. Its releases and what the ledger says of it stay.</summary>
    public async Task<Outcome<ServiceRecord>> RemoveAsync(Actor by, string name, RequestKey? key, CancellationToken cancel)
    {
        var document = await store.ReadDocumentAsync(ServiceRecord.Collection, name, cancel);
        if (document is null)
        {
            return await MissingAsync(name, key, cancel);
        }

        if (await lanes.AnythingRunsAsync(name, cancel))
        {
            return Refusal.Conflict("stillRuns", $"The service '{name}' runs, or is about to, in some environment.", $"`slipway status {name}` shows where.");
        }

        var service = document.As(ReleaseJson.Default.ServiceRecord);
        var source = await store.ReadProcessAsync(SourceFlow.ProcessOf(name), cancel);
        var append = new Append
        {
            Events = source is null ? [] : [new NewMessage(source.Id, $"removed:{source.Sequence}", Sources.WriteEvent(new SourceRemoved(by)))],
            // Who adds a service of that name again need not be who could read the repository.
            Documents = [new DocumentWrite(ServiceRecord.Collection, name, null, document.Revision), .. SourceDesk.WritesOfRemoval(name)],
            Facts = [new Fact("service.removed", new FactSubject { Service = name }, by.Identity, [])],
        };
        return await store.AppendOnceAsync(append, key, $"removed {name}", cancel) switch
        {
            OnceResult.Written or OnceResult.Repeated => service,
            OnceResult.KeyReused => OnceResult.KeyReused.Refusal,
            _ => Refusal.Conflict("changedMeanwhile", $"The service '{name}' was changed by somebody else at the same time.", "Look at it again, then try again."),
        };
    }

    public Task<Refusal> MissingAsync(string name, CancellationToken cancel) => Missing.ServiceAsync(store, name, cancel);

    // A repeat of a removal that was carried out is answered as the first time, although there is nothing left to remove.
    private async Task<Outcome<ServiceRecord>> MissingAsync(string name, RequestKey? key, CancellationToken cancel) =>
        key is not null && await store.AppendOnceAsync(new Append(), key, "notFound", cancel) is OnceResult.Repeated { Result: var result } && result == $"removed {name}"
            ? new ServiceRecord { Name = name, CreatedAt = store.Now, CreatedBy = Actor.Slipway }
            : await MissingAsync(name, cancel);
}
