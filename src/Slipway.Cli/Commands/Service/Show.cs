using System.CommandLine;
using System.Net;
using Slipway.Cli.CommandLine;
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
            var source = run.Json ? null : await Source(run, service.Name);
            run.Answer(service, ApiClientJson.Default.ServiceView, () => new Facts(run.Ink)
                .Add("service", service.Name, Tone.Strong)
                .Add("owner", service.Owner)
                .Add("tier", service.Tier?.ToString())
                .Add("newest release", service.LatestVersion ?? "none yet")
                .Add("releases", service.Releases.ToString())
                .Add("added", $"{Words.When(service.CreatedAt, run.Now)} by {service.CreatedBy} ({Words.Exact(service.CreatedAt)})")
                .Add("repository", source is null ? "none: releases come from `release create`" : $"{source.Repository}, branch {source.Branch}{(source.Path is { } path ? $", folder {path}" : "")}")
                .Add("newest commit", source?.Head)
                .Add("no run of it", source?.Problem, Tone.Warn)
                .Add("cannot be read", source?.Away, Tone.Bad)
                .WriteTo(run.Out));
        });
    }

    private static async Task<SourceView?> Source(Invocation run, string service)
    {
        try
        {
            return await run.Client.Source(service, run.Cancel);
        }
        catch (SlipwayApiException none) when (none.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
