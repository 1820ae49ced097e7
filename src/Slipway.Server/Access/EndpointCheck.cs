using Microsoft.AspNetCore.Routing;

namespace Slipway.Server.Access;

/// <summary>Refuses to start with an endpoint that says neither which permission it needs nor why it needs none.</summary>
internal static class EndpointCheck
{
    /// <exception cref="InvalidOperationException">Names the endpoints that say nothing, or contradict themselves.</exception>
    public static void Run(IEnumerable<EndpointDataSource> sources)
    {
        var silent = sources.SelectMany(s => s.Endpoints).Where(e => e.Metadata.GetOrderedMetadata<EndpointAccess>().Count != 1).Select(e => e.DisplayName).ToList();
        if (silent.Count > 0)
        {
            throw new InvalidOperationException(
                $"Every endpoint names exactly one of RequirePermission(...) and OpenToAnyone(reason). These do not: {string.Join("; ", silent)}.");
        }
    }
}
