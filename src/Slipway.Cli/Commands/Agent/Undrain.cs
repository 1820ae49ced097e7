using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Agent;

internal static class Undrain
{
    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The agent's name" };
        return new CliCommand(context, "undrain", "Let a drained agent take instances again", "slipway agent undrain rack-2").Taking(name).Runs(async run =>
        {
            var agent = await run.Client.UndrainAgent(run.Get(name), run.Cancel);
            run.Answer(agent, ApiClientJson.Default.AgentView, () => run.Out.WriteLine(
                $"{agent.Name} takes instances again{(agent.Connected ? "" : ", once it is connected")}; {Texts.InstancesThere(agent.Instances)}."));
        });
    }
}
