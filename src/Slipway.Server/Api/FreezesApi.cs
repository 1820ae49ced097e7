using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Freezes: when change is forbidden in an environment.</summary>
internal static class FreezesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var freezes = api.MapGroup("/freezes").WithTags("freezes");
        freezes.MapGet("", List).RequirePermission(Permission.Read).WithName("listFreezes").WithSummary("Freezes: active, upcoming, over.");
        freezes.MapPost("", Add).RequirePermission(Permission.EditPolicy).WithName("addFreeze").WithSummary("Freezes an environment for a time.");
        freezes.MapDelete("/{id}", Lift).RequirePermission(Permission.Override).WithName("liftFreeze").WithSummary("Lifts a freeze before its time.");
    }

    private static Results<Ok<Page<FreezeView>>, ApiProblem> List(string? environment, string? after, int? limit) => Pending.Problem;

    private static Results<Created<FreezeView>, ApiProblem> Add(AddFreeze body) => Pending.Problem;

    private static Results<NoContent, ApiProblem> Lift(string id, string? why) => Pending.Problem;
}
