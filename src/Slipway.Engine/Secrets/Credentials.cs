using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Secrets;

public enum CredentialKind { Token, Key }

/// <summary>A repository's credential as it is kept.</summary>
public sealed record CredentialRecord
{
    public const string Collection = "credential";
    public required CredentialKind Kind { get; init; }
    public string? User { get; init; }

    /// <summary>The only place that gets to see it.</summary>
    public required string Place { get; init; }
    public required string Fingerprint { get; init; }

    /// <summary>For a key: the host keys that are relied on.</summary>
    public string? KnownHosts { get; init; }
    public required SealedSecret Secret { get; init; }
    public required DateTimeOffset SetAt { get; init; }
    public required Actor SetBy { get; init; }
}

/// <summary>When a credential was given to git last, to <see cref="Credentials.NotedEvery"/>.</summary>
internal sealed record CredentialUse(DateTimeOffset At)
{
    public const string Collection = "credentialUse";
}

/// <summary>The credentials of repositories: sealed in the store, opened for one call at a time.</summary>
public sealed class Credentials(IStore store, SecretBox box) : ISourceAccess
{
    internal static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, DateTimeOffset> noted = new(StringComparer.Ordinal);

    public async Task<(CredentialRecord Record, DateTimeOffset? LastUsedAt)?> ShowAsync(string service, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(CredentialRecord.Collection, service, cancel))?.As(SecretsJson.Default.CredentialRecord) is { } record
            ? (record, (await store.ReadDocumentAsync(CredentialUse.Collection, service, cancel))?.As(SecretsJson.Default.CredentialUse).At)
            : null;

    public async Task<SourceAccess?> FindAsync(string service, SourceSpec source, CancellationToken cancel)
    {
        if ((await store.ReadDocumentAsync(CredentialRecord.Collection, service, cancel))?.As(SecretsJson.Default.CredentialRecord) is not { } record)
        {
            return null;
        }

        if (RepositoryHost.Of(source.Repository) is not { } place || place.ToString() != record.Place)
        {
            throw new SourceUnavailableException(
                $"The credential of {service} is for {record.Place}, and {source.Repository} does not get to see it.", $"Give one for it: {SetCommand(service)}; or remove the old one: slipway service credential remove {service}", retryable: false);
        }

        if (box.Open(record.Secret, ContextOf(service)) is not { } secret)
        {
            throw new SourceUnavailableException(
                $"The credential of {service} cannot be opened: {box.KeyPlace} is not the key that it was sealed with.", $"Put that file back where it was, or give the credential again: {SetCommand(service)}", retryable: false);
        }

        await NoteAsync(service, cancel);
        return record.Kind == CredentialKind.Token ? new SourceAccess.Token(place, record.User!, secret) : new SourceAccess.Key(place, secret, record.KnownHosts!);
    }

    /// <summary>Keeps a credential, in the place of the one before.</summary>
    internal async Task<CredentialRecord> KeepAsync(string service, SourceAccess access, string? fingerprint, Actor by, CancellationToken cancel)
    {
        var (kind, user, secret, known) = access switch
        {
            SourceAccess.Token token => (CredentialKind.Token, token.User, token.Secret, null),
            SourceAccess.Key key => (CredentialKind.Key, (string?)null, key.PrivateKey, key.KnownHosts),
            _ => throw new InvalidOperationException($"Nobody keeps a {access.GetType().Name}."),
        };
        var record = new CredentialRecord
        {
            Kind = kind, User = user, Place = access.Place.ToString(), Fingerprint = fingerprint ?? box.FingerprintOf(secret), KnownHosts = known, Secret = box.Seal(secret, ContextOf(service)), SetAt = store.Now, SetBy = by,
        };
        await store.AppendAsync(
            new Append
            {
                Documents = [new DocumentWrite(CredentialRecord.Collection, service, DocumentJson.ToNode(record, SecretsJson.Default.CredentialRecord)), new DocumentWrite(CredentialUse.Collection, service, null)],
                Facts = [new Fact("credential.set", new FactSubject { Service = service }, by.Identity, new JsonObject { ["kind"] = JsonWords.Of(kind), ["place"] = record.Place, ["fingerprint"] = record.Fingerprint })],
            },
            cancel);
        noted.TryRemove(service, out _);
        return record;
    }

    /// <summary>False: there was none.</summary>
    internal async Task<bool> RemoveAsync(string service, Actor by, CancellationToken cancel)
    {
        if (await store.ReadDocumentAsync(CredentialRecord.Collection, service, cancel) is not { } document)
        {
            return false;
        }

        var append = new Append
        {
            Documents = WritesOfRemoval(service, document.Revision),
            Facts = [new Fact("credential.removed", new FactSubject { Service = service }, by.Identity, new JsonObject { ["place"] = document.As(SecretsJson.Default.CredentialRecord).Place })],
        };
        return (await store.AppendAsync(append, cancel)).Done;
    }

    /// <summary>What takes a service's credential away.</summary>
    /// <param name="revision">Null: whatever is there.</param>
    internal static IReadOnlyList<DocumentWrite> WritesOfRemoval(string service, long? revision) =>
        [new DocumentWrite(CredentialRecord.Collection, service, null, revision), new DocumentWrite(CredentialUse.Collection, service, null)];

    internal static string SetCommand(string service) => $"slipway service credential set {service} --token-file FILE (https) or --key-file FILE (ssh)";

    private static string ContextOf(string service) => $"credential/{service}";

    private async Task NoteAsync(string service, CancellationToken cancel)
    {
        var now = store.Now;
        if (noted.TryGetValue(service, out var before) && now - before < NotedEvery)
        {
            return;
        }

        noted[service] = now;
        await store.AppendAsync(new Append { Documents = [new DocumentWrite(CredentialUse.Collection, service, DocumentJson.ToNode(new CredentialUse(now), SecretsJson.Default.CredentialUse))] }, cancel);
    }
}
