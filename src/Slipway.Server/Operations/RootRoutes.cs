using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Core.Access;
using Slipway.Engine.Ports;
using Slipway.Server.Access;

namespace Slipway.Server.Operations;

/// <summary>What watches the server itself.</summary>
internal static class RootRoutes
{
    public static void Map(IEndpointRouteBuilder root)
    {
        root.MapGet("/healthz", () => TypedResults.Text("ok\n")).OpenToAnyone("Says only that the process answers.").ExcludeFromDescription();
        root.MapGet("/readyz", ReadyAsync).OpenToAnyone("Says only whether the store answers.").ExcludeFromDescription();
        root.MapGet("/metrics", (Metrics metrics) => TypedResults.Text(metrics.Text(), "text/plain; version=0.0.4; charset=utf-8"))
            .RequirePermission(Permission.Read).ExcludeFromDescription();
    }

    private static async Task<ContentHttpResult> ReadyAsync(IStore store, CancellationToken cancel)
    {
        try
        {
            await store.ReadLedgerAsync(store.LedgerHead, 1, null, cancel);
            return TypedResults.Text("ready\n");
        }
        catch (StoreUnavailableException away)
        {
            return TypedResults.Text($"not ready: {away.Message}\n", "text/plain; charset=utf-8", null, StatusCodes.Status503ServiceUnavailable);
        }
    }
}
