using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Client.Api;
using Slipway.Server;

namespace Slipway.Cli.Commands.Agent;

internal static class Remove
{
    private const string ComesBack = "Stop `slipway up` and start it again to have it back; it takes up what still runs.";

    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The agent's name" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask about the agent that `slipway up` runs" };
        return new CliCommand(
            context, "remove", "Let an agent in no more: its token ends, and what it should run goes to others (drain it first to move that without a gap)", "slipway agent remove rack-2")
            .Taking(name, yes)
            .Runs(async run =>
            {
                var before = (await Pages.Read(after => run.Client.Agents(after, cancel: run.Cancel))).Items.FirstOrDefault(agent => agent.Name == run.Get(name));
                var isOfUp = before is { Connected: true, Name: var known } && known == DataDirectory.LocalAgent;
                if (isOfUp && !run.Get(yes) && !IsMeant(run, before!))
                {
                    run.Say($"{run.Get(name)} stays.");
                    return ExitCodes.Failed;
                }

                await run.Client.RemoveAgent(run.Get(name), run.Cancel);
                run.Done("removed", run.Get(name), $"Removed agent {run.Get(name)}.{WhatIsLeft(before, isOfUp)}");
                return ExitCodes.Done;
            });
    }

    private static bool IsMeant(Invocation run, AgentView agent)
    {
        var what = $"{agent.Name} is the agent that `slipway up` runs beside its server; {Texts.InstancesThere(agent.Instances)}, and without it nothing new starts on that machine.";
        return run.Ask($"{what} Remove it?", otherwise: false) ?? throw CliException.Usage($"{what} It is back when `slipway up` is stopped and started again.", $"To remove it all the same: slipway agent remove {agent.Name} --yes");
    }

    private static string WhatIsLeft(AgentView? before, bool isOfUp) => (before, isOfUp) switch
    {
        ({ Instances: > 0 and var instances }, true) => $" It had {Texts.Instances(instances)}, which Slipway looks after no more. {ComesBack}",
        (_, true) => $" {ComesBack}",
        ({ Instances: > 0 and var instances }, false) => $" It had {Texts.Instances(instances)}, which Slipway looks after no more: stop what still runs on that machine there.",
        _ => "",
    };
}
