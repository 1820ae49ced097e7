using System.CommandLine;
using System.Net;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Watching;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

internal static class Watch
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("rollout");
        var timeout = Durations.Timeout();
        return new CliCommand(context, "watch", "Follow a rollout to its end, its watch period included", "slipway rollout watch ID").Taking(id, timeout)
            .Runs(async run =>
            {
                try
                {
                    return await new PromotionWatch(run, run.Client, run.Get(id), WatchUntil.End, run.Get(timeout)).Follow();
                }
                catch (SlipwayApiException missing) when (missing.Status == HttpStatusCode.NotFound)
                {
                    // A promotion that is not there was not asked for: the same words as those of its neighbours.
                    await RolloutFacts.Read(run, run.Get(id));
                    throw;
                }
            });
    }
}
