using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Engine.Environments;

namespace Slipway.Engine.Promotions;

/// <summary>Begins the promotions that follow by themselves: of a new release into the first environments, of one that is well into those after. Those that wait for that are asked again.</summary>
public sealed class AutoPromotion(Platform platform, PromotionStarter starter, WaitingPromotions waiting)
{
    /// <returns>The ids of the promotions that began.</returns>
    public Task<IReadOnlyList<string>> OnReleaseCreatedAsync(Release release, Actor by, CancellationToken cancel) =>
        StartAllAsync(release.Service, release.Version, e => e.After.Count == 0, cancel);

    /// <summary>A release is well in a lane: what comes after it there, by itself, begins. Harmless to repeat.</summary>
    public async Task OnwardsAsync(LaneId lane, string version, CancellationToken cancel)
    {
        await StartAllAsync(lane.Service, version, e => e.After.Contains(lane.Environment), cancel);
        foreach (var environment in platform.Current.Environments.Where(e => e.After.Contains(lane.Environment)))
        {
            await waiting.TouchAsync(lane.Service, environment.Name, cancel);
        }
    }

    private async Task<IReadOnlyList<string>> StartAllAsync(string service, string version, Func<EnvironmentDefinition, bool> which, CancellationToken cancel)
    {
        var started = new List<string>();
        foreach (var environment in platform.Current.Environments.Where(e => e.Promote == PromoteMode.Auto && which(e)))
        {
            var key = new RequestKey($"auto\n{service}/{environment.Name}/{version}", "auto");
            if (await starter.StartAsync(new PromotionAsk(service, environment.Name, version, Actor.Slipway, null, Automatic: true), key, cancel) is Outcome<string>.Done { Value: var id })
            {
                started.Add(id);
            }
        }

        return started;
    }
}
