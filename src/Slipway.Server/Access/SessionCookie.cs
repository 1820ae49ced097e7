using Microsoft.AspNetCore.Http;

namespace Slipway.Server.Access;

/// <summary>
/// The cookie that holds a browser's session. Over https it is bound to this host and never sent in the clear (<c>__Host-</c>, Secure); over plain http, which only a
/// loopback address should be, browsers differ in whether they take Secure cookies, so it goes without.
/// </summary>
internal static class SessionCookie
{
    private const string Plain = "slipway", Secured = "__Host-slipway";

    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)];

    public static void Write(HttpContext context, string secret, DateTimeOffset expires) =>
        context.Response.Cookies.Append(NameFor(context.Request), secret, OptionsFor(context.Request, expires));

    public static void Clear(HttpContext context) =>
        context.Response.Cookies.Append(NameFor(context.Request), "", OptionsFor(context.Request, DateTimeOffset.UnixEpoch));

    private static string NameFor(HttpRequest request) => request.IsHttps ? Secured : Plain;

    private static CookieOptions OptionsFor(HttpRequest request, DateTimeOffset expires) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", Secure = request.IsHttps, Expires = expires, IsEssential = true,
    };
}
