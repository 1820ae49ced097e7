using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Service.Credential;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service.Source;

/// <summary><c>slipway service source …</c>: where a service's commits come from.</summary>
internal static class SourceCommands
{
    public static Command From(CommandContext context) => new("source", "Where a service's commits come from") { Set(context), Show(context), HookCommand.From(context), Remove(context) };

    private static CliCommand Set(CommandContext context)
    {
        var service = Common.Service();
        var place = new Argument<string>("URL|DIR") { Description = "A repository, as an address (https, ssh) or a folder on the server's machine" };
        var branch = new Option<string?>("--branch") { HelpName = "B", Description = "The branch that it follows (default: the repository's own)" };
        var path = new Option<string?>("--path") { HelpName = "DIR", Description = "Its folder in a repository of several; commits that change nothing below it make no run" };
        var credential = new CredentialOptions();
        return new CliCommand(context, "set", "Name a service's repository, or another one; its commits make runs",
                "slipway service source set storefront https://git.example.org/web/storefront.git", "slipway service source set storefront . --branch release", "slipway service source set storefront git@git.example.org:web/shops.git --path apps/storefront --key-file deploy-key")
            .Taking([service, place, branch, path, .. credential.All])
            .Runs(async run =>
            {
                var access = await credential.Read(run);
                var named = await RepositoryPlace.Of(run.Shell, $"slipway service source set {run.Get(service)}", run.Get(place), run.Get(service), run.Get(branch), run.Get(path), run.Cancel);
                var source = await run.Client.SetSource(run.Get(service), named.Source with { Credential = access }, run.Cancel);
                run.Answer(source, ApiClientJson.Default.SourceView, () =>
                    run.Out.WriteLine(named.Remark ?? $"Commits of {source.Branch} in {source.Repository} make runs, the newest at once. Next: slipway run list {source.Service}"));
            });
    }

    private static CliCommand Show(CommandContext context)
    {
        var service = Common.Service();
        return new CliCommand(context, "show", "Show a service's repository", "slipway service source show storefront").Taking(service).Runs(async run =>
        {
            var source = await run.Client.Source(run.Get(service), run.Cancel);
            run.Answer(source, ApiClientJson.Default.SourceView, () => SourceFacts.AddTo(new Facts(run.Ink).Add("service", source.Service, Tone.Strong), source, run.Now).WriteTo(run.Out));
        });
    }

    private static CliCommand Remove(CommandContext context)
    {
        var service = Common.Service();
        return new CliCommand(context, "remove", "Take a service's repository away, with its credential and webhook; its runs are cancelled, its releases stay", "slipway service source remove storefront").Taking(service).Runs(async run =>
        {
            await run.Client.RemoveSource(run.Get(service), run.Cancel);
            run.Done("removed", run.Get(service), $"Removed the repository of {run.Get(service)}. From now on its releases come from `release create`.");
        });
    }
}
