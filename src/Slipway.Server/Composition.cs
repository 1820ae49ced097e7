using Microsoft.Extensions.DependencyInjection;
using Slipway.Engine.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Gates;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ledger;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Releases;
using Slipway.Engine.Services;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;
using Slipway.Server.Access;
using Slipway.Server.Agents;
using Slipway.Server.Ledger;
using Slipway.Server.Operations;
using Slipway.Server.Releases;
using Slipway.Server.Web;
using Slipway.Storage.Artifacts;

namespace Slipway.Server;

/// <summary>The composition root: every part of the server, one line each.</summary>
internal static class Composition
{
    public static void Add(IServiceCollection services, ServerOptions options, ServerParts parts)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Time);
        services.AddSingleton(parts.Store);
        services.AddSingleton(parts.ReadDefinition);
        services.AddSingleton(new Platform(parts.Platform));
        services.AddSingleton<IArtifactStore>(new ArtifactFiles(Path.Combine(options.DataDirectory, "artifacts")));

        services.AddSingleton<Revocations>();
        services.AddSingleton<Tokens>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<LocalIdentities>();
        services.AddSingleton<TokenFile>();
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<AccessGate>();
        services.AddSingleton<HostCheck>();

        services.AddSingleton<ServiceCatalog>();
        services.AddSingleton<ReleaseCatalog>();
        services.AddSingleton<ReleaseUpload>();
        services.AddSingleton<AutoPromotion>();
        services.AddSingleton<WaitingPromotions>();
        services.AddSingleton<LaneQueries>();
        services.AddSingleton<Freezes>();
        services.AddSingleton<Backups>();
        services.AddSingleton<EventStreams>();

        services.AddSingleton<WantedSignal>();
        services.AddSingleton<AgentRegistry>();
        services.AddSingleton<AgentDrains>();
        services.AddSingleton<TargetObservations>();
        services.AddSingleton<TrafficIntake>();
        services.AddSingleton<AgentHub>();
        services.AddSingleton<AgentRoster>();

        services.AddSingleton<Api.Faults>();
        services.AddSingleton<Metrics>();
        services.AddSingleton<Doctor>();
        services.AddSingleton<WebApp>();
    }
}
