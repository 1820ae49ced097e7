using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

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
        releases.MapPost("/{version}/veto", Veto).RequirePermission(Permission.Deploy).WithName("vetoRelease").WithSummary("Says that this release must never go anywhere again.");
    }

    private static Results<Ok<Page<ReleaseView>>, ApiProblem> List(string service, string? after, int? limit) => Pending.Problem;

    private static Results<Created<CreateReleaseAnswer>, Ok<CreateReleaseAnswer>, ApiProblem> Create(string service) => Pending.Problem;

    private static Results<Ok<ReleaseView>, ApiProblem> Show(string service, string version) => Pending.Problem;

    private static Results<Ok<ReleaseView>, ApiProblem> Veto(string service, string version, WhyRequest body) => Pending.Problem;
}

/// <summary>Marks the upload, whose body is read as a stream, for the API's description.</summary>
internal sealed record ReleaseUploadBody;
