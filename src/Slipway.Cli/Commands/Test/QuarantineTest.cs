using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Test;

internal static class QuarantineTest
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var name = TestFacts.WholeName();
        var owner = new Option<string>("--owner") { HelpName = "WHO", Description = "Who mends it", Required = true };
        var until = Common.Moment(context, "--until", "When it counts again: a time with its zone such as 2026-12-24T18:00:00Z, or from now such as +14d; 90 days at most");
        until.Required = true;
        var why = Common.WhyNeeded();
        return new CliCommand(context, "quarantine", "Let a test fail for a time without failing its step; whoever owns it mends it", "slipway test quarantine storefront \"Cart.adds an item\" --owner shop-team --until +14d --why \"races with the clock\"")
            .Taking(service, name, owner, until, why)
            .Runs(async run =>
            {
                var test = await run.Client.QuarantineTest(
                    run.Get(service), new Client.Api.QuarantineTest { Name = run.Get(name), Owner = run.Get(owner)!, Until = run.Get(until)!.Value, Why = run.Get(why)! }, run.Cancel);
                run.Answer(test, ApiClientJson.Default.QuarantineView, () => run.Out.WriteLine(
                    $"'{test.Name}' of {test.Service} is in quarantine until {Words.Exact(test.Until)}, for jobs that begin from now on. Lift it: slipway test lift {test.Service} \"{test.Name}\""));
            });
    }
}
