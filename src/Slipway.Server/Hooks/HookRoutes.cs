using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Slipway.Server.Access;

namespace Slipway.Server.Hooks;

/// <summary>Where Git hosts say that somebody has pushed. Who has a service's secret may have its repository looked at, and nothing else.</summary>
internal static class HookRoutes
{
    private const string Why = "A delivery proves itself by the secret of its service's webhook; it causes a look at the repository, and nothing else.";

    public static void Map(IEndpointRouteBuilder root)
    {
        var hooks = root.MapGroup("/hooks").OpenToAnyone(Why).ExcludeFromDescription();
        hooks.MapPost("/github", (HttpContext context, string? service, HookIntake intake) => intake.TakeAsync(context, HookSender.GitHub, service));
        hooks.MapPost("/gitlab", (HttpContext context, string? service, HookIntake intake) => intake.TakeAsync(context, HookSender.GitLab, service));
        hooks.MapPost("/generic/{service}", (HttpContext context, string service, HookIntake intake) => intake.TakeAsync(context, HookSender.Generic, service));
    }
}
