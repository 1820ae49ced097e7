using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine;
using Slipway.Engine.Environments;
using Slipway.Engine.Lanes;
using Slipway.Engine.Services;
using Slipway.Server.Access;
using Slipway.Server.Lanes;

namespace Slipway.Server.Api;

/// <summary>Lanes: the board, one lane, its holds and its instances.</summary>
internal static class LanesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var lanes = api.MapGroup("").WithTags("lanes");
        lanes.MapGet("/status", Status).RequirePermission(Permission.Read).WithName("showStatus").WithSummary("The board: services by environments.");
        lanes.MapGet("/services/{service}/environments/{environment}", Show).RequirePermission(Permission.Read).WithName("showLane").WithSummary("One service in one environment.");
        lanes.MapGet("/instances", Instances).RequirePermission(Permission.Read).ByKnownNames().WithName("listInstances").WithSummary("Instances that run or should.");
        lanes.MapGet("/holds", Holds).RequirePermission(Permission.Read).ByKnownNames().WithName("listHolds").WithSummary("Holds in force.");
        lanes.MapPost("/holds", AddHold).RequirePermission(Permission.Deploy).WithName("addHold").WithSummary("Keeps a release, or every one, out of a lane until the hold is lifted; rollbacks go past it.");
        lanes.MapDelete("/holds/{id}", LiftHold).RequirePermission(Permission.Deploy).WithName("liftHold").WithSummary("Lifts a hold.");
    }

    private static async Task<Results<StatusAnswer, ApiProblem>> Status(string? service, StatusViews views, ServiceCatalog services, CancellationToken cancel) =>
        service is not null && await services.FindAsync(service, cancel) is null
            ? Answers.Problem(await services.MissingAsync(service, cancel))
            : await views.StatusAsync(service, cancel);

    private static async Task<Results<Ok<LaneView>, ApiProblem>> Show(
        string service, string environment, StatusViews views, Platform platform, ServiceCatalog services, CancellationToken cancel) =>
        await views.FindAsync(new LaneId(service, environment), cancel) is { } lane
            ? TypedResults.Ok(lane)
            : Answers.Problem(platform.Current.Find(environment) is null ? Missing.Environment(platform, environment) : await services.MissingAsync(service, cancel));

    private static async Task<Results<Ok<Page<InstanceView>>, ApiProblem>> Instances(
        string? service, string? environment, string? after, int? limit, StatusViews views, CancellationToken cancel) =>
        Answers.Page(await views.InstancesAsync(service, environment, cancel), after, limit, i => $"{i.Agent}/{i.Id}", i => i);

    private static async Task<Results<Ok<Page<HoldView>>, ApiProblem>> Holds(
        string? service, string? environment, string? after, int? limit, HoldDesk holds, CancellationToken cancel) =>
        Answers.Page(await holds.ListAsync(service, environment, cancel), after, limit, h => h.Hold.Id, h => StatusViews.HoldOf(h.Lane, h.Hold));

    private static async Task<Results<Created<HoldView>, ApiProblem>> AddHold(AddHold body, Asking asking, HoldDesk holds, CancellationToken cancel) =>
        Answers.Made(
            await holds.PlaceAsync(asking.Actor, new LaneId(body.Service, body.Environment), body.Version, body.Why, asking.Key, cancel),
            placed => $"/holds/{placed.Hold.Id}", placed => StatusViews.HoldOf(placed.Lane, placed.Hold));

    private static async Task<Results<NoContent, ApiProblem>> LiftHold(string id, Asking asking, HoldDesk holds, CancellationToken cancel) =>
        await holds.LiftAsync(asking.Actor, id, asking.Key, cancel) is Outcome<string>.Refused refused ? Answers.Problem(refused.Refusal) : TypedResults.NoContent();
}
