using System.Collections.Concurrent;
using System.Security.Cryptography;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Secrets;

namespace Slipway.Engine.Hooks;

/// <summary>
/// Webhooks of services: their secrets sealed in the store, and when each told of a push last. Ids of deliveries are not remembered: a delivery only causes a look at the repository, which finds
/// what is there now, so that one that comes twice, late or again after years does no more than the look of the next minute would.
/// </summary>
public sealed class KeptHooks(IStore store, SecretBox box)
{
    /// <summary>As Standard Webhooks has it, so that the same text serves every sender.</summary>
    public const string SecretPrefix = "whsec_";
    internal static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);
    private const int SecretBytes = 32;
    private readonly ConcurrentDictionary<string, DateTimeOffset> noted = new(StringComparer.Ordinal);

    /// <summary>The webhook of a service's repository, and what it told last.</summary>
    public async Task<(HookRecord Record, HookDelivery? Last)?> FindAsync(string service, SourceSpec source, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(HookRecord.Collection, service, cancel))?.As(SecretsJson.Default.HookRecord) is { } record && record.Repository == source.Repository
            ? (record, (await store.ReadDocumentAsync(HookDelivery.Collection, service, cancel))?.As(SecretsJson.Default.HookDelivery))
            : null;

    /// <summary>Whether pushes to it have been told by its webhook.</summary>
    public async Task<bool> TellsAsync(string service, SourceSpec source, CancellationToken cancel) => await FindAsync(service, source, cancel) is { Last: not null };

    /// <summary>Null: there is no webhook, or the key is lost that its secret was sealed with.</summary>
    public string? SecretOf(string service, HookRecord record) => box.Open(record.Secret, ContextOf(service));

    /// <summary>Makes a secret, in the place of the one before if <paramref name="anew"/>.</summary>
    /// <returns>Null: there is one already.</returns>
    internal async Task<string?> MakeAsync(string service, SourceSpec source, bool anew, Actor by, CancellationToken cancel)
    {
        var before = await store.ReadDocumentAsync(HookRecord.Collection, service, cancel);
        var isThere = before?.As(SecretsJson.Default.HookRecord).Repository == source.Repository;
        if (isThere && !anew)
        {
            return null;
        }

        var secret = SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
        var record = new HookRecord { Repository = source.Repository, Secret = box.Seal(secret, ContextOf(service)), MadeAt = store.Now, MadeBy = by };
        var append = new Append
        {
            Documents =
            [
                new DocumentWrite(HookRecord.Collection, service, DocumentJson.ToNode(record, SecretsJson.Default.HookRecord), before?.Revision ?? 0),
                new DocumentWrite(HookDelivery.Collection, service, null),
            ],
            Facts = [new Fact(isThere ? "hook.rotated" : "hook.made", new FactSubject { Service = service }, by.Identity, [])],
        };
        noted.TryRemove(service, out _);
        return (await store.AppendAsync(append, cancel)).Done ? secret : null;
    }

    /// <summary>False: there was none.</summary>
    internal async Task<bool> RemoveAsync(string service, Actor by, CancellationToken cancel)
    {
        if (await store.ReadDocumentAsync(HookRecord.Collection, service, cancel) is null)
        {
            return false;
        }

        noted.TryRemove(service, out _);
        return (await store.AppendAsync(new Append { Documents = WritesOfRemoval(service), Facts = [new Fact("hook.removed", new FactSubject { Service = service }, by.Identity, [])] }, cancel)).Done;
    }

    /// <summary>Remembers that it told of a push.</summary>
    internal async Task NoteAsync(string service, string from, CancellationToken cancel)
    {
        var now = store.Now;
        if (noted.TryGetValue(service, out var before) && now - before < NotedEvery)
        {
            return;
        }

        await store.AppendAsync(new Append { Documents = [new DocumentWrite(HookDelivery.Collection, service, DocumentJson.ToNode(new HookDelivery(now, from), SecretsJson.Default.HookDelivery))] }, cancel);
        noted[service] = now;
    }

    /// <summary>What takes a service's webhook away.</summary>
    internal static IReadOnlyList<DocumentWrite> WritesOfRemoval(string service) => [new DocumentWrite(HookRecord.Collection, service, null), new DocumentWrite(HookDelivery.Collection, service, null)];

    private static string ContextOf(string service) => $"hook/{service}";
}
