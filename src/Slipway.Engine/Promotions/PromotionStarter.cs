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
using Slipway.Engine.Artifacts;
using Slipway.Engine.Environments;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Promotions;

/// <param name="Version">Null: the newest release.</param>
public sealed record PromotionAsk(string Service, string Environment, string? Version, Actor By, string? Why, bool Automatic = false);

/// <param name="To">Null: the last version that completed its watch there, other than the one that runs.</param>
/// <param name="CurrentConfiguration">With what the environment says today of targets and traffic, instead of what it said then.</param>
public sealed record RollbackAsk(string Service, string Environment, string? To, bool CurrentConfiguration, Actor By, string? Why);

/// <summary>Asks for promotions and rollbacks: pins their inputs and makes their processes.</summary>
public sealed class PromotionStarter(IStore store, Platform platform, LaneStates lanes, ReleaseVetoes vetoes, ArtifactUse artifacts, ReadDefinition readDefinition)
{
    private const int MostTries = 20;
    private const string Numbers = "promotionNumber";
    private static readonly PromotionFlow Flow = new();

    /// <returns>The promotion's id.</returns>
    public async Task<Outcome<string>> StartAsync(PromotionAsk asked, RequestKey? key, CancellationToken cancel)
    {
        if (platform.Current.Find(asked.Environment) is not { } environment)
        {
            return Missing.Environment(platform, asked.Environment);
        }

        if ((await store.ReadDocumentAsync(ServiceRecord.Collection, asked.Service, cancel))?.As(ReleaseJson.Default.ServiceRecord) is not { } service)
        {
            return await Missing.ServiceAsync(store, asked.Service, cancel);
        }

        if ((asked.Version ?? service.LatestVersion) is not { } version)
        {
            return Refusal.NotFound($"'{asked.Service}' has no release yet.", $"Make one: slipway release create {asked.Service} --version V --artifact DIR --definition slipway.yaml");
        }

        if ((await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(asked.Service, version), cancel))?.As(ReleaseJson.Default.Release) is not { } release)
        {
            return await Missing.ReleaseAsync(store, asked.Service, version, cancel);
        }

        var problems = readDefinition(release.Definition, release.DefinitionFile, out var definition);
        if (definition is null)
        {
            return Refusal.Invalid("invalidDefinition", $"The definition of {asked.Service}@{version} is not valid any more.", "Make a new release with a mended definition.") with { Problems = problems };
        }

        var lane = new LaneId(asked.Service, asked.Environment);
        var inputs = Pin(release, definition, environment);
        if (await NothingToDoAsync(lane, inputs.Revision, key, cancel) is { } refusal)
        {
            return refusal;
        }

