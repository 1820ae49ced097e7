using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Server.Web;

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

    private static Ok<WhoAmI> Who(Asking asking, IStore store) => TypedResults.Ok(new WhoAmI
    {
        Identity = asking.Actor.Identity,
        Roles = [.. asking.Caller.Roles.Select(Roles.NameOf)],
        Permissions = [.. asking.Caller.Permissions.Order().Select(Words.Of)],
        ExpiresAt = asking.Caller.ExpiresAt,
        Installation = store.Installation,
        Program = ProgramVersion.Text,
    });

    private static async Task<Results<Ok<Page<TokenView>>, ApiProblem>> List(string? after, int? limit, Asking asking, Tokens tokens, CancellationToken cancel) =>
        Answers.Page(await tokens.ListAsync(asking.Caller, cancel), after, limit, t => t.Id, View);

    private static async Task<Results<Created<CreatedToken>, ApiProblem>> Create(CreateToken body, Asking asking, Tokens tokens, CancellationToken cancel)
    {
        var role = body.Role is null ? null : Roles.Find(body.Role);
        if (body.Role is not null && role is null)
        {
            return ApiProblem.Invalid("There is no such role.", "Use viewer, deployer, approver or admin.", "unknownRole");
        }

        if (!Durations.TryRead(body.Expires, out var life))
        {
            return Durations.Problem("expires");
        }

        return Answer(await tokens.CreateAsync(asking.Caller, new TokenRequest(body.Name, body.Identity, role, life), asking.Key, cancel));
    }

    private static async Task<Results<NoContent, ApiProblem>> Revoke(string id, Asking asking, Tokens tokens, CancellationToken cancel) =>
        await tokens.RevokeAsync(asking.Caller, id, asking.Key, cancel) is Outcome<int>.Refused refused ? Answers.Problem(refused.Refusal) : TypedResults.NoContent();

    private static async Task<Results<Created<SignInLink>, ApiProblem>> Link(CreateSignInLink? body, Asking asking, Sessions sessions, CancellationToken cancel)
    {
        if (body?.Page is { } page && !(SignIn.IsPage(page) && WebPages.Has(page)))
        {
            return ApiProblem.Invalid("There is no such page.", $"The pages are {string.Join(", ", WebPages.Patterns.Select(InCapitals))}.", "invalidPage");
        }

        var code = await sessions.LinkAsync(asking.Caller, body?.Page, cancel);
        return TypedResults.Created((string?)null, new SignInLink { Path = $"{SignIn.Path}?code={code}" });
    }

    private static async Task<NoContent> SignOut(HttpContext context, Asking asking, Sessions sessions, CancellationToken cancel)
    {
        if (asking.Caller.Session is { } session)
        {
            await sessions.EndAsync(session, cancel);
        }

        SessionCookie.Clear(context);
        return TypedResults.NoContent();
    }

    public static Results<Created<CreatedToken>, ApiProblem> Answer(Outcome<IssuedToken> outcome) =>
        Answers.Made(outcome, issued => $"/tokens/{issued.Token.Id}", issued => new CreatedToken { Token = View(issued.Token), Secret = issued.Secret });

    private static TokenView View(TokenRecord token) => new()
    {
        Id = token.Id, Name = token.Name, Identity = token.Identity, Roles = [.. token.Roles.Select(Roles.NameOf)],
        CreatedAt = token.CreatedAt, CreatedBy = token.CreatedBy, ExpiresAt = token.ExpiresAt, LastUsedAt = token.LastUsedAt,
    };

    /// <summary>As a usage line has it: what stands for something else is in capitals.</summary>
    private static string InCapitals(string pattern) => string.Join('/', pattern.Split('/').Select(part => part.StartsWith(':') ? part[1..].ToUpperInvariant() : part));
}
