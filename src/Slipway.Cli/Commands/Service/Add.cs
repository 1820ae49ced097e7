using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Service.Credential;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service;

internal static class Add
{
    public static Command From(CommandContext context)
    {
        var what = new Argument<string>("NAME|DIR|URL") { Description = "A repository, as a folder on the server's machine or an address (https, ssh); or a name alone, for releases by `release create`" };
        var name = new Option<string?>("--name") { HelpName = "N", Description = "With a repository: the service's name (default: the one in slipway.yaml, else the repository's)" };
        var owner = new Option<string?>("--owner") { HelpName = "TEAM", Description = "Whose it is" };
        var repository = new Option<string?>("--repository") { HelpName = "URL", Description = "With a name: the repository whose commits make runs" };
        var branch = new Option<string?>("--branch") { HelpName = "B", Description = "The branch that it follows (default: the repository's own)" };
        var path = new Option<string?>("--path") { HelpName = "DIR", Description = "Its folder in a repository of several; commits that change nothing below it make no run" };
        var credential = new CredentialOptions();
        var command = new CliCommand(context, "add", "Add a service, whose releases come from a repository's commits or from `release create`",
                "slipway service add .", "slipway service add https://git.example.org/web/storefront.git", "slipway service add git@git.example.org:web/shops.git --path apps/storefront", "slipway service add https://git.example.org/web/storefront.git --token-file token.txt",
                "slipway service add storefront")
            .Taking([what, name, owner, repository, branch, path, .. credential.All]);
        command.Validators.Add(result =>
        {
            if (result.GetValue(what) is { } text && RepositoryPlace.Is(text) && result.GetValue(repository) is not null)
            {
                result.AddError($"--repository goes with a name, and '{text}' is a repository itself.");
            }
            else if (result.GetValue(what) is { } plain && !RepositoryPlace.Is(plain) && result.GetValue(name) is not null)
            {
                result.AddError($"--name goes with a repository, and '{plain}' is a name itself.");
            }
        });
        return command.Runs(async run =>
        {
            var text = run.Get(what);
            var place = RepositoryPlace.Is(text) ? text : run.Get(repository);
            var access = await credential.Read(run);
            if (access is not null && place is null)
            {
                throw CliException.Usage("A token or a key is for a repository, and none is named.", "Name its address instead of the name alone, or with --repository.");
            }

            var given = RepositoryPlace.Is(text) ? run.Get(name) : text;
            var added = place is null ? null : await RepositoryPlace.Of(run.Shell, "slipway service add", place, given, run.Get(branch), run.Get(path), run.Cancel);
            var service = await run.Client.AddService(new AddService { Name = added?.Name ?? text, Owner = run.Get(owner), Source = added is null ? null : added.Source with { Credential = access } }, run.Cancel);
            var source = added is null ? null : await run.Client.Source(service.Name, run.Cancel);
            run.Answer(service, ApiClientJson.Default.ServiceView, () =>
            {
                run.Out.WriteLine($"Added {service.Name}.");
                run.Out.WriteLine(source is null
                    ? $"Next: slipway release create {service.Name} --version 1.0.0 --artifact DIR --definition slipway.yaml"
                    : added!.Remark ?? $"Commits of {source.Branch} in {source.Repository} make runs, the newest at once. Next: slipway run list {service.Name}");
            });
        });
    }
}
