using Microsoft.AspNetCore.Http;

namespace Slipway.Server.Web;

/// <summary>What every answer tells the browser to refuse.</summary>
internal static class SecurityHeaders
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        return next(context);
    }

    /// <summary>The web app: its own files, and inline elements that carry this answer's nonce.</summary>
    public static void UseWebApp(HttpResponse response, string nonce) => response.Headers.ContentSecurityPolicy =
        $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; form-action 'self'";

    /// <summary>A page of text without anything that it would have to load.</summary>
    public static void UseBarePage(HttpResponse response, string? nonce = null) => response.Headers.ContentSecurityPolicy =
        $"default-src 'none'; {(nonce is null ? "" : $"style-src 'nonce-{nonce}'; ")}frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
}
