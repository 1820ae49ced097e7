using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Who is asking, tokens, and signing a browser in and out.</summary>
internal static class TokensApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var access = api.MapGroup("").WithTags("access");
        access.MapGet("/whoami", Who).RequirePermission(Permission.Read).WithName("whoami").WithSummary("Who is asking, as the server sees it.");
        access.MapGet("/tokens", List).RequirePermission(Permission.ManageOwnTokens).WithName("listTokens").WithSummary("One's own tokens; all of them for who manages tokens.");
        access.MapPost("/tokens", Create).RequirePermission(Permission.ManageOwnTokens).WithName("createToken").WithSummary("Makes a token, never stronger or longer-lived than the asking one.");
        access.MapDelete("/tokens/{id}", Revoke).RequirePermission(Permission.ManageOwnTokens).WithName("revokeToken").WithSummary("Revokes a token and all that came from it.");
        access.MapPost("/sign-in-links", Link).RequirePermission(Permission.ManageOwnTokens).WithName("createSignInLink").WithSummary("A link that signs a browser in, once, within a minute.");
        access.MapPost("/sign-out", SignOut).RequirePermission(Permission.Read).WithName("signOut").WithSummary("Ends the browser's session.");
    }

    private static Results<Ok<WhoAmI>, ApiProblem> Who() => Pending.Problem;

    private static Results<Ok<Page<TokenView>>, ApiProblem> List(string? after, int? limit) => Pending.Problem;

    private static Results<Created<CreatedToken>, ApiProblem> Create(CreateToken body) => Pending.Problem;

    private static Results<NoContent, ApiProblem> Revoke(string id) => Pending.Problem;

    private static Results<Created<SignInLink>, ApiProblem> Link(CreateSignInLink? body) => Pending.Problem;

    private static Results<NoContent, ApiProblem> SignOut() => Pending.Problem;
}
