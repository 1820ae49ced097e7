using Microsoft.Extensions.DependencyInjection;
using Slipway.Core.Definitions;
using Slipway.Core.Releases;
using Slipway.Engine;
using Slipway.Engine.Access;
using Slipway.Engine.Analysis;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Environments;
using Slipway.Engine.Gates;
using Slipway.Engine.Lanes;
using Slipway.Engine.Ledger;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Releases;
using Slipway.Engine.Reports;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Secrets;
using Slipway.Engine.Services;
using Slipway.Engine.Targets;
using Slipway.Engine.Traffic;
using Slipway.Integrations.Git;
using Slipway.Server.Access;
using Slipway.Server.Agents;
using Slipway.Server.Artifacts;
using Slipway.Server.Environments;
using Slipway.Server.Lanes;
using Slipway.Server.Ledger;
using Slipway.Server.Operations;
using Slipway.Server.Pipelines;
using Slipway.Server.Releases;
using Slipway.Server.Rollouts;
using Slipway.Server.Secrets;
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
        services.AddSingleton(parts);
        services.AddSingleton(parts.Platform);
        services.AddSingleton<ReadDefinition>((string text, string file, out ServiceDefinition? definition) =>
        {
            var result = ServiceDefinitionReader.Read(text, file, parts.Platform.Current);
            definition = result.Definition;
            return result.Problems;
        });
        services.AddSingleton<TemplateShelf>();
        services.AddSingleton<ReadCommitDefinition>(all => (text, file) => ServiceDefinitionReader.Read(text, file, parts.Platform.Current, all.GetRequiredService<TemplateShelf>().Current));
        services.AddSingleton<KeptPlatform>();
        services.AddSingleton<PlatformFolder>();
        services.AddHostedService(all => all.GetRequiredService<PlatformFolder>());
        services.AddSingleton<KeptTemplates>();
        services.AddSingleton<TemplateFolder>();
        services.AddHostedService(all => all.GetRequiredService<TemplateFolder>());
        services.AddSingleton<TemplateDesk>();
        services.AddSingleton<IArtifactStore>(new ArtifactFiles(DataDirectory.ArtifactsIn(options.DataDirectory), () => parts.Store.Now));
        services.AddSingleton<IRunLogStore, RunLogFiles>();
        services.AddSingleton<ArtifactUse>();
        services.AddSingleton<RunTraces>();
        services.AddSingleton<KeepingReader>();
        services.AddSingleton<ArtifactDesk>();
        services.AddSingleton<Collector>();
        services.AddHostedService<CollectionWork>();
        services.AddSingleton<ISecretKey>(new SecretKeyFile(options.DataDirectory));
        services.AddSingleton<SecretBox>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<ISourceAccess>(all => all.GetRequiredService<Credentials>());
        services.AddSingleton<CredentialDesk>();
        services.AddSingleton<IHostKeys, SshHostKeys>();

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
        services.AddSingleton<PromotionStarter>();
        services.AddSingleton<PromotionDesk>();
        services.AddSingleton<RolloutDesk>();
        services.AddSingleton<LaneStates>();
        services.AddSingleton<LaneQueries>();
        services.AddSingleton<HoldDesk>();
        services.AddSingleton<ReleaseVetoes>();
        services.AddSingleton<LedgerVerifier>();
        services.AddSingleton<Freezes>();
        services.AddSingleton<KnownNames>();
        services.AddSingleton<Backups>();
        services.AddSingleton<EventStreams>();

        services.AddSingleton<WantedSignal>();
        services.AddSingleton<AgentRegistry>();
        services.AddSingleton<AgentDrains>();
        services.AddSingleton<TargetObservations>();
        services.AddSingleton<TrafficIntake>();
        services.AddSingleton<AgentHub>();
        services.AddSingleton<TargetPlacement>();
        services.AddSingleton<GateKeeper>();
        services.AddSingleton<JudgeDesk>();
        services.AddSingleton(Loop.VerificationClient());
        services.AddSingleton<Verifier>();
        services.AddSingleton(parts.Jobs);
        services.AddSingleton(parts.Tests);
        services.AddSingleton<Quarantine>();
        services.AddSingleton<TestDesk>();
        services.AddSingleton(all => new GitMirrors(DataDirectory.SourcesIn(options.DataDirectory), options.Time, all.GetRequiredService<ISourceAccess>()));
        services.AddSingleton<ISourceProvider>(all => all.GetRequiredService<GitMirrors>());
        services.AddSingleton<GitServing>();
        services.AddSingleton<IArtifactPacker, OutputsPacker>();
        services.AddSingleton<CommitReader>();
        services.AddSingleton<RunReleases>();
        services.AddSingleton<JobDispatcher>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<ICacheFiles>(new CacheFiles(DataDirectory.CachesIn(options.DataDirectory)));
        services.AddSingleton(new CacheBounds(options.MaxCacheBytes, options.MaxCacheBytesOfOne, options.SpareBytes));
        services.AddSingleton<CacheShelf>();
        services.AddSingleton<JobLogs>();
        services.AddSingleton<JobLogStreams>();
        services.AddSingleton<SourceDesk>();
        services.AddSingleton<RunDesk>();
        services.AddSingleton<SourceWatch>();
        services.AddSingleton<PipelineEffects>();
        services.AddSingleton<RunPipelineEffect>(all => all.GetRequiredService<PipelineEffects>().RunAsync);
        services.AddHostedService<PipelineWork>();
        services.AddSingleton<RunViews>();
        services.AddSingleton<EffectRunner>();
        services.AddSingleton(Loop.Machines(parts.Store));
        services.AddSingleton(new LoopOptions());
        services.AddSingleton<DeliveryLoop>();
        services.AddHostedService<Loop>();
        services.AddSingleton<AgentRoster>();
        services.AddSingleton<InstanceViews>();
        services.AddSingleton<StatusRows>();
        services.AddSingleton<StatusViews>();
        services.AddSingleton<AnalysisViews>();

        services.AddSingleton<Api.Faults>();
        services.AddSingleton<Metrics>();
        services.AddSingleton<Doctor>();
        services.AddSingleton<WebApp>();
    }
}
