using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Engine.Ledger;

namespace Slipway.Server.Api;

/// <summary>Lists that are narrowed by names.</summary>
internal static class KnownNamesFilter
{
    /// <summary>Refuses a list that is asked for by a service, an environment or a promotion that never was, rather than answer that it is empty.</summary>
    public static RouteHandlerBuilder ByKnownNames(this RouteHandlerBuilder list) => list.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        var names = http.RequestServices.GetRequiredService<KnownNames>();
        return await names.CheckAsync(Named("service"), Named("environment"), Named("promotion"), http.RequestAborted) is { } unknown
            ? Answers.Problem(unknown)
            : await next(context);

        string? Named(string parameter) => http.Request.Query.TryGetValue(parameter, out var value) ? value.ToString() : null;
    });
}
