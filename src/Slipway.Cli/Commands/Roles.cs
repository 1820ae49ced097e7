using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Core.Definitions;

namespace Slipway.Cli.Commands;

/// <summary>Options that the roles (<c>up</c>, <c>server</c>, <c>agent</c>, <c>router</c>) share.</summary>
internal static class Roles
{
    public static Option<string> Data(string byDefault) => new("--data") { HelpName = "DIR", Description = "Where everything is kept", DefaultValueFactory = _ => byDefault };

    public static Option<string[]> Tools() => new("--tools") { HelpName = "DIR", Description = "A folder of tools outside /usr and /opt that steps of pipelines may read and run, such as ~/.dotnet; may be given again" };

    public static Option<string[]> Labels()
    {
        var labels = new Option<string[]>("--label") { HelpName = "KEY=VALUE", Description = "What the agent is, for environments, rings and jobs that ask for it; may be given again" };
        labels.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1))
            {
                result.AddError($"--label: '{token.Value}' is no label; it is written key=value.");
            }

            foreach (var twice in result.Tokens.GroupBy(token => token.Value.Split('=')[0]).Where(group => group.Count() > 1))
            {
                result.AddError($"--label: {twice.Key} is given twice; an agent has one value of each label.");
            }
        });
        return labels;
    }

    public static Option<int> Jobs() =>
        Common.Number("--jobs", "N", "How many jobs of pipelines run at a time; 0: none", 0, 256, Math.Max(2, Environment.ProcessorCount), "no number of jobs; it is from 0 to 256");

    public static Option<string?> JobMemory()
    {
        var option = new Option<string?>("--job-memory") { HelpName = "SIZE", Description = "Memory that a job has at most, and has unless it says less, such as 4GiB (default: 80 % of the machine's, all jobs together)" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(Sizes.TryParse(text, out var bytes) && bytes >= 64L << 20))
            {
                result.AddError($"--job-memory: '{text}' is no amount from 64MiB on; write it like 512MiB or 4GiB.");
            }
        });
        return option;
    }

    public static Option<int> JobProcesses() =>
        Common.Number("--job-processes", "N", "Processes that a job has at most at a time, threads counted, and has unless it says fewer", 50, 1_000_000, 4096);

    /// <summary>The folders as they are, absolute and without links.</summary>
    /// <exception cref="CliException">One is not there.</exception>
    public static IReadOnlyList<string> ToolFolders(Invocation run, Option<string[]> tools) => [.. (run.Get(tools) ?? []).Select(given =>
    {
        var folder = new DirectoryInfo(run.Shell.FullPath(given));
        return folder.Exists ? folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName : throw CliException.Usage($"--tools: there is no folder {given}.");
    })];

    public static Option<int> Port(string name, int byDefault, string description) =>
        Common.Number(name, "PORT", description, 0, 65535, byDefault, "no port; it is a number from 1 to 65535, or 0 for a free one");
}
