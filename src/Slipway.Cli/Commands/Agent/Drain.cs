using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;
using Slipway.Server;

namespace Slipway.Cli.Commands.Agent;

internal static class Drain
{
    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The agent's name" };
        return new CliCommand(context, "drain", "Place nothing new on an agent, and move what it has to others; undrain undoes it", "slipway agent drain rack-2").Taking(name).Runs(async run =>
        {
            var agent = await run.Client.DrainAgent(run.Get(name), run.Cancel);
            run.Answer(agent, ApiClientJson.Default.AgentView, () =>
            {
                run.Out.WriteLine($"Nothing new is placed on {agent.Name}; {Texts.InstancesThere(agent.Instances)}. Undo it: slipway agent undrain {agent.Name}");
                if (agent is { Connected: true, Name: var known } && known == DataDirectory.LocalAgent)
                {
                    run.Out.WriteLine($"It is the agent that `slipway up` runs beside its server, and stays drained when `up` is started again.");
                }

                foreach (var warning in agent.Warnings ?? [])
                {
                    run.Shell.Error.WriteLine($"{run.Shell.ErrorInk.Paint("!", Tone.Warn)} {warning}");
                }
            });
        });
    }
}
