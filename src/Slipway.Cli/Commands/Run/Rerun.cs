using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Rerun
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var failed = new Option<bool>("--failed") { Description = "Only jobs that did not end well, and what needs them" };
        return new CliCommand(context, "rerun", "Run the jobs of an ended run again, on the same commit", "slipway run rerun storefront-run-7 --failed").Taking(id, failed).Runs(async run =>
        {
            var view = await run.Client.RerunRun(run.Get(id), new RerunRun { FailedOnly = run.Get(failed) }, run.Cancel);
            run.Answer(view, ApiClientJson.Default.RunView, () =>
            {
                run.Out.WriteLine($"{view.Id} runs again: {view.Reason}.");
                run.Out.WriteLine($"Next: slipway run show {view.Id}");
            });
        });
    }
}
