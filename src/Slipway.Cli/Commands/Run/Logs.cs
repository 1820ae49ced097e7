using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Run;

internal static class Logs
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var job = new Argument<string?>("JOB") { Description = "The job; needed where the run has several", Arity = ArgumentArity.ZeroOrOne };
        return new CliCommand(context, "logs", "Print what a job's steps wrote", "slipway run logs storefront-run-7 build").Taking(id, job).Runs(async run =>
        {
            var view = await run.Client.Run(run.Get(id), run.Cancel);
            var name = run.Get(job) ?? (view.Jobs is [var only] ? only.Name : throw CliException.Usage($"{view.Id} has several jobs.", $"slipway run logs {view.Id} {view.Jobs[0].Name}"));
            await using var log = await run.Client.JobLog(view.Id, name, cancel: run.Cancel);
            using var lines = new StreamReader(log);
            while (await lines.ReadLineAsync(run.Cancel) is { } line)
            {
                // Milliseconds, step, text.
                run.Out.WriteLine(line.Split(' ', 3) is [_, _, var text] ? text : line);
            }
        });
    }
}
