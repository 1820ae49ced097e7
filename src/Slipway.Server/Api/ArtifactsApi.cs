using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Artifacts: what is stored, where it runs, why it is kept; and what went.</summary>
internal static class ArtifactsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var artifacts = api.MapGroup("/artifacts").WithTags("artifacts");
        artifacts.MapGet("", List).RequirePermission(Permission.Read).ByKnownNames().WithName("listArtifacts").WithSummary("The artifacts of releases, newest first.");
        artifacts.MapGet("/{digest}", Show).RequirePermission(Permission.Read).WithName("showArtifact").WithSummary("One artifact, by its digest or enough of its first digits.");
        artifacts.MapGet("/{digest}/content", Content).RequirePermission(Permission.Read).WithName("downloadArtifact").WithSummary("The packed bytes: a tar or tar.gz. Ranges are served.");
        artifacts.MapPost("/collect", Collect).RequirePermission(Permission.Operate).WithName("collectArtifacts").WithSummary("Removes what retention keeps no longer, or says what would go.");
        api.MapGet("/runs/{id}/artifacts", OfRun).RequirePermission(Permission.Read).WithTags("runs").WithName("listRunArtifacts").WithSummary("What a run left: outputs of its jobs, and the artifact of its release.");
    }

    private static async Task<Results<Ok<Page<ArtifactView>>, ApiProblem>> List(string? service, string? after, int? limit, ArtifactDesk desk, CancellationToken cancel) =>
        Answers.Page(await desk.ListAsync(service, cancel), after, limit, artifact => artifact.Digest, View);

    private static async Task<Results<Ok<ArtifactView>, ApiProblem>> Show(string digest, ArtifactDesk desk, CancellationToken cancel) =>
        Answers.Of(await desk.FindAsync(digest, cancel), View);

    private static async Task<Results<FileStreamHttpResult, ApiProblem>> Content(string digest, ArtifactDesk desk, IArtifactStore files, CancellationToken cancel) => await desk.FindAsync(digest, cancel) switch
    {
        // Opened, it can be read to its end even if it is removed meanwhile.
        Outcome<KnownArtifact>.Done { Value: var artifact } => files.Open(artifact.Digest) is { } bytes
            ? TypedResults.Stream(bytes, "application/octet-stream", NameOf(artifact, bytes), null, new EntityTagHeaderValue($"\"{artifact.Digest}\""), enableRangeProcessing: true)
            : ApiProblem.NotFound(
                artifact.CollectedAt is { } at ? $"{artifact.Digest} was removed on {at:yyyy-MM-dd}, since nothing needed it." : $"{artifact.Digest} is not in the store.",
                "Run its commit again to have it again: slipway run start S --ref COMMIT"),
        Outcome<KnownArtifact>.Refused { Refusal: var refusal } => Answers.Problem(refusal),
        _ => throw new InvalidOperationException(),
    };

    private static async Task<Ok<CollectionView>> Collect(CollectArtifacts body, Asking asking, Collector collector, CancellationToken cancel)
    {
        var result = body.DryRun ? await collector.TryAsync(cancel) : await collector.CollectAsync(asking.Actor, TimeSpan.Zero, cancel);
        return TypedResults.Ok(new CollectionView
        {
            DryRun = body.DryRun, Bytes = result.Gone.Sum(thing => thing.Bytes), Kept = result.Kept, KeptBytes = result.KeptBytes,
            Gone = [.. result.Gone.Select(thing => new CollectedView
            {
                Kind = Enum.Parse<CollectedKindView>(thing.Kind.ToString()), Digest = thing.Digest, Releases = [.. thing.Releases.Select(release => new NamedRelease(release.Service, release.Version))],
                Service = thing.Service, Run = thing.Run, Bytes = thing.Bytes, Why = thing.Why,
            })],
        });
    }

    private static async Task<Results<Ok<RunArtifactsView>, ApiProblem>> OfRun(string id, RunDesk runs, ArtifactDesk desk, CancellationToken cancel) =>
        await runs.FindAsync(id, cancel) is { } run
            ? TypedResults.Ok(new RunArtifactsView
            {
                Run = id, LogsCollectedAt = await desk.LogsCollectedAtAsync(id, cancel),
                Artifacts = [.. (await desk.OfRunAsync(id, run, cancel)).Select(artifact => new RunArtifactView
                {
                    Job = artifact.Job, Attempt = artifact.Attempt, Release = artifact.Release, Digest = artifact.Digest, Bytes = artifact.Bytes, Available = artifact.IsThere,
                    CollectedAt = artifact.CollectedAt,
                })],
            })
            : Answers.Problem(Missing.Run(id));

    private static ArtifactView View(KnownArtifact artifact) => new()
    {
        Digest = artifact.Digest, Bytes = artifact.Bytes, Available = artifact.IsThere, CollectedAt = artifact.CollectedAt,
        Releases = [.. artifact.Releases.Select(release => new NamedRelease(release.Service, release.Version))], Runs = artifact.MadeBy,
        RunsIn = [.. artifact.RunsIn.Select(lane => lane.ToString())], KeptBecause = [.. artifact.Kept.Select(reason => reason.ToString())],
    };

    /// <summary>What a browser calls the file.</summary>
    private static string NameOf(KnownArtifact artifact, Stream bytes)
    {
        Span<byte> start = stackalloc byte[2];
        var zipped = bytes.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start[0] == 0x1f && start[1] == 0x8b;
        bytes.Position = 0;
        var name = artifact.Releases is [var newest, ..] ? $"{newest.Service}-{newest.Version}" : artifact.Digest["sha256:".Length..][..12];
        return name + (zipped ? ".tar.gz" : ".tar");
    }
}
