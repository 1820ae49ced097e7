using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Agents, and what can be asked of them.</summary>
internal static class AgentsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("agents");
        agents.MapGet("", List).RequirePermission(Permission.Read).WithName("listAgents").WithSummary("Agents that are enrolled.");
        agents.MapPost("", Enrol).RequirePermission(Permission.ManageAgents).WithName("enrolAgent").WithSummary("Makes the token that one agent connects with.");
        agents.MapDelete("/{name}", Remove).RequirePermission(Permission.ManageAgents).WithName("removeAgent").WithSummary("Revokes an agent's tokens and cuts its connection.");
        agents.MapPost("/{name}/drain", Drain).RequirePermission(Permission.ManageAgents).WithName("drainAgent").WithSummary("Places nothing new on an agent.");
        api.MapGet("/instances/{id}/logs", Logs).RequirePermission(Permission.Read).WithTags("agents").WithName("showInstanceLogs")
            .WithSummary("The end of an instance's output.").WithMetadata(new PlainTextBody());
    }

    private static Results<Ok<Page<AgentView>>, ApiProblem> List(string? after, int? limit) => Pending.Problem;

    private static Results<Created<CreatedToken>, ApiProblem> Enrol(EnrolAgent body) => Pending.Problem;

    private static Results<NoContent, ApiProblem> Remove(string name) => Pending.Problem;

    private static Results<Ok<AgentView>, ApiProblem> Drain(string name) => Pending.Problem;

    private static ApiProblem Logs(string id, int? tail) => Pending.Problem;
}

/// <summary>Marks an endpoint that answers with plain text, for the API's description.</summary>
internal sealed record PlainTextBody;