        var excluded = new[] { release.CreatedBy, asked.By }.Where(a => a != Actor.Slipway).Select(a => a.Person).Distinct().ToList();
        return await MakeAsync(lane, PromotionKind.Promotion, inputs, environment, excluded, asked.By, asked.Why, asked.Automatic, key, cancel);
    }

    /// <returns>The rollback's promotion id.</returns>
    public async Task<Outcome<string>> RollBackAsync(RollbackAsk asked, RequestKey? key, CancellationToken cancel)
    {
        var lane = new LaneId(asked.Service, asked.Environment);
        if (platform.Current.Find(asked.Environment) is not { } environment)
        {
            return Missing.Environment(platform, asked.Environment);
        }

        if (await lanes.ReadAsync(lane, cancel) is not { } state)
        {
            return await store.ReadDocumentAsync(ServiceRecord.Collection, asked.Service, cancel) is null
                ? await Missing.ServiceAsync(store, asked.Service, cancel)
                : Refusal.NotFound($"Nothing of '{asked.Service}' has run in {asked.Environment} yet.", "`slipway status` shows what runs where.");
        }

        var targets = RollbackTargets(state, await vetoes.VersionsAsync(asked.Service, cancel));
        var target = asked.To is null ? targets.FirstOrDefault(t => !IsHeld(state, t)) : targets.FirstOrDefault(t => t.Spec.Version == asked.To);
        return target is null
            ? await WhyNotBackAsync(state, targets, asked.To, cancel)
            : await MakeAsync(lane, PromotionKind.Rollback, asked.CurrentConfiguration ? target.Inputs with { Target = environment.Target, Traffic = environment.Traffic } : target.Inputs, environment, [asked.By.Person], asked.By, asked.Why, automatic: false, key, cancel);
    }

    /// <summary>
    /// Where a lane can go back to: versions that completed their watch and were not vetoed since; while something rolls out, what is stable too. Newest first, but those that a
    /// hold keeps out last: they are never gone back to unless somebody names them.
    /// </summary>
    /// <param name="vetoed">The service's vetoed versions.</param>
    public static IReadOnlyList<LaneRevision> RollbackTargets(LaneState lane, IReadOnlySet<string> vetoed) =>
        [.. lane.History
            .Where(h => h.WellAt is not null && !vetoed.Contains(h.Spec.Version) && (h.Spec.Revision != lane.Stable?.Spec.Revision || lane.Active is { Stage: ActiveStage.RollingOut }))
            .OrderBy(h => IsHeld(lane, h))];

    private static bool IsHeld(LaneState lane, LaneRevision revision) => lane.Holds.Any(h => h.Version == revision.Spec.Version);

    private async Task<Refusal> WhyNotBackAsync(LaneState lane, IReadOnlyList<LaneRevision> targets, string? asked, CancellationToken cancel)
    {
        if (asked is not null && lane.History.All(h => h.Spec.Version != asked)
            && await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(lane.Lane.Service, asked), cancel) is null)
        {
            return await Missing.ReleaseAsync(store, lane.Lane.Service, asked, cancel);
        }

        var veto = asked is null ? null : await vetoes.FindAsync(lane.Lane.Service, asked, cancel);
        var why = asked is null ? targets.Count == 0 ? $"There is no earlier version that was well in {lane.Lane}." : $"Every earlier version that was well in {lane.Lane} is held."
            : veto is not null ? $"{asked} was vetoed by {veto.By.Identity}: {veto.Why}"
            : asked == lane.Stable?.Spec.Version ? $"{asked} is what runs in {lane.Lane}."
            : lane.History.Any(h => h.Spec.Version == asked) ? $"{asked} has run in {lane.Lane}, but never completed its watch there."
            : $"{asked} was never well in {lane.Lane}, as far back as that is remembered.";
        return Refusal.Conflict(
            "nothingToRollBackTo", why,
            targets.Count == 0 ? $"Promote another release instead: slipway promote {lane.Lane.Service}@V --to {lane.Lane.Environment}"
            : $"It can go back to {string.Join(" or ", targets.Select(t => t.Spec.Version))}: slipway rollback {lane.Lane.Service} --env {lane.Lane.Environment} --to {targets[0].Spec.Version}");
    }

    /// <summary>
    /// What runs is not promoted again, nor what is coming: a second promotion would only take the first one's place, or wait behind it for nothing. Another definition or
    /// configuration is another revision, and may come.
    /// </summary>
    private async Task<Refusal?> NothingToDoAsync(LaneId lane, VersionSetSpec revision, RequestKey? key, CancellationToken cancel)
    {
        var version = revision.Version;
        if (await lanes.ReadAsync(lane, cancel) is not { } state || await store.FindAsync(key, cancel) is not null)
        {
            return null;
        }

        if (state.Stable?.Spec.Revision == revision.Revision && state.Active is null or { Stage: ActiveStage.Watching })
        {
            return Refusal.Conflict("runsAlready", $"{lane.Service}@{version} runs in {lane.Environment} already, with the same definition.", $"slipway status {lane.Service}");
        }

        var (id, where) = state.Active is { Kind: PromotionKind.Promotion, Stage: not ActiveStage.Watching } active && active.Version == version ? (active.Id, "rolling out")
            : state.Queue.FirstOrDefault(q => q.Kind == PromotionKind.Promotion && q.Version == version) is { } queued ? (queued.Id, "waiting")
            : (null, "");
        return id is null ? null : Refusal.Conflict("onItsWay", $"{lane.Service}@{version} is on its way to {lane.Environment} already: {id}, {where}.", $"slipway rollout watch {id}");
    }

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
            if (await artifacts.ClaimAsync(inputs.Revision.ArtifactDigest, cancel) is not { } claim)
            {
                // Asked again under the same key: what it began goes on, whatever became of the artifact.
                return await store.FindAsync(key, cancel) is OnceResult.Repeated { Result: var before } ? before : await GoneAsync(inputs.Revision, cancel);
            }

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
                Documents = [new DocumentWrite(Numbers, lane.ToString(), new JsonObject { ["last"] = number }, counter?.Revision ?? 0), claim],
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

    private async Task<Refusal> GoneAsync(VersionSetSpec revision, CancellationToken cancel) => Refusal.Conflict(
        "artifactGone",
        await artifacts.CollectedAtAsync(revision.ArtifactDigest, cancel) is { } at
            ? $"The artifact of {revision.Lane.Service}@{revision.Version} was removed on {at:yyyy-MM-dd}: nothing had needed it for as long as `retention` says."
            : $"The artifact of {revision.Lane.Service}@{revision.Version} is not in the store.",
        $"Make it again under the same version: slipway release create {revision.Lane.Service} --version {revision.Version} --artifact FILE; or run its commit again: slipway run start {revision.Lane.Service} --ref COMMIT");

    private static PinnedInputs Pin(Release release, ServiceDefinition definition, EnvironmentDefinition environment)
    {
        var lane = new LaneId(release.Service, environment.Name);
        var effective = definition.For(environment.Name);
        var revision = RevisionHash.Of(release.Version, [release.ArtifactDigest], effective, 0, []);
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
}
