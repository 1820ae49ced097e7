using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Promotions, their approvals, and rollbacks.</summary>
internal static class PromotionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var promotions = api.MapGroup("/promotions").WithTags("promotions");
        promotions.MapPost("", Start).RequirePermission(Permission.Deploy).WithName("startPromotion")
            .WithSummary("Asks for a release's passage into an environment.");
        promotions.MapGet("", List).RequirePermission(Permission.Read).WithName("listPromotions").WithSummary("Promotions, newest first.");
        promotions.MapGet("/{id}", Show).RequirePermission(Permission.Read).WithName("showPromotion").WithSummary("One promotion.");
        promotions.MapPost("/{id}/approvals", Decide).RequirePermission(Permission.Approve).WithName("decideApproval")
            .WithSummary("Approves or rejects a promotion that waits for an approval.");
        promotions.MapPost("/{id}/cancel", Cancel).RequirePermission(Permission.Deploy).WithName("cancelPromotion")
            .WithSummary("Cancels a promotion that waits at its gates.");
        api.MapPost("/rollbacks", RollBack).RequirePermission(Permission.Deploy).WithTags("promotions").WithName("startRollback")
            .WithSummary("Puts an earlier release back and holds the one that runs.");
    }

    private static Results<Created<PromotionView>, ApiProblem> Start(StartPromotion body) => Pending.Problem;

    private static Results<Ok<Page<PromotionView>>, ApiProblem> List(
        string? service, string? environment, PromotionStateView? state, bool? active, string? after, int? limit) => Pending.Problem;

    private static Results<Ok<PromotionView>, ApiProblem> Show(string id) => Pending.Problem;

    private static Results<Ok<PromotionView>, ApiProblem> Decide(string id, DecideApproval body) => Pending.Problem;

    private static Results<Ok<PromotionView>, ApiProblem> Cancel(string id, WhyRequest? body) => Pending.Problem;

    private static Results<Created<PromotionView>, ApiProblem> RollBack(StartRollback body) => Pending.Problem;
}
