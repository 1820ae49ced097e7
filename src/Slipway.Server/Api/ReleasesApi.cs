using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Releases;
using Slipway.Engine;
using Slipway.Engine.Lanes;
using Slipway.Engine.Releases;
using Slipway.Engine.Services;
using Slipway.Server.Access;
using Slipway.Server.Releases;

namespace Slipway.Server.Api;

/// <summary>Releases: immutable bundles that are promoted.</summary>
internal static class ReleasesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var releases = api.MapGroup("/services/{service}/releases").WithTags("releases");
        releases.MapGet("", List).RequirePermission(Permission.Read).WithName("listReleases").WithSummary("A service's releases, newest first; without their definitions.");
        releases.MapPost("", Create).RequirePermission(Permission.Deploy).WithName("createRelease")
            .WithSummary("Uploads an artifact and makes a release of it.").WithMetadata(new ReleaseUploadBody());
        releases.MapGet("/{version}", Show).RequirePermission(Permission.Read).WithName("showRelease").WithSummary("One release with its definition.");
        releases.MapGet("/{version}/journey", Journey).RequirePermission(Permission.Read).WithName("showReleaseJourney").WithSummary("A release from its commit to the environments: its run, its artifact, its promotions.");
        releases.MapPost("/{version}/veto", Veto).RequirePermission(Permission.Deploy).WithName("vetoRelease").WithSummary("Says that this release must never go anywhere again.");
    }

    private static async Task<Results<Ok<Page<ReleaseView>>, ApiProblem>> List(
        string service, string? after, int? limit, ServiceCatalog services, ReleaseCatalog releases, LaneQueries lanes, CancellationToken cancel)
    {
        if (await services.FindAsync(service, cancel) is null)
        {
            return Answers.Problem(await services.MissingAsync(service, cancel));
        }

        var runsIn = await lanes.StableInAsync(service, cancel);
        return Answers.Page(await releases.ListAsync(service, cancel), after, limit, r => r.Release.Version, r => View(r.Release, r.Veto, runsIn) with { Definition = null });
    }

    private static async Task<Results<Created<CreateReleaseAnswer>, Ok<CreateReleaseAnswer>, ApiProblem>> Create(
        string service, HttpContext context, Asking asking, ReleaseUpload upload, LaneQueries lanes, CancellationToken cancel) =>
        await upload.ReceiveAsync(service, context.Request, asking, cancel) switch
        {
            Outcome<CreatedRelease>.Done { Value: var made } => Answer(made, await lanes.StableInAsync(service, cancel)),
            Outcome<CreatedRelease>.Refused refused => Answers.Problem(refused.Refusal),
            _ => throw new InvalidOperationException(),
        };

    private static async Task<Results<Ok<ReleaseView>, ApiProblem>> Show(string service, string version, ReleaseCatalog releases, LaneQueries lanes, CancellationToken cancel) =>
        await releases.FindAsync(service, version, cancel) is { } release
            ? TypedResults.Ok(View(release, await releases.FindVetoAsync(service, version, cancel), await lanes.StableInAsync(service, cancel)))
            : Answers.Problem(await releases.MissingAsync(service, version, cancel));

    private static async Task<Results<Ok<ReleaseJourneyView>, ApiProblem>> Journey(
        string service, string version, Asking asking, ReleaseCatalog releases, ReleaseJourneys journeys, LaneQueries lanes, CancellationToken cancel) =>
        await releases.FindAsync(service, version, cancel) is { } release
            ? TypedResults.Ok(await journeys.OfAsync(View(release, await releases.FindVetoAsync(service, version, cancel), await lanes.StableInAsync(service, cancel)), asking.Caller, cancel))
            : Answers.Problem(await releases.MissingAsync(service, version, cancel));

    private static async Task<Results<Ok<ReleaseView>, ApiProblem>> Veto(
        string service, string version, WhyRequest body, Asking asking, ReleaseCatalog releases, LaneQueries lanes, CancellationToken cancel) =>
        await releases.VetoAsync(asking.Actor, service, version, body.Why, asking.Key, cancel) is Outcome<Veto>.Refused refused
            ? Answers.Problem(refused.Refusal)
            : await Show(service, version, releases, lanes, cancel);

    private static Results<Created<CreateReleaseAnswer>, Ok<CreateReleaseAnswer>, ApiProblem> Answer(CreatedRelease made, IReadOnlyDictionary<string, IReadOnlyList<string>> runsIn)
    {
        var answer = new CreateReleaseAnswer { Release = View(made.Release, null, runsIn), Created = made.Created, Promotions = made.Promotions };
        return made.Created
            ? TypedResults.Created($"{ApiRoutes.Prefix}/services/{made.Release.Service}/releases/{Uri.EscapeDataString(made.Release.Version)}", answer)
            : TypedResults.Ok(answer);
    }

    private static ReleaseView View(Release release, Veto? veto, IReadOnlyDictionary<string, IReadOnlyList<string>> runsIn) => new()
    {
        Service = release.Service, Version = release.Version, Commit = release.Commit, ArtifactDigest = release.ArtifactDigest, ArtifactBytes = release.ArtifactBytes,
        CreatedAt = release.CreatedAt, CreatedBy = release.CreatedBy.Identity, Notes = release.Notes, Definition = release.Definition,
        Veto = veto is null ? null : new VetoView(veto.By.Identity, veto.At, veto.Why), RunsIn = runsIn.GetValueOrDefault(release.Version) ?? [],
    };
}

/// <summary>Marks the upload, whose body is read as a stream.</summary>
internal sealed record ReleaseUploadBody;
