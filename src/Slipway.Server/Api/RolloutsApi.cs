using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Rollouts: what they do, what may be done to them, and how they are judged.</summary>
internal static class RolloutsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var rollouts = api.MapGroup("/rollouts").WithTags("rollouts");
        rollouts.MapGet("", List).RequirePermission(Permission.Read).WithName("listRollouts").WithSummary("Rollouts, newest first.");
        rollouts.MapGet("/{id}", Show).RequirePermission(Permission.Read).WithName("showRollout").WithSummary("One rollout: steps, weights, instances, judgement.");
        rollouts.MapPost("/{id}/actions", Act).RequirePermission(Permission.Deploy).WithName("actOnRollout").WithSummary("Pauses, resumes, skips a step, aborts or retries.");
        rollouts.MapGet("/{id}/analysis", Analysis).RequirePermission(Permission.Read).WithName("showAnalysis").WithSummary("The judgement of a rollout over time.");
    }

    private static Results<Ok<Page<RolloutView>>, ApiProblem> List(string? service, string? environment, bool? active, string? after, int? limit) => Pending.Problem;

    private static Results<Ok<RolloutView>, ApiProblem> Show(string id) => Pending.Problem;

    private static Results<Ok<RolloutView>, ApiProblem> Act(string id, ActOnRollout body) => Pending.Problem;

    private static Results<Ok<AnalysisView>, ApiProblem> Analysis(string id) => Pending.Problem;
}
