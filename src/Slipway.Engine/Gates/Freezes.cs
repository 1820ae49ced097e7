using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;

namespace Slipway.Engine.Gates;

/// <summary>Change is forbidden in an environment from one moment (inclusive) until another (exclusive).</summary>
public sealed record Freeze
{
    public required string Id { get; init; }
    public required string Environment { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Until { get; init; }
    public required string Why { get; init; }
    public required Actor By { get; init; }

    public bool InForce(DateTimeOffset at) => From <= at && at < Until;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Freeze))]
internal sealed partial class FreezeJson : JsonSerializerContext;

/// <summary>Freezes: added, lifted, asked for.</summary>
public sealed class Freezes(IStore store, Platform platform, WaitingPromotions waiting)
{
    private const string Collection = "freeze";
    private const int Most = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>The freeze that is in force in an environment at a time; of several, the one that ends last. Null: none is.</summary>
    public async Task<Freeze?> InForceAsync(string environment, DateTimeOffset at, CancellationToken cancel) =>
        (await ListAsync(cancel)).Where(f => f.Environment == environment && f.InForce(at)).MaxBy(f => f.Until);

    /// <summary>The next freeze of an environment that begins after a time; null: none.</summary>
    public async Task<Freeze?> NextAsync(string environment, DateTimeOffset after, CancellationToken cancel) =>
        (await ListAsync(cancel)).Where(f => f.Environment == environment && f.From > after).MinBy(f => f.From);

    /// <summary>All that were not lifted, newest first.</summary>
    public async Task<IReadOnlyList<Freeze>> ListAsync(CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(Collection, null, Most, newestFirst: true, cancel)).Select(d => d.As(FreezeJson.Default.Freeze))];

    public async Task<Outcome<Freeze>> AddAsync(Actor by, string environment, DateTimeOffset from, DateTimeOffset until, string why, RequestKey? key, CancellationToken cancel)
    {
        if (Check(environment, from, until, why) is { } refusal)
        {
            return refusal;
        }

        var freeze = new Freeze { Id = Secret.NewName("freeze"), Environment = environment, From = from, Until = until, Why = why.Trim(), By = by };
        var append = new Append
        {
            Documents = [new DocumentWrite(Collection, freeze.Id, DocumentJson.ToNode(freeze, FreezeJson.Default.Freeze), 0)],
            Facts = [FactOf("freeze.added", freeze, by, null)],
        };
        switch (await store.AppendOnceAsync(append, key, freeze.Id, cancel))
        {
            case OnceResult.Repeated { Result: var id }:
                return (await store.ReadDocumentAsync(Collection, id, cancel))?.As(FreezeJson.Default.Freeze)
                    ?? (Outcome<Freeze>)Refusal.Conflict("liftedMeanwhile", $"The freeze '{id}' that this request made was lifted since.", "Add another one if it is still needed.");
            case OnceResult.KeyReused:
                return OnceResult.KeyReused.Refusal;
            default:
                await waiting.TouchAsync(null, environment, cancel);
                return freeze;
        }
    }

    public async Task<Outcome<string>> LiftAsync(Actor by, string id, string? why, RequestKey? key, CancellationToken cancel)
    {
        if (await store.ReadDocumentAsync(Collection, id, cancel) is not { } document)
        {
            return key is not null && await store.AppendOnceAsync(new Append(), key, "notFound", cancel) is OnceResult.Repeated { Result: var result } && result == $"lifted {id}"
                ? id
                : Refusal.NotFound($"There is no freeze '{id}'.", "`slipway freeze list` shows what there is.");
        }

        var freeze = document.As(FreezeJson.Default.Freeze);
        var append = new Append { Documents = [new DocumentWrite(Collection, id, null, document.Revision)], Facts = [FactOf("freeze.lifted", freeze, by, why)] };
        switch (await store.AppendOnceAsync(append, key, $"lifted {id}", cancel))
        {
            case OnceResult.KeyReused:
                return OnceResult.KeyReused.Refusal;
            case OnceResult.Conflict:
                return Refusal.NotFound($"The freeze '{id}' was lifted by somebody else just now.", "`slipway freeze list` shows what there is.");
            default:
                await waiting.TouchAsync(null, freeze.Environment, cancel);
                return id;
        }
    }

    private Refusal? Check(string environment, DateTimeOffset from, DateTimeOffset until, string why)
    {
        if (platform.Current.Find(environment) is null)
        {
            return Missing.Environment(platform, environment);
        }

        if (until <= from || until <= store.Now)
        {
            return Refusal.Invalid("invalidTimes", "A freeze ends after it begins, and in the future.", "Look at --from and --until.");
        }

        if (until - from > Longest)
        {
            return Refusal.Invalid("invalidTimes", "A freeze lasts 366 days at most.", "Choose a nearer end, and renew it when it comes.");
        }

        return string.IsNullOrWhiteSpace(why) || why.Length > 1000
            ? Refusal.Invalid("whyMissing", "A freeze says why, in 1 to 1000 characters.", "Give a reason that others will understand.")
            : null;
    }

    private static Fact FactOf(string type, Freeze freeze, Actor by, string? why) => new(type, new FactSubject { Environment = freeze.Environment }, by.Identity, new JsonObject
    {
        ["freeze"] = freeze.Id, ["from"] = freeze.From.ToString("O"), ["until"] = freeze.Until.ToString("O"), ["why"] = why ?? freeze.Why,
    });
}
