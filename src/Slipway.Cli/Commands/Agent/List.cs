using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Agent;

internal static class List
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "list", "List the agents", "slipway agent list").Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.Agents(after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageAgentView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine(run.Address.IsThatOfUp(run.Shell)
                        ? "No agents: the one that `slipway up` runs here was removed. Stop `slipway up` and start it again to have it back. Let another machine in: slipway agent enrol --name NAME"
                        : "No agents. Let one in: slipway agent enrol --name NAME");
                    return;
                }

                var table = run.Table("AGENT", "STATE", "SEEN", ">INSTANCES", ">JOBS", ">ROUTER", ">DISK FREE", "PROGRAM", "LABELS");
                foreach (var agent in page.Items)
                {
                    var state = agent switch
                    {
                        { Connected: false } => new Cell("away", Tone.Bad),
                        { Draining: true } => new Cell("draining", Tone.Warn),
                        _ => new Cell("connected", Tone.Good),
                    };
                    table.Row(
                        new(agent.Name, Tone.Strong), state, agent.LastSeenAt is { } seen ? Words.When(seen, run.Now) : "never", agent.Instances.ToString(), agent is { Connected: true, JobCapacity: > 0 } ? $"up to {agent.JobCapacity}" : "none", agent.RouterPort?.ToString(),
                        agent.DiskFreeBytes is { } free ? Words.Bytes(free) : "", agent.Program, string.Join(", ", agent.Labels.Select(label => $"{label.Key}={label.Value}")));
                }

                table.WriteTo(run.Out);
                foreach (var agent in page.Items.Where(agent => agent is { Connected: true, NoJobsBecause: not null }))
                {
                    run.Out.WriteLine($"{agent.Name} runs no jobs: {agent.NoJobsBecause}");
                }

                foreach (var agent in page.Items.Where(agent => agent is { Connected: true, JobCapacity: > 0, JobLimitsMissing: not null }))
                {
                    run.Out.WriteLine($"On {agent.Name} {agent.JobLimitsMissing}");
                }
            });
        });
}
