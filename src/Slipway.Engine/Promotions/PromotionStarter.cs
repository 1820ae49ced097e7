using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Ledger;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Engine.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Promotions;

/// <param name="Version">Null: the newest release.</param>
public sealed record PromotionAsk(string Service, string Environment, string? Version, Actor By, string? Why, bool Automatic = false);

/// <param name="To">Null: the last version that completed its watch there, other than the one that runs.</param>
/// <param name="CurrentConfiguration">With today's configuration instead of the one that it had.</param>
public sealed record RollbackAsk(string Service, string Environment, string? To, bool CurrentConfiguration, Actor By, string? Why);

/// <summary>Asks for promotions and rollbacks: pins their inputs and makes their processes.</summary>
public sealed class PromotionStarter(IStore store, Platform platform, LaneStates lanes, ReadDefinition readDefinition)
{
    private const int MostTries = 20;
    private const string Numbers = "promotionNumber";
    private static readonly PromotionFlow Flow = new();

    /// <returns>The promotion's id.</returns>
    public async Task<Outcome<string>> StartAsync(PromotionAsk asked, RequestKey? key, CancellationToken cancel)
    {
        if (platform.Current.Find(asked.Environment) is not { } environment)
        {
            return MissingEnvironment(asked.Environment);
        }

        if ((await store.ReadDocumentAsync(ServiceRecord.Collection, asked.Service, cancel))?.As(ReleaseJson.Default.ServiceRecord) is not { } service)
        {
            return Refusal.NotFound($"There is no service '{asked.Service}'.", "`slipway service list` shows what there is.");
        }

        if ((asked.Version ?? service.LatestVersion) is not { } version)
        {
            return Refusal.NotFound($"'{asked.Service}' has no release yet.", $"Make one: slipway release create {asked.Service} --version V --artifact DIR --definition slipway.yaml");
        }

        if ((await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(asked.Service, version), cancel))?.As(ReleaseJson.Default.Release) is not { } release)
        {
            return ReleaseCatalog.MissingRelease(asked.Service, version);
        }

        var problems = readDefinition(release.Definition, release.DefinitionFile, out var definition);
        if (definition is null)
        {
            return Refusal.Invalid("invalidDefinition", $"The definition of {asked.Service}@{version} is not valid any more.", "Make a new release with a mended definition.") with { Problems = problems };
        }

        var excluded = new[] { release.CreatedBy, asked.By }.Where(a => a != Actor.Slipway).Select(a => a.Person).Distinct().ToList();
        return await MakeAsync(new LaneId(asked.Service, asked.Environment), PromotionKind.Promotion, Pin(release, definition, environment), environment, excluded, asked.By, asked.Why, asked.Automatic, key, cancel);
    }

    /// <returns>The rollback's promotion id.</returns>
    public async Task<Outcome<string>> RollBackAsync(RollbackAsk asked, RequestKey? key, CancellationToken cancel)
    {
        var lane = new LaneId(asked.Service, asked.Environment);
        if (platform.Current.Find(asked.Environment) is not { } environment)
        {
            return MissingEnvironment(asked.Environment);
        }

        if (await lanes.ReadAsync(lane, cancel) is not { } state)
        {
            return Refusal.NotFound($"Nothing of '{asked.Service}' has run in {asked.Environment} yet.", "`slipway status` shows what runs where.");
        }

        var candidates = RollbackTargets(state);
        var target = asked.To is null ? (candidates.Count > 0 ? candidates[0] : null) : candidates.FirstOrDefault(h => h.Spec.Version == asked.To);
        return target is null
            ? Refusal.Conflict(
                "nothingToRollBackTo",
                asked.To is null ? $"There is no earlier version that was well in {lane}." : $"{asked.To} was never well in {lane}.",
                candidates.Count == 0 ? "Promote another release instead: slipway promote." : $"It can go back to: {string.Join(", ", candidates.Select(c => c.Spec.Version))}.")
            : await MakeAsync(lane, PromotionKind.Rollback, target.Inputs, environment, [asked.By.Person], asked.By, asked.Why, automatic: false, key, cancel);
    }

    /// <summary>Where a lane can go back to, the default first: versions that completed their watch; while something rolls out, what is stable too.</summary>
    public static IReadOnlyList<LaneRevision> RollbackTargets(LaneState lane) =>
        [.. lane.History.Where(h => h.WellAt is not null && (h.Spec.Revision != lane.Stable?.Spec.Revision || lane.Active is { Stage: ActiveStage.RollingOut }))];

    private async Task<Outcome<string>> MakeAsync(
        LaneId lane, PromotionKind kind, PinnedInputs inputs, EnvironmentDefinition environment, IReadOnlyList<string> excluded, Actor by, string? why, bool automatic, RequestKey? key, CancellationToken cancel)
    {
        if (why?.Length > Limits.WhyLength)
        {
            return Refusal.Invalid("whyTooLong", $"A reason has at most {Limits.WhyLength} characters.", "Shorten it.");
        }

        for (var tries = 0; tries < MostTries; tries++)
        {
            var counter = await store.ReadDocumentAsync(Numbers, lane.ToString(), cancel);
            var number = (counter?.Body["last"]?.GetValue<long>() ?? 0) + 1;
            var id = $"{lane.Service}-{lane.Environment}-{number}";
            var requested = new PromotionRequested
            {
                Lane = lane,
                Kind = kind,
                Inputs = inputs,
                InputsHash = HashOf(inputs),
                RequestedBy = by,
                ExcludedPersons = excluded,
                Why = why,
                Automatic = automatic,
                Concurrency = environment.Concurrency,
                Preempt = environment.Preempt,
            };
            var append = new Append
            {
                Documents = [new DocumentWrite(Numbers, lane.ToString(), new JsonObject { ["last"] = number }, counter?.Revision ?? 0)],
                Events = [new NewMessage(PromotionFlow.ProcessOf(id), "requested", Flow.WriteEvent(requested))],
            };
            switch (await store.AppendOnceAsync(append, key, id, cancel))
            {
                case OnceResult.Written:
                    return id;
                case OnceResult.Repeated repeated:
                    return repeated.Result;
                case OnceResult.KeyReused:
                    return OnceResult.KeyReused.Refusal;
            }
        }

        return Refusal.Conflict("changedMeanwhile", $"Too many promotions into {lane} are being asked for at the same time.", "Try again.");
    }

    private static PinnedInputs Pin(Release release, ServiceDefinition definition, EnvironmentDefinition environment)
    {
        var lane = new LaneId(release.Service, environment.Name);
        var effective = definition.For(environment.Name);
        var revision = RevisionHash.Of([release.ArtifactDigest], effective, 0, []);
        return new PinnedInputs
        {
            Revision = new VersionSetSpec
            {
                Id = VersionSetSpec.IdOf(lane, revision),
                Lane = lane,
                Version = release.Version,
                Revision = revision,
                ArtifactDigest = release.ArtifactDigest,
                ArtifactBytes = release.ArtifactBytes,
                Run = effective.Run,
            },
            Definition = effective,
            ConfigurationVersion = 0,
            Target = environment.Target,
            Traffic = environment.Traffic,
        };
    }

    private static string HashOf(PinnedInputs inputs) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.Write(JsonSerializer.SerializeToNode(inputs, PromotionJson.Default.PinnedInputs)))));

    private Refusal MissingEnvironment(string name) =>
        Refusal.NotFound($"There is no environment '{name}'.", $"There are: {string.Join(", ", platform.Current.Environments.Select(e => e.Name))}.");
}
