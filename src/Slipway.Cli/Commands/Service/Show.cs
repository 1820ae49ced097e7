using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Service.Source;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service;

internal static class Show
{
    public static Command From(CommandContext context)
    {
        var name = Common.Service();
        return new CliCommand(context, "show", "Show one service", "slipway service show storefront").Taking(name).Runs(async run =>
        {
            var service = await run.Client.Service(run.Get(name), run.Cancel);
            var source = run.Json ? null : await SourceFacts.Find(run, service.Name);
            run.Answer(service, ApiClientJson.Default.ServiceView, () => With(source, run, new Facts(run.Ink)
                .Add("service", service.Name, Tone.Strong)
                .Add("owner", service.Owner)
                .Add("tier", service.Tier?.ToString())
                .Add("newest release", service.LatestVersion ?? "none yet")
                .Add("releases", service.Releases.ToString())
                .Add("added", $"{Words.When(service.CreatedAt, run.Now)} by {service.CreatedBy} ({Words.Exact(service.CreatedAt)})"))
                .WriteTo(run.Out));
        });
    }

    private static Facts With(SourceView? source, Invocation run, Facts facts) => source is null ? facts.Add("repository", "none: releases come from `release create`") : SourceFacts.AddTo(facts, source, run.Now);
}
