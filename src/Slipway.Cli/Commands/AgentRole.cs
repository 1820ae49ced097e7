using System.CommandLine;
using System.Net;
using Slipway.Agent;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Hosting;
using Slipway.Core.Definitions;

namespace Slipway.Cli.Commands;

/// <summary><c>slipway agent</c>: the role itself; list, enrol, drain, undrain and remove stand below it.</summary>
internal static class AgentRole
{
    public static Command From(CommandContext context)
    {
        var name = new Option<string>("--name") { HelpName = "N", Description = "The name that its token was made for (default: this machine's)", DefaultValueFactory = _ => Dns.GetHostName() };
        var tokenFile = new Option<string?>("--token-file") { HelpName = "FILE", Description = "Read the token from a file, anew for every connection" };
        var data = Roles.Data(".slipway-agent");
        var labels = Roles.Labels();
        var routerPort = Roles.Port("--router-port", 7380, "Its router's port");
        var noRouter = new Option<bool>("--no-router") { Description = "Run no router" };
        var tools = Roles.Tools();
        var jobs = Roles.Jobs();
        var memory = Roles.JobMemory();
        var processes = Roles.JobProcesses();
        var log = new Option<string?>("--log") { HelpName = "FILE", Description = "Write the log to a file (default: standard error)" };
        return new CliCommand(context, "agent", "Run an agent, or look after agents", "SLIPWAY_TOKEN=... slipway agent --server http://10.0.0.5:7300 --name rack-2 --label zone=a")
            .Taking(name, tokenFile, data, labels, routerPort, noRouter, jobs, memory, processes, tools, log)
            .Taking(Agent.List.From(context), Agent.Enrol.From(context), Agent.Drain.From(context), Agent.Undrain.From(context), Agent.Remove.From(context))
            .Runs(async run =>
            {
                if (run.Get(tokenFile) is { } given && !File.Exists(run.Shell.FullPath(given)))
                {
                    throw CliException.Usage($"--token-file: there is no file {given}.", "Put what `slipway agent enrol --name NAME` printed into it.");
                }

                var address = run.Address;
                using var logging = run.Get(log) is { } file ? FileLog.Create(run.Shell.FullPath(file), run.Shell.Time) : FileLog.ToStandardError();
                var end = await AgentProgram.RunAsync(
                    new AgentOptions
                    {
                        Name = run.Get(name)!,
                        Server = address.Server,
                        // The local admin's token is not an agent's, so only what was given for it counts.
                        Token = run.Get(tokenFile) is null ? run.GivenToken ?? throw CliException.Usage("An agent needs its token.", "Make one with `slipway agent enrol --name NAME`, and give it as SLIPWAY_TOKEN, --token or --token-file.") : null,
                        TokenFile = run.Get(tokenFile) is { } tokens ? run.Shell.FullPath(tokens) : null,
                        DataDirectory = run.Shell.FullPath(run.Get(data)!),
                        Labels = (run.Get(labels) ?? []).Select(label => label.Split('=', 2)).ToDictionary(label => label[0], label => label[1]),
                        RouterPort = run.Get(noRouter) ? null : run.Get(routerPort),
                        JobCapacity = run.Get(jobs),
                        JobMemory = Sizes.TryParse(run.Get(memory), out var bytes) ? bytes : null,
                        JobProcesses = run.Get(processes),
                        ToolFolders = Roles.ToolFolders(run, tools),
                        RouterCommand = [.. OwnProgram.Command, "router"],
                        Time = run.Shell.Time,
                        LoggerFactory = logging,
                    },
                    run.Cancel);
                return end switch
                {
                    AgentEnd.Stopped => ExitCodes.Done,
                    AgentEnd.Refused refused => throw new CliException(ExitCodes.NotAllowed, $"The server at {address.Server.GetLeftPart(UriPartial.Authority)} will not have this agent: {refused.Reason.TrimEnd('.')}.", $"Make a new token on the server's machine or with an admin's token: slipway agent enrol --name {run.Get(name)}"),
                    AgentEnd.CannotStart cannot => throw new CliException(ExitCodes.Failed, cannot.Reason, cannot.NextStep),
                    _ => throw new InvalidOperationException($"An agent cannot end as {end}."),
                };
            });
    }
}
