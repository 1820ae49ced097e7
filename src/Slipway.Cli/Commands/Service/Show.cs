using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
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
            run.Answer(service, ApiClientJson.Default.ServiceView, () => new Facts(run.Ink)
                .Add("service", service.Name, Tone.Strong)
                .Add("owner", service.Owner)
                .Add("tier", service.Tier?.ToString())
                .Add("newest release", service.LatestVersion ?? "none yet")
                .Add("releases", service.Releases.ToString())
                .Add("added", $"{Words.When(service.CreatedAt, run.Now)} by {service.CreatedBy} ({Words.Exact(service.CreatedAt)})")
                .WriteTo(run.Out));
        });
    }
}
