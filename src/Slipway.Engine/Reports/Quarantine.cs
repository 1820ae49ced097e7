using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Reports;

/// <summary>A test whose failures fail no step until a moment (exclusive); somebody answers for that.</summary>
public sealed record QuarantinedTest
{
    /// <summary>Unique in the service; the same for the same name.</summary>
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required string Name { get; init; }

    /// <summary>Who mends it.</summary>
    public required string Owner { get; init; }
    public required DateTimeOffset Until { get; init; }
    public required string Why { get; init; }
    public required Actor By { get; init; }
    public required DateTimeOffset At { get; init; }

    public bool InForce(DateTimeOffset at) => at < Until;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QuarantinedTest))]
internal sealed partial class QuarantineJson : JsonSerializerContext;

/// <summary>Tests in quarantine: put there, listed, let out.</summary>
public sealed class Quarantine(IStore store, ITestStore tests)
{
    /// <summary>Most tests of one service: the list goes to the agent with every job.</summary>
    public const int Most = 100;

    private const int MostRead = 1000;
    private const string Collection = "quarantine";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Newest first; those that are over among them until another takes their place.</summary>
    public async Task<IReadOnlyList<QuarantinedTest>> ListAsync(string service, CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(Collection, service + "/", MostRead, newestFirst: true, cancel)).Select(d => d.As(QuarantineJson.Default.QuarantinedTest))];

    /// <summary>Names of the tests that are in quarantine now.</summary>
    public async Task<IReadOnlyList<string>> InForceAsync(string service, CancellationToken cancel) =>
        [.. (await ListAsync(service, cancel)).Where(q => q.InForce(store.Now)).Select(q => q.Name).Order(StringComparer.Ordinal)];

    public async Task<Outcome<QuarantinedTest>> AddAsync(Actor by, string service, string name, string owner, DateTimeOffset until, string why, RequestKey? key, CancellationToken cancel)
    {
        if (await store.FindAsync(key, cancel) is { } before)
        {
            return before is OnceResult.Repeated { Result: var id } ? await FindAsync(service, id, cancel) is { } made ? made : Missing(service, id) : OnceResult.KeyReused.Refusal;
        }

        if (await CheckAsync(service, name, owner, until, why, cancel) is { } refusal)
        {
            return refusal;
        }

        var test = new QuarantinedTest { Id = IdOf(name), Service = service, Name = name, Owner = owner.Trim(), Until = until, Why = why.Trim(), By = by, At = store.Now };
        var known = await store.ReadDocumentAsync(Collection, KeyOf(service, test.Id), cancel);
        if (known?.As(QuarantineJson.Default.QuarantinedTest) is { } there && there.InForce(store.Now))
        {
            return Refusal.Conflict("alreadyQuarantined", $"'{name}' is in quarantine until {there.Until:yyyy-MM-dd HH:mm} UTC; {there.Owner} owns it.", $"To change that, lift it first: slipway test lift {service} '{name}'");
        }

        var append = new Append
        {
            Documents = [new DocumentWrite(Collection, KeyOf(service, test.Id), DocumentJson.ToNode(test, QuarantineJson.Default.QuarantinedTest), known?.Revision ?? 0)],
            Facts = [FactOf("test.quarantined", test, by, new JsonObject { ["owner"] = test.Owner, ["until"] = test.Until.ToString("O"), ["why"] = test.Why })],
        };
        return await store.AppendOnceAsync(append, key, test.Id, cancel) switch
        {
            OnceResult.Written => test,
            OnceResult.KeyReused => OnceResult.KeyReused.Refusal,
            _ => Refusal.Conflict("changedMeanwhile", $"'{name}' was put into quarantine by somebody else just now.", $"`slipway test quarantined {service}` shows it."),
        };
    }

    /// <returns>The id.</returns>
    public async Task<Outcome<string>> LiftAsync(Actor by, string service, string id, string? why, RequestKey? key, CancellationToken cancel)
    {
        if (await store.FindAsync(key, cancel) is { } before)
        {
            return before is OnceResult.Repeated ? id : OnceResult.KeyReused.Refusal;
        }

        if (await store.ReadDocumentAsync(Collection, KeyOf(service, id), cancel) is not { } document)
        {
            return Missing(service, id);
        }

        var test = document.As(QuarantineJson.Default.QuarantinedTest);
        var append = new Append { Documents = [new DocumentWrite(Collection, document.Key, null, document.Revision)], Facts = [FactOf("test.lifted", test, by, new JsonObject { ["why"] = why })] };
        return await store.AppendOnceAsync(append, key, $"lifted {id}", cancel) switch
        {
            OnceResult.Written or OnceResult.Repeated => id,
            OnceResult.KeyReused => OnceResult.KeyReused.Refusal,
            _ => Missing(service, id),
        };
    }

    private async Task<QuarantinedTest?> FindAsync(string service, string id, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(Collection, KeyOf(service, id), cancel))?.As(QuarantineJson.Default.QuarantinedTest);

    private async Task<Refusal?> CheckAsync(string service, string name, string owner, DateTimeOffset until, string why, CancellationToken cancel)
    {
        if (await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is null)
        {
            return await Engine.Missing.ServiceAsync(store, service, cancel);
        }

        if (string.IsNullOrWhiteSpace(owner) || owner.Length > 100 || string.IsNullOrWhiteSpace(why) || why.Length > 1000)
        {
            return Refusal.Invalid("ownerOrWhyMissing", "A quarantine has an owner, in 1 to 100 characters, and says why, in 1 to 1000.", "Name who mends the test, and what is known of it.");
        }

        if (until <= store.Now || until - store.Now > Longest)
        {
            return Refusal.Invalid("invalidTimes", $"A quarantine ends in the future, and in {Longest.Days} days at most.", "Choose a nearer end, and renew it if the test is not mended by then.");
        }

        if (!await tests.HasTestAsync(service, name, cancel))
        {
            return Refusal.NotFound($"No run that is kept of '{service}' names a test '{(name.Length > 120 ? name[..120] + "…" : name)}'.", $"Take its whole name from: slipway test list {service}");
        }

        return (await InForceAsync(service, cancel)).Count >= Most
            ? Refusal.Conflict("tooMany", $"{Most} tests of '{service}' are in quarantine, and there may be no more.", $"Mend some, or lift those that are mended: slipway test quarantined {service}")
            : null;
    }

    private static Refusal Missing(string service, string id) => Refusal.NotFound($"There is no test '{(id.Length > 120 ? id[..120] + "…" : id)}' of '{service}' in quarantine.", $"`slipway test quarantined {service}` shows what there is.");

    // Names of tests hold anything; a document's key is a plain word.
    private static string IdOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..16];

    private static string KeyOf(string service, string id) => $"{service}/{id}";

    private static Fact FactOf(string type, QuarantinedTest test, Actor by, JsonObject body)
    {
        body["test"] = test.Name;
        return new Fact(type, new FactSubject { Service = test.Service }, by.Identity, body);
    }
}
