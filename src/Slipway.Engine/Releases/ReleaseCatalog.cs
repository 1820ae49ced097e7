using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Services;

namespace Slipway.Engine.Releases;

/// <summary>What a new release is made of. The artifact is in the store, and was found to be readable.</summary>
public sealed record NewRelease
{
    public required string Service { get; init; }
    public required string Version { get; init; }
    public string? Commit { get; init; }
    public required string ArtifactDigest { get; init; }
    public required long ArtifactBytes { get; init; }

    /// <summary>Given with the upload; null: <see cref="DefinitionInside"/>, else the service's latest.</summary>
    public string? Definition { get; init; }
    public string? DefinitionFile { get; init; }

    /// <summary>The text of <c>slipway.yaml</c> in the artifact.</summary>
    public string? DefinitionInside { get; init; }
    public string? Notes { get; init; }
}

/// <param name="Release">The release.</param>
/// <param name="Created">False when it was there already.</param>
/// <param name="Promotions">Promotions that began by themselves.</param>
public sealed record CreatedRelease(Release Release, bool Created, IReadOnlyList<string> Promotions);

/// <summary>Reads <c>slipway.yaml</c>: the definition, or null and every problem with its place.</summary>
public delegate IReadOnlyList<Problem> ReadDefinition(string text, string file, out ServiceDefinition? definition);

