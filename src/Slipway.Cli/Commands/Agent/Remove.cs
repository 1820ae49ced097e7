using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;

namespace Slipway.Cli.Commands.Agent;

internal static class Remove
{
    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The agent's name" };
        return new CliCommand(
            context, "remove", "Let an agent in no more: its token ends, and what it should run goes to others (drain it first to move that without a gap)", "slipway agent remove rack-2")
            .Taking(name)
            .Runs(async run =>
            {
                var before = (await Pages.Read(after => run.Client.Agents(after, cancel: run.Cancel))).Items.FirstOrDefault(agent => agent.Name == run.Get(name));
                await run.Client.RemoveAgent(run.Get(name), run.Cancel);
                var left = before is { Instances: > 0 }
                    ? $" It had {Texts.Instances(before.Instances)}, which Slipway looks after no more: stop what still runs on that machine there."
                    : "";
                run.Done("removed", run.Get(name), $"Removed agent {run.Get(name)}.{left}");
            });
    }
}
