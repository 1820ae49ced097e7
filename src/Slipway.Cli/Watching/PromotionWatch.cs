using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Follows a promotion and its rollout.</summary>
internal sealed class PromotionWatch(Invocation run, SlipwayClient client, string id, WatchUntil until, TimeSpan? timeout)
{
    /// <summary>The exit status.</summary>
    public Task<int> Follow()
    {
        var screen = WatchScreen.For(run);
        return new Follower(run, client, new LedgerFilter(Promotion: id), timeout, $"slipway rollout watch {id}").Follow(async cancel =>
        {
            var snapshot = await Read(cancel);
            var end = WatchEnd.Of(snapshot, until, run.Now);
            screen.Show(snapshot, end);
            return end?.ExitCode;
        }, screen.Unreachable);
    }

    private async Task<WatchSnapshot> Read(CancellationToken cancel)
    {
        var promotion = await client.Promotion(id, cancel);
        return new(promotion, promotion.Rollout is { } rollout ? await client.Rollout(rollout, cancel) : null);
    }
}
