using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Watching;

namespace Slipway.Cli.Commands.Rollout;

internal static class Watch
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("rollout");
        var timeout = Durations.Timeout();
        return new CliCommand(context, "watch", "Follow a rollout to its end, its watch period included", "slipway rollout watch ID").Taking(id, timeout)
            .Runs(run => new PromotionWatch(run, run.Client, run.Get(id), WatchUntil.End, run.Get(timeout)).Follow());
    }
}
