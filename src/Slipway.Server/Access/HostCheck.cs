using System.Net;
using Microsoft.AspNetCore.Http;
using Slipway.Server.Api;

namespace Slipway.Server.Access;

/// <summary>
/// Takes requests only under the server's own names. A page elsewhere can have its own name resolve to this machine (DNS rebinding); its requests then carry that
/// name, and end here.
/// </summary>
internal sealed class HostCheck
{
    private readonly HashSet<string> names;

    public HostCheck(ServerOptions options)
    {
        names = new HashSet<string>(["127.0.0.1", "localhost", "[::1]", .. options.HostNames], StringComparer.OrdinalIgnoreCase);
        if (!options.Bind.Equals(IPAddress.Any) && !options.Bind.Equals(IPAddress.IPv6Any))
        {
            names.Add(options.Bind.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{options.Bind}]" : options.Bind.ToString());
        }
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next) => names.Contains(context.Request.Host.Host)
        ? next(context)
        : new ApiProblem(
            StatusCodes.Status421MisdirectedRequest, "unknownHost", "Unknown host", "This server does not answer under that name.",
            "Use 127.0.0.1 or localhost, or start the server with this host name.").ExecuteAsync(context);
}