/// <summary>Releases: made, found, vetoed.</summary>
public sealed partial class ReleaseCatalog(
    IStore store, ServiceCatalog services, ReadDefinition readDefinition, AutoPromotion autoPromotion, WaitingPromotions waiting)
{
    private const int Most = 10_000, MostTries = 20, LongestNotes = 64 * 1024;
    private const string DefaultFile = "slipway.yaml";

    public async Task<Release?> FindAsync(string service, string version, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(service, version), cancel))?.As(ReleaseJson.Default.Release);

    /// <summary>The release that was made last; null when there is none.</summary>
    public async Task<Release?> NewestAsync(string service, CancellationToken cancel) =>
        await services.FindAsync(service, cancel) is { LatestVersion: { } version } ? await FindAsync(service, version, cancel) : null;

    public async Task<Veto?> FindVetoAsync(string service, string version, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(ReleaseDocuments.VetoCollection, ReleaseDocuments.KeyOf(service, version), cancel))?.As(ReleaseJson.Default.Veto);

    /// <summary>A service's releases, newest first, with their vetoes.</summary>
    public async Task<IReadOnlyList<(Release Release, Veto? Veto)>> ListAsync(string service, CancellationToken cancel)
    {
        var vetoes = (await store.ListDocumentsAsync(ReleaseDocuments.VetoCollection, service + "/", Most, newestFirst: false, cancel))
            .ToDictionary(d => d.Key, d => d.As(ReleaseJson.Default.Veto));
        return [.. (await AllAsync(service, cancel)).Select(r => (r, vetoes.GetValueOrDefault(ReleaseDocuments.KeyOf(service, r.Version))))];
    }

    public async Task<Outcome<CreatedRelease>> CreateAsync(Actor by, NewRelease asked, RequestKey? key, CancellationToken cancel)
    {
        if (Check(asked) is { } refusal)
        {
            return refusal;
        }

        for (var tries = 0; tries < MostTries; tries++)
        {
            var document = await store.ReadDocumentAsync(ServiceRecord.Collection, asked.Service, cancel);
            if (document is null)
            {
                return await Missing.ServiceAsync(store, asked.Service, cancel);
            }

            var (same, version, contradiction) = await PlaceAsync(asked, cancel);
            if (contradiction is not null)
            {
                return contradiction;
            }

            if (same is not null)
            {
                // Who asks again may never have heard that it was made: what follows from it by itself may be missing, and begins at most once.
                var newest = document.As(ReleaseJson.Default.ServiceRecord).LatestVersion == same.Version;
                return new CreatedRelease(same, Created: false, newest ? await autoPromotion.OnReleaseCreatedAsync(same, by, cancel) : []);
            }

            switch (await DefineAsync(asked, cancel))
            {
                case Outcome<DefinitionText>.Refused refused:
                    return refused.Refusal;
                case Outcome<DefinitionText>.Done { Value: var definition }:
                    var release = Make(by, asked, version!, definition);
                    switch (await WriteAsync(by, release, definition, document, key, cancel))
                    {
                        case OnceResult.Written:
                            return new CreatedRelease(release, Created: true, await autoPromotion.OnReleaseCreatedAsync(release, by, cancel));
                        case OnceResult.KeyReused:
                            return OnceResult.KeyReused.Refusal;
                    }

                    break;
            }
        }

        return Refusal.Conflict("changedMeanwhile", $"Too many releases of '{asked.Service}' are being made at the same time.", "Try again.");
    }

    public async Task<Outcome<Veto>> VetoAsync(Actor by, string service, string version, string why, RequestKey? key, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(why) || why.Length > 1000)
        {
            return Refusal.Invalid("whyMissing", "A veto says why, in 1 to 1000 characters.", "Give a reason that others will understand.");
        }

        if (await FindAsync(service, version, cancel) is null)
        {
            return await Missing.ReleaseAsync(store, service, version, cancel);
        }

        var veto = new Veto(by, store.Now, why.Trim());
        var append = new Append
        {
            Documents = [new DocumentWrite(ReleaseDocuments.VetoCollection, ReleaseDocuments.KeyOf(service, version), DocumentJson.ToNode(veto, ReleaseJson.Default.Veto), 0)],
            Facts = [new Fact("release.vetoed", new FactSubject { Service = service, Version = version }, by.Identity, new JsonObject { ["why"] = veto.Why })],
        };
        switch (await store.AppendOnceAsync(append, key, "vetoed", cancel))
        {
            case OnceResult.KeyReused:
                return OnceResult.KeyReused.Refusal;
            case OnceResult.Conflict:
                return Refusal.Conflict("alreadyVetoed", $"{service}@{version} has a veto already.", $"`slipway release show {service}@{version}` says whose and why.");
            default:
                await waiting.TouchAsync(service, null, cancel);
                return await FindVetoAsync(service, version, cancel) ?? veto;
        }
    }

    public Task<Refusal> MissingAsync(string service, string version, CancellationToken cancel) => Missing.ReleaseAsync(store, service, version, cancel);

    private sealed record DefinitionText(string Text, string File, string? Owner, int? Tier);

    /// <summary>Where the asked-for release falls among those that are there: the same one, a new version, or a contradiction.</summary>
    private async Task<(Release? Same, string? Version, Refusal? Contradiction)> PlaceAsync(NewRelease asked, CancellationToken cancel)
    {
        var existing = await FindAsync(asked.Service, asked.Version, cancel);
        if (existing is not null && existing.ArtifactDigest == asked.ArtifactDigest)
        {
            return asked.Definition is not null && HashOf(asked.Definition) != existing.DefinitionHash
                ? (null, null, Refusal.Conflict("alreadyExists", $"{asked.Service}@{asked.Version} is there already, with the same artifact and another definition; a release never changes.", "Give the release another version."))
                : (existing, null, null);
        }

        var ofCommit = asked.Commit is null ? [] : (await AllAsync(asked.Service, cancel)).Where(r => r.Commit == asked.Commit).ToList();
        if (existing is null)
        {
            return ofCommit.Find(r => r.ArtifactDigest == asked.ArtifactDigest && (asked.Definition is null || r.DefinitionHash == HashOf(asked.Definition))) is { } same
                ? (same, null, null)
                : (null, asked.Version, null);
        }

        if (asked.Commit is null || existing.Commit != asked.Commit)
        {
            return (null, null, Refusal.Conflict("alreadyExists", $"{asked.Service}@{asked.Version} is there already, with another artifact; a release never changes.", "Give the release another version."));
        }

        if (ofCommit.Find(r => r.ArtifactDigest == asked.ArtifactDigest) is { } before)
        {
            return (before, null, null);
        }

        for (var n = 2; ; n++)
        {
            if (await FindAsync(asked.Service, $"{asked.Version}-r{n}", cancel) is null)
            {
                return (null, $"{asked.Version}-r{n}", null);
            }
        }
    }

    private async Task<Outcome<DefinitionText>> DefineAsync(NewRelease asked, CancellationToken cancel)
    {
        var latest = asked.Definition is null && asked.DefinitionInside is null ? await NewestAsync(asked.Service, cancel) : null;
        var text = asked.Definition ?? asked.DefinitionInside ?? latest?.Definition;
        var file = asked.Definition is not null ? asked.DefinitionFile ?? DefaultFile : latest?.DefinitionFile ?? DefaultFile;
        if (text is null)
        {
            return Refusal.Invalid(
                "definitionMissing", "There is no definition: none was given, the artifact holds no slipway.yaml, and the service has no release yet.",
                "Give one with `--definition slipway.yaml`; `slipway docs slipway` prints an annotated one to begin with.");
        }

        var problems = readDefinition(text, file, out var definition);
        if (definition is not null && definition.Service != asked.Service)
        {
            problems = [new Problem(file, 1, 1, $"It is the definition of '{definition.Service}', not of '{asked.Service}'.", $"say `service: {asked.Service}`")];
        }

        return definition is null || problems.Count > 0
            ? Refusal.Invalid("invalidDefinition", $"{file} has {problems.Count} problem{(problems.Count == 1 ? "" : "s")}.", "Mend the file; `slipway validate` checks it, with --server against this platform.") with { Problems = problems }
            : new DefinitionText(text, file, definition.Owner, definition.Tier);
    }

    private Release Make(Actor by, NewRelease asked, string version, DefinitionText definition) => new()
    {
        Service = asked.Service, Version = version, Commit = asked.Commit, ArtifactDigest = asked.ArtifactDigest, ArtifactBytes = asked.ArtifactBytes,
        Definition = definition.Text, DefinitionFile = definition.File, DefinitionHash = HashOf(definition.Text), Notes = asked.Notes, CreatedAt = store.Now, CreatedBy = by,
    };

    private Task<OnceResult> WriteAsync(Actor by, Release release, DefinitionText definition, Document serviceDocument, RequestKey? key, CancellationToken cancel)
    {
        var service = serviceDocument.As(ReleaseJson.Default.ServiceRecord);
        var changed = service with { LatestVersion = release.Version, Releases = service.Releases + 1, Owner = definition.Owner ?? service.Owner, Tier = definition.Tier ?? service.Tier };
        return store.AppendOnceAsync(
            new Append
            {
                Documents =
                [
                    new DocumentWrite(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(release.Service, release.Version), DocumentJson.ToNode(release, ReleaseJson.Default.Release), 0),
                    new DocumentWrite(ServiceRecord.Collection, release.Service, DocumentJson.ToNode(changed, ReleaseJson.Default.ServiceRecord), serviceDocument.Revision),
                ],
                Facts =
                [
                    new Fact("release.created", new FactSubject { Service = release.Service, Version = release.Version }, by.Identity, new JsonObject
                    {
                        ["digest"] = release.ArtifactDigest, ["bytes"] = release.ArtifactBytes, ["commit"] = release.Commit, ["definition"] = release.DefinitionHash, ["person"] = by.Person,
                    }),
                ],
            },
            key, release.Version, cancel);
    }

    private async Task<IReadOnlyList<Release>> AllAsync(string service, CancellationToken cancel) =>
        [.. (await store.ListDocumentsAsync(ReleaseDocuments.Collection, service + "/", Most, newestFirst: true, cancel)).Select(d => d.As(ReleaseJson.Default.Release))];

    private static Refusal? Check(NewRelease asked)
    {
        if (!VersionGrammar().IsMatch(asked.Version))
        {
            return Refusal.Invalid("invalidVersion", "A version has 1 to 64 letters, digits, '.', '-', '+' or '_' and begins with a letter or digit.", "Give a version such as 1.4.0.");
        }

        if (asked.Commit is { } commit && !CommitGrammar().IsMatch(commit))
        {
            return Refusal.Invalid("invalidCommit", "A commit is its hash: 7 to 64 lower-case hex digits.", "`git rev-parse HEAD` prints it.");
        }

        return asked.Notes?.Length > LongestNotes ? Refusal.Invalid("notesTooLong", $"Notes have at most {LongestNotes} characters.", "Shorten them.") : null;
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex VersionGrammar();

    [GeneratedRegex("^[0-9a-f]{7,64}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex CommitGrammar();
}
