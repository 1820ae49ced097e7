using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Slipway.Core.Access;
using Slipway.Engine.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>The one authoriser: finds out who asks, and lets a request pass to its endpoint only with the permission that the endpoint names.</summary>
internal sealed class AccessGate(Tokens tokens, Sessions sessions, FailedAttempts failed)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Without a route there is nothing to protect: what follows answers 404, 405 or 415, or serves the web app's files.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        var refusal = endpoint.Metadata.GetMetadata<EndpointAccess>() switch
        {
            EndpointAccess.OpenToAnyone => null,
            EndpointAccess.Needs needs => await CheckAsync(context, needs.Permission),
            _ => ApiProblem.NotAllowed("This endpoint says no permission.", "Report it: this is a fault of Slipway."),
        };
        if (refusal is null)
        {
            await next(context);
        }
        else
        {
            await refusal.ExecuteAsync(context);
        }
    }

    private async Task<ApiProblem?> CheckAsync(HttpContext context, Permission permission)
    {
        var (secret, isCookie) = CredentialOf(context.Request);
        if (secret is null)
        {
            return Unknown(context, "No token was sent, so the server does not know who asks.", "notSignedIn");
        }

        if (failed.RetryAfter(context.Connection.RemoteIpAddress, secret) is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
            return new ApiProblem(429, "tooManyAttempts", "Too many attempts", "Too many attempts with unknown tokens came from this address.", $"Wait {Math.Ceiling(wait.TotalSeconds)} s, then use a valid token.");
        }

        var caller = isCookie ? await sessions.VerifyAsync(secret, context.RequestAborted) : await tokens.VerifyAsync(secret, context.RequestAborted);
        if (caller is null)
        {
            failed.Failed(context.Connection.RemoteIpAddress);
            return Unknown(context, isCookie ? "The session is over." : "The token is unknown, expired or revoked.", isCookie ? "sessionOver" : "unknownToken");
        }

        failed.Passed(secret);
        if (isCookie && !IsSafe(context.Request.Method) && !OriginCheck.IsOwn(context.Request))
        {
            return ApiProblem.NotAllowed("A browser's request that changes something must come from Slipway's own page.", "Open Slipway in the browser and try again there.", "foreignOrigin");
        }

        if (!caller.May(permission))
        {
            var word = Words.Of(permission);
            return ApiProblem.NotAllowed(
                $"'{caller.Actor.Identity}' does not have the permission '{word}'.",
                $"It comes with the role{RolesWith(permission)}; ask an admin for a token with it.");
        }

        context.Features.Set(new Asking { Caller = caller });
        return null;
    }

    private static (string? Secret, bool IsCookie) CredentialOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            // A wrong header is not mended by a right cookie: who sends one means it.
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? (header[7..].Trim(), false) : (header, false);
        }

        return (SessionCookie.Read(request), true);
    }

    private static ApiProblem Unknown(HttpContext context, string detail, string code)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new ApiProblem(401, code, "Not signed in", detail, "Give a token with --token or SLIPWAY_TOKEN (over HTTP: `Authorization: Bearer TOKEN`); the admin's is in the file admin-token of the server's data directory, .slipway if none was named. In a browser, sign in with `slipway open`.");
    }

    private static string RolesWith(Permission permission)
    {
        var roles = Enum.GetValues<Role>().Where(r => Roles.PermissionsOf(r).Contains(permission)).Select(r => $"'{Roles.NameOf(r)}'").ToList();
        return (roles.Count > 1 ? "s " : " ") + string.Join(", ", roles);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
