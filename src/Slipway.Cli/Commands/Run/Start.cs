using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class Start
{
    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var reference = new Option<string?>("--ref") { HelpName = "REF", Description = "A branch, a tag or a commit; without it, the branch that the service follows" };
        var why = Common.Why();
        return new CliCommand(context, "start", "Ask for a run of a commit, whether or not it is new", "slipway run start storefront --ref v1.4.0").Taking(service, reference, why).Runs(async run =>
        {
            var source = await run.Client.StartRun(run.Get(service), new StartRun { Ref = run.Get(reference), Why = run.Get(why) }, run.Cancel);
            run.Answer(source, ApiClientJson.Default.SourceView, () =>
            {
                run.Out.WriteLine($"Asked for a run of {run.Get(reference) ?? source.Branch}.");
                run.Out.WriteLine($"Next: slipway run list {source.Service}");
            });
        });
    }
}
