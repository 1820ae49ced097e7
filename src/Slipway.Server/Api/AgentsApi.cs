using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Client.Agents;
using Slipway.Engine;
using Slipway.Server.Agents;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Agents, and what can be asked of them.</summary>
internal static class AgentsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("agents");
        agents.MapGet("", List).RequirePermission(Permission.Read).WithName("listAgents").WithSummary("Agents that are enrolled.");
        agents.MapPost("", Enrol).RequirePermission(Permission.ManageAgents).WithName("enrolAgent").WithSummary("Makes the token that one agent connects with; of an agent that is away it replaces the one before.");
        agents.MapDelete("/{name}", Remove).RequirePermission(Permission.ManageAgents).WithName("removeAgent").WithSummary("Revokes an agent's tokens, cuts its connection and wants nothing of it any more.");
        agents.MapPost("/{name}/drain", Drain).RequirePermission(Permission.ManageAgents).WithName("drainAgent").WithSummary("Places nothing new on an agent, and moves what it has to others.");
        agents.MapDelete("/{name}/drain", Undrain).RequirePermission(Permission.ManageAgents).WithName("undrainAgent").WithSummary("Lets a drained agent take instances again.");
        api.MapGet("/instances/{id}/logs", Logs).RequirePermission(Permission.Read).WithTags("agents").WithName("showInstanceLogs")
            .WithSummary("The end of an instance's output. Ids are those of an agent: `agent` says whose instance is meant; without it an id that several agents have is refused.")
            .WithMetadata(new PlainTextBody());
    }

    private static async Task<Results<Ok<Page<AgentView>>, ApiProblem>> List(string? after, int? limit, AgentRoster roster, CancellationToken cancel) =>
        Answers.Page(await roster.ListAsync(cancel), after, limit, a => a.Name, a => a);

    private static async Task<Results<Created<CreatedToken>, ApiProblem>> Enrol(EnrolAgent body, Asking asking, AgentRoster roster, CancellationToken cancel) =>
        Durations.TryRead(body.Expires, out var life)
            ? TokensApi.Answer(await roster.EnrolAsync(asking, body.Name, life, cancel))
            : Durations.Problem("expires");

    private static async Task<Results<NoContent, ApiProblem>> Remove(string name, Asking asking, AgentRoster roster, CancellationToken cancel) =>
        await roster.RemoveAsync(asking, name, cancel) is { } problem ? Answers.Problem(problem) : TypedResults.NoContent();

    private static async Task<Results<Ok<AgentView>, ApiProblem>> Drain(string name, Asking asking, AgentRoster roster, CancellationToken cancel) =>
        Answer(await roster.SetDrainedAsync(asking, name, drained: true, cancel));

    private static async Task<Results<Ok<AgentView>, ApiProblem>> Undrain(string name, Asking asking, AgentRoster roster, CancellationToken cancel) =>
        Answer(await roster.SetDrainedAsync(asking, name, drained: false, cancel));

    private static Results<Ok<AgentView>, ApiProblem> Answer(Outcome<AgentView> outcome) => Answers.Of(outcome, agent => agent);

    private static async Task<Results<ContentHttpResult, ApiProblem>> Logs(string id, string? agent, int? tail, AgentHub hub, CancellationToken cancel) =>
        tail is < 1 or > AgentProtocol.MaxFrameBytes / 2
            ? ApiProblem.Invalid($"`tail` is from 1 to {AgentProtocol.MaxFrameBytes / 2} bytes.", "Ask for less.", "invalidTail")
            : await hub.LogsAsync(agent, id, tail ?? 64 * 1024, cancel) switch
            {
                Outcome<string>.Done { Value: var text } => TypedResults.Text(text, "text/plain; charset=utf-8"),
                Outcome<string>.Refused refused => Answers.Problem(refused.Refusal),
                _ => throw new InvalidOperationException(),
            };
}

/// <summary>Marks an endpoint that answers with plain text, for the API's description.</summary>
internal sealed record PlainTextBody;
