using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Lanes: the board, one lane, its holds and its instances.</summary>
internal static class LanesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var lanes = api.MapGroup("").WithTags("lanes");
        lanes.MapGet("/status", Status).RequirePermission(Permission.Read).WithName("showStatus").WithSummary("The board: services by environments.");
        lanes.MapGet("/services/{service}/environments/{environment}", Show).RequirePermission(Permission.Read).WithName("showLane").WithSummary("One service in one environment.");
        lanes.MapGet("/instances", Instances).RequirePermission(Permission.Read).WithName("listInstances").WithSummary("Instances that run or should.");
        lanes.MapGet("/holds", Holds).RequirePermission(Permission.Read).WithName("listHolds").WithSummary("Holds in force.");
        lanes.MapPost("/holds", AddHold).RequirePermission(Permission.Deploy).WithName("addHold").WithSummary("Keeps a release, or every one, from coming into a lane by itself.");
        lanes.MapDelete("/holds/{id}", LiftHold).RequirePermission(Permission.Deploy).WithName("liftHold").WithSummary("Lifts a hold.");
    }

    private static Results<Ok<StatusView>, ApiProblem> Status(string? service) => Pending.Problem;

    private static Results<Ok<LaneView>, ApiProblem> Show(string service, string environment) => Pending.Problem;

    private static Results<Ok<Page<InstanceView>>, ApiProblem> Instances(string? service, string? environment, string? after, int? limit) => Pending.Problem;

    private static Results<Ok<Page<HoldView>>, ApiProblem> Holds(string? service, string? environment, string? after, int? limit) => Pending.Problem;

    private static Results<Created<HoldView>, ApiProblem> AddHold(AddHold body) => Pending.Problem;

    private static Results<NoContent, ApiProblem> LiftHold(string id) => Pending.Problem;
}
