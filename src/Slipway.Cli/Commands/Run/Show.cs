using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Watching;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var watch = new Option<bool>("--watch") { Description = "Follow it to its end" };
        var timeout = Durations.Timeout();
        return new CliCommand(context, "show", "Show one run: its jobs, their steps, and what they wait for", "slipway run show storefront-run-7", "slipway run show storefront-run-7 --watch")
            .Taking(id, watch, timeout).Runs(async run =>
            {
                if (run.Get(watch) || run.Get(timeout) is not null)
                {
                    return await new RunWatch(run, run.Get(id), run.Get(timeout)).Follow();
                }

                var view = await run.Client.Run(run.Get(id), run.Cancel);
                run.Answer(view, ApiClientJson.Default.RunView, () => RunFacts.Print(run, view));
                return ExitCodes.Done;
            });
    }
}
