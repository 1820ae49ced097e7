using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Gates;
using Slipway.Engine.Ports;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Freezes: when change is forbidden in an environment.</summary>
internal static class FreezesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var freezes = api.MapGroup("/freezes").WithTags("freezes");
        freezes.MapGet("", List).RequirePermission(Permission.Read).ByKnownNames().WithName("listFreezes").WithSummary("Freezes: active, upcoming, over.");
        freezes.MapPost("", Add).RequirePermission(Permission.EditPolicy).WithName("addFreeze").WithSummary("Freezes an environment for a time.");
        freezes.MapDelete("/{id}", Lift).RequirePermission(Permission.Override).WithName("liftFreeze").WithSummary("Lifts a freeze before its time.");
    }

    private static async Task<Results<Ok<Page<FreezeView>>, ApiProblem>> List(
        string? environment, string? after, int? limit, Freezes freezes, IStore store, CancellationToken cancel)
    {
        var all = (await freezes.ListAsync(cancel)).Where(f => environment is null || f.Environment == environment).ToList();
        return Answers.Page(all, after, limit, f => f.Id, f => View(f, store.Now));
    }

    private static async Task<Results<Created<FreezeView>, ApiProblem>> Add(AddFreeze body, Asking asking, Freezes freezes, IStore store, CancellationToken cancel) =>
        Answers.Made(
            await freezes.AddAsync(asking.Actor, body.Environment, body.From, body.Until, body.Why, asking.Key, cancel), freeze => $"/freezes/{freeze.Id}", freeze => View(freeze, store.Now));

    private static async Task<Results<NoContent, ApiProblem>> Lift(string id, string? why, Asking asking, Freezes freezes, CancellationToken cancel) =>
        await freezes.LiftAsync(asking.Actor, id, why, asking.Key, cancel) is Outcome<string>.Refused refused ? Answers.Problem(refused.Refusal) : TypedResults.NoContent();

    private static FreezeView View(Freeze freeze, DateTimeOffset now) => new()
    {
        Id = freeze.Id, Environment = freeze.Environment, From = freeze.From, Until = freeze.Until, Why = freeze.Why, By = freeze.By.Identity,
        State = freeze.InForce(now) ? "active" : now < freeze.From ? "upcoming" : "over",
    };
}
