using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Agents;

/// <summary>The routes that agents use.</summary>
internal static class AgentRoutes
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet(AgentProtocol.Path, ConnectAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
        root.MapGet(AgentProtocol.ArtifactPath + "/{digest}", ArtifactAsync).RequirePermission(Permission.ActAsAgent).ExcludeFromDescription();
    }

    private static async Task<IResult> ConnectAsync(HttpContext context, Asking asking, AgentHub hub)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            return new ApiProblem(426, "webSocketOnly", "WebSocket only", "Agents connect here with a WebSocket.", "Start `slipway agent` with this server's URL.");
        }

        // Kept alive by pings: an agent that is cut off without a word is noticed within these.
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        await hub.RunAsync(socket, asking.Caller, context.RequestAborted);
        return TypedResults.Empty;
    }

    /// <summary>An artifact's bytes, for an agent that should run it: agents are trusted with no others.</summary>
    private static async Task<Results<FileStreamHttpResult, ApiProblem>> ArtifactAsync(string digest, Asking asking, IStore store, IArtifactStore artifacts, CancellationToken cancel)
    {
        var wanted = WantedMessages.ArtifactsOf(await store.ReadWantedAsync(asking.Caller.Agent!, cancel));
        return wanted.Contains(digest, StringComparer.Ordinal) && artifacts.Open(digest) is { } bytes
            ? TypedResults.Stream(bytes, "application/octet-stream")
            : ApiProblem.NotFound("There is no such artifact among those that this agent should run.", "Wait for the next wanted state: this one may be outdated.");
    }
}
