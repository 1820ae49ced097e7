using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Watching;
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
        var watch = new Option<bool>("--watch") { Description = "Follow it to its end" };
        var timeout = Durations.Timeout();
        return new CliCommand(context, "start", "Ask for a run of a commit, whether or not it is new", "slipway run start storefront --ref v1.4.0", "slipway run start storefront --watch")
            .Taking(service, reference, why, watch, timeout).Runs(async run =>
            {
                var ask = new StartRun { Ref = run.Get(reference), Why = run.Get(why) };
                if (run.Get(watch) || run.Get(timeout) is not null)
                {
                    var before = (await run.Client.Status(cancel: run.Cancel)).LedgerIndex;
                    var asked = await run.Client.StartRun(run.Get(service), ask, run.Cancel);
                    var began = run.Shell.Time.GetTimestamp();
                    var id = await new AskedRun(run, asked.Service, before, ask.Ref ?? asked.Branch, run.Get(timeout)).Find();
                    return await new RunWatch(run, id, Left(run.Get(timeout), run.Shell.Time.GetElapsedTime(began))).Follow();
                }

                var source = await run.Client.StartRun(run.Get(service), ask, run.Cancel);
                run.Answer(source, ApiClientJson.Default.SourceView, () =>
                {
                    run.Out.WriteLine($"Asked for a run of {run.Get(reference) ?? source.Branch}.");
                    run.Out.WriteLine($"Next: slipway run list {source.Service}; if it makes none, slipway ledger list --service {source.Service} says why");
                });
                return ExitCodes.Done;
            });
    }

    private static TimeSpan? Left(TimeSpan? timeout, TimeSpan gone) => timeout is { } all ? all > gone ? all - gone : TimeSpan.FromMilliseconds(1) : null;
}
