using Microsoft.AspNetCore.Http;

namespace Slipway.Server.Access;

/// <summary>Whether a browser's request comes from a page of this server.</summary>
internal static class OriginCheck
{
    public static bool IsOwn(HttpRequest request)
    {
        var origin = request.Headers.Origin;

        // Browsers send Origin with every request that is not a GET; without it nothing is proved, so nothing is allowed.
        return origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
