using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;

namespace Slipway.Cli.Commands.Test;

internal static class Lift
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var name = TestFacts.WholeName();
        var why = Common.Why();
        return new CliCommand(context, "lift", "Let a test out of quarantine: its failures count again", "slipway test lift storefront \"Cart.adds an item\" --why mended").Taking(service, name, why).Runs(async run =>
        {
            var all = await Pages.Read(after => run.Client.QuarantinedTests(run.Get(service), after, cancel: run.Cancel));
            // Without one of that name the server says so itself, and what to do.
            var id = all.Items.FirstOrDefault(test => test.Name == run.Get(name))?.Id ?? run.Get(name);
            await run.Client.LiftQuarantine(run.Get(service), id, run.Get(why), run.Cancel);
            run.Done("lifted", run.Get(name), $"'{run.Get(name)}' of {run.Get(service)} counts again, for jobs that begin from now on.");
        });
    }
}
