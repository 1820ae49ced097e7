using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service;

internal static class Add
{
    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Its name: lower-case letters, digits and single hyphens, at most 40" };
        var owner = new Option<string?>("--owner") { HelpName = "TEAM", Description = "Whose it is" };
        return new CliCommand(context, "add", "Add a service; its releases come from `release create`", "slipway service add storefront --owner team-web")
            .Taking(name, owner)
            .Runs(async run =>
            {
                var text = run.Get(name);
                if (text.Contains('/') || text.Contains(':') || text.StartsWith('.'))
                {
                    throw CliException.Usage(
                        $"'{text}' is a place, and a service is added by its name.",
                        "Add it with `slipway service add NAME`, then make a release: slipway release create NAME --version V --artifact DIR");
                }

                var service = await run.Client.AddService(new AddService { Name = text, Owner = run.Get(owner) }, run.Cancel);
                run.Answer(service, ApiClientJson.Default.ServiceView, () =>
                {
                    run.Out.WriteLine($"Added {service.Name}.");
                    run.Out.WriteLine($"Next: slipway release create {service.Name} --version 1.0.0 --artifact DIR --definition slipway.yaml");
                });
            });
    }
}
