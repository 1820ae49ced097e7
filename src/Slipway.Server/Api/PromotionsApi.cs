using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Promotions;
using Slipway.Engine;
using Slipway.Engine.Promotions;
using Slipway.Server.Access;
using Slipway.Server.Promotions;

namespace Slipway.Server.Api;

/// <summary>Promotions, their approvals, and rollbacks.</summary>
internal static class PromotionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var promotions = api.MapGroup("/promotions").WithTags("promotions");
        promotions.MapPost("", Start).RequirePermission(Permission.Deploy).WithName("startPromotion")
            .WithSummary("Asks for a release's passage into an environment.");
        promotions.MapGet("", List).RequirePermission(Permission.Read).ByKnownNames().WithName("listPromotions").WithSummary("Promotions, newest first.");
        promotions.MapGet("/{id}", Show).RequirePermission(Permission.Read).WithName("showPromotion").WithSummary("One promotion.");
        promotions.MapPost("/{id}/approvals", Decide).RequirePermission(Permission.Approve).WithName("decideApproval")
            .WithSummary("Approves or rejects a promotion that waits for an approval.");
        promotions.MapPost("/{id}/cancel", Cancel).RequirePermission(Permission.Deploy).WithName("cancelPromotion")
            .WithSummary("Cancels a promotion that waits at its gates.");
        api.MapPost("/rollbacks", RollBack).RequirePermission(Permission.Deploy).WithTags("promotions").WithName("startRollback")
            .WithSummary("Puts an earlier release back and holds the one that runs.");
    }

    private static async Task<Results<Created<PromotionView>, ApiProblem>> Start(
        StartPromotion body, Asking asking, PromotionStarter starter, PromotionDesk desk, CancellationToken cancel) =>
        await CreatedAsync(await starter.StartAsync(new PromotionAsk(body.Service, body.Environment, body.Version, asking.Actor, body.Why), asking.Key, cancel), asking, desk, cancel);

    private static async Task<Results<Ok<Page<PromotionView>>, ApiProblem>> List(
        string? service, string? environment, PromotionStateView? state, bool? active, string? after, int? limit, Asking asking, PromotionDesk desk, CancellationToken cancel)
    {
        var all = (await desk.ListAsync(service, active ?? false, cancel))
            .Where(p => (environment is null || p.State.Lane.Environment == environment) && (state is null || PromotionViews.StateOf(p.State.Phase) == state))
            .ToList();
        return Answers.Page(all, after, limit, p => p.Id, p => PromotionViews.Of(p.Id, p.State, asking.Caller));
    }

    private static async Task<Results<Ok<PromotionView>, ApiProblem>> Show(string id, Asking asking, PromotionDesk desk, CancellationToken cancel) =>
        await desk.FindAsync(id, cancel) is { } promotion ? TypedResults.Ok(PromotionViews.Of(id, promotion, asking.Caller)) : Answers.Problem(await desk.MissingAsync(id, cancel));

    private static async Task<Results<Ok<PromotionView>, ApiProblem>> Decide(string id, DecideApproval body, Asking asking, PromotionDesk desk, CancellationToken cancel) =>
        Shown(id, asking, await desk.DecideAsync(id, asking.Actor, body.Decision == ApprovalDecision.Approve, body.Why, body.InputsHash, asking.Key, cancel));

    private static async Task<Results<Ok<PromotionView>, ApiProblem>> Cancel(string id, WhyRequest? body, Asking asking, PromotionDesk desk, CancellationToken cancel) =>
        Shown(id, asking, await desk.CancelAsync(id, asking.Actor, body?.Why, asking.Key, cancel));

    private static async Task<Results<Created<PromotionView>, ApiProblem>> RollBack(
        StartRollback body, Asking asking, PromotionStarter starter, PromotionDesk desk, CancellationToken cancel) =>
        body.Config is not (null or "current")
            ? ApiProblem.Invalid($"`config` is `current` or left out, not `{body.Config}`.", "Leave it out to go back with the configuration that the version had.", "invalidConfig")
            : await CreatedAsync(
                await starter.RollBackAsync(new RollbackAsk(body.Service, body.Environment, body.To, body.Config == "current", asking.Actor, body.Why), asking.Key, cancel), asking, desk, cancel);

    /// <summary>The process may not have folded its first event yet; it is durable, and a moment later it is there.</summary>
    private static async Task<Results<Created<PromotionView>, ApiProblem>> CreatedAsync(Outcome<string> started, Asking asking, PromotionDesk desk, CancellationToken cancel)
    {
        if (started is not Outcome<string>.Done { Value: var id })
        {
            return Answers.Problem(((Outcome<string>.Refused)started).Refusal);
        }

        return await desk.AwaitAsync(id, cancel) is { } promotion
            ? TypedResults.Created($"{ApiRoutes.Prefix}/promotions/{id}", PromotionViews.Of(id, promotion, asking.Caller))
            : new ApiProblem(StatusCodes.Status503ServiceUnavailable, "notFoldedYet", "Accepted, not shown yet", $"The promotion {id} is accepted and durable, but the delivery loop has not taken it up yet.", $"slipway promotion show {id}");
    }

    private static Results<Ok<PromotionView>, ApiProblem> Shown(string id, Asking asking, Outcome<PromotionState> outcome) =>
        Answers.Of(outcome, promotion => PromotionViews.Of(id, promotion, asking.Caller));
}
