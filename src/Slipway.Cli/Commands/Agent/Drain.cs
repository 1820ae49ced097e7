using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Agent;

internal static class Drain
{
    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("ID") { Description = "The agent's name" };
        return new CliCommand(context, "drain", "Place nothing new on an agent", "slipway agent drain rack-2").Taking(name).Runs(async run =>
        {
            var agent = await run.Client.DrainAgent(run.Get(name), run.Cancel);
            run.Answer(agent, ApiClientJson.Default.AgentView, () => run.Out.WriteLine($"Nothing new is placed on {agent.Name}; {agent.Instances} instances are there now."));
        });
    }
}
