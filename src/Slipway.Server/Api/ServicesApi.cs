using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Services: what is deployed and owned by a team.</summary>
internal static class ServicesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services").WithTags("services");
        services.MapGet("", List).RequirePermission(Permission.Read).WithName("listServices").WithSummary("Services, by name.");
        services.MapPost("", Add).RequirePermission(Permission.Deploy).WithName("addService").WithSummary("Adds a service.");
        services.MapGet("/{service}", Show).RequirePermission(Permission.Read).WithName("showService").WithSummary("One service.");
        services.MapDelete("/{service}", Remove).RequirePermission(Permission.EditPolicy).WithName("removeService").WithSummary("Removes a service that runs nowhere.");
    }

    private static Results<Ok<Page<ServiceView>>, ApiProblem> List(string? after, int? limit) => Pending.Problem;

    private static Results<Created<ServiceView>, ApiProblem> Add(AddService body) => Pending.Problem;

    private static Results<Ok<ServiceView>, ApiProblem> Show(string service) => Pending.Problem;

    private static Results<NoContent, ApiProblem> Remove(string service) => Pending.Problem;
}
