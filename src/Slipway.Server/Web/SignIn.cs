using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Engine.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Web;

/// <summary>Where a one-time link leads: it becomes a session, and the browser goes on to the page that was asked for.</summary>
internal static class SignIn
{
    public const string Path = "/sign-in";

    /// <summary>As the web app looks, whose files this page does without.</summary>
    private const string Style = """
        :root { color-scheme: light dark; } body { margin: 0; font: 14px/1.5 system-ui, sans-serif; background: light-dark(#f5f7f7, #0f1519); color: light-dark(#4b5966, #a9b7c1); }
        main { max-width: 62ch; margin: 15vh auto 0; padding: 0 24px; } h1 { font-size: 24px; line-height: 1.25; margin: 0 0 12px; color: light-dark(#16212b, #e3eaee); } p { margin: 0; }
        code { font-family: ui-monospace, monospace; color: light-dark(#16212b, #e3eaee); }
        """;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet(Path, Redeem).OpenToAnyone("Its code, which works once and for a minute, says who asks.").ExcludeFromDescription();

    /// <summary>A path on this server and nothing else: not <c>//host</c>, not <c>/\host</c>.</summary>
    public static bool IsPage(string page) =>
        page.Length is > 0 and <= 500 && page[0] == '/' && (page.Length == 1 || page[1] is not ('/' or '\\')) && page.All(c => c is > ' ' and <= '~' and not '\\');

    private static async Task<ContentHttpResult> Redeem(HttpContext context, string? code, Sessions sessions, FailedAttempts failed, CancellationToken cancel)
    {
        var address = context.Connection.RemoteIpAddress;
        var session = code is { Length: > 20 and < 100 } && failed.RetryAfter(address, code) is null ? await sessions.RedeemAsync(code, cancel) : null;
        context.Response.Headers.CacheControl = "no-store";
        if (session is null)
        {
            failed.Failed(address);
            return Page(context, "This link does not work any more", "Sign-in links work once and for one minute. <code>slipway open</code> makes a new one.", null, StatusCodes.Status410Gone);
        }

        SessionCookie.Write(context, session.Secret, session.ExpiresAt);

        // Not a redirect: after one that began on another site, browsers would withhold the SameSite=Strict cookie. A page of our own begins the next step afresh.
        return Page(context, "Signed in", "One moment …", session.Page is { } page && IsPage(page) ? page : "/", StatusCodes.Status200OK);
    }

    private static ContentHttpResult Page(HttpContext context, string title, string text, string? next, int status)
    {
        var nonce = WebApp.NewNonce();
        SecurityHeaders.UseBarePage(context.Response, nonce);
        var refresh = next is null ? "" : $"<meta http-equiv=\"refresh\" content=\"0;url={HtmlEncoder.Default.Encode(next)}\">";
        return TypedResults.Content(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Slipway</title>{refresh}<style nonce=\"{nonce}\">{Style}</style>"
            + $"<main><h1>{title}</h1><p>{text}</p></main></html>", "text/html; charset=utf-8", null, status);
    }
}
