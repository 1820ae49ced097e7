using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Slipway.Server.Api;

/// <summary>Every capability's routes, one line each.</summary>
internal static class ApiRoutes
{
    public const string Prefix = "/api/v1";

    public static void Map(IEndpointRouteBuilder root)
    {
        var api = root.MapGroup(Prefix);
        ServicesApi.Map(api);
        ReleasesApi.Map(api);
        PromotionsApi.Map(api);
        RolloutsApi.Map(api);
        RunsApi.Map(api);
        TemplatesApi.Map(api);
        DefinitionsApi.Map(api);
        TestsApi.Map(api);
        ArtifactsApi.Map(api);
        CredentialsApi.Map(api);
        LanesApi.Map(api);
        MetricsApi.Map(api);
        FreezesApi.Map(api);
        LedgerApi.Map(api);
        TokensApi.Map(api);
        AgentsApi.Map(api);
        OperationsApi.Map(api);
        JudgeApi.Map(api);
    }
}
