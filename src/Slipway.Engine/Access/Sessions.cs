using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Access;

/// <summary>A session's secret, for the browser's cookie.</summary>
public sealed record StartedSession(string Secret, DateTimeOffset ExpiresAt, string? Page);

/// <summary>Browsers' sessions: begun by a link that works once, resting on the token that asked for the link, ended with it.</summary>
public sealed class Sessions(IStore store, Tokens tokens)
{
    public static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    /// <summary>The code of a new link.</summary>
    public async Task<string> LinkAsync(Caller by, string? page, CancellationToken cancel)
    {
        var code = Secret.New("");
        var hash = Secret.HashOf(code);
        var record = new SessionRecord { Hash = hash, Token = by.Token, ExpiresAt = Earlier(store.Now + LinkLife, by.ExpiresAt), Page = page };
        await store.AppendAsync(new Append { Documents = [Write(SessionRecord.LinkCollection, hash, record), .. await ExpiredAsync(cancel)] }, cancel);
        return code;
    }

    /// <summary>Begins a session with a link's code; null when the code is unknown, used or expired.</summary>
    public async Task<StartedSession?> RedeemAsync(string code, CancellationToken cancel)
    {
        var hash = Secret.HashOf(code);
        if (await store.ReadDocumentAsync(SessionRecord.LinkCollection, Secret.KeyOf(hash), cancel) is not { } document)
        {
            return null;
        }

        var link = document.As(AccessJson.Default.SessionRecord);
        if (!Secret.SameHash(link.Hash, hash) || link.ExpiresAt <= store.Now || await tokens.CallerOfAsync(link.Token, cancel) is not { } caller)
        {
            return null;
        }

        var secret = Secret.New("");
        var sessionHash = Secret.HashOf(secret);
        var session = new SessionRecord { Hash = sessionHash, Token = link.Token, ExpiresAt = Earlier(store.Now + SessionLife, caller.ExpiresAt) };

        // The link's removal under its revision and the session's beginning are one: of two browsers with the same link one gets in.
        var append = new Append
        {
            Documents = [new DocumentWrite(SessionRecord.LinkCollection, document.Key, null, document.Revision), Write(SessionRecord.Collection, sessionHash, session)],
            Facts = [new Fact("session.started", new FactSubject(), caller.Actor.Identity, new JsonObject { ["token"] = caller.Token, ["expiresAt"] = session.ExpiresAt.ToString("O") })],
        };
        return (await store.AppendAsync(append, cancel)).Done ? new StartedSession(secret, session.ExpiresAt, link.Page) : null;
    }

    /// <summary>Who a session's secret speaks for; null when it is unknown or over.</summary>
    public async Task<Caller?> VerifyAsync(string secret, CancellationToken cancel)
    {
        if (secret.Length is < 20 or > 100)
        {
            return null;
        }

        var hash = Secret.HashOf(secret);
        var session = (await store.ReadDocumentAsync(SessionRecord.Collection, Secret.KeyOf(hash), cancel))?.As(AccessJson.Default.SessionRecord);
        if (session is null || !Secret.SameHash(session.Hash, hash) || session.ExpiresAt <= store.Now)
        {
            return null;
        }

        return await tokens.CallerOfAsync(session.Token, cancel) is { } caller
            ? caller with { Session = Secret.KeyOf(hash), ExpiresAt = Earlier(session.ExpiresAt, caller.ExpiresAt) }
            : null;
    }

    /// <summary>Whether the session goes on.</summary>
    public async Task<bool> LivesAsync(string session, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(SessionRecord.Collection, session, cancel))?.As(AccessJson.Default.SessionRecord) is { } record && record.ExpiresAt > store.Now;

    public Task EndAsync(string session, CancellationToken cancel) =>
        store.AppendAsync(new Append { Documents = [new DocumentWrite(SessionRecord.Collection, session, null)] }, cancel);

    private async Task<IReadOnlyList<DocumentWrite>> ExpiredAsync(CancellationToken cancel)
    {
        var expired = new List<DocumentWrite>();
        foreach (var collection in new[] { SessionRecord.Collection, SessionRecord.LinkCollection })
        {
            var documents = await store.ListDocumentsAsync(collection, null, 1000, newestFirst: false, cancel);
            expired.AddRange(documents.Where(d => d.As(AccessJson.Default.SessionRecord).ExpiresAt <= store.Now).Take(100).Select(d => new DocumentWrite(collection, d.Key, null)));
        }

        return expired;
    }

    private static DocumentWrite Write(string collection, string hash, SessionRecord record) =>
        new(collection, Secret.KeyOf(hash), DocumentJson.ToNode(record, AccessJson.Default.SessionRecord), 0);

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
