using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Template;

internal static class List
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "list", "List the templates in force, and what is wrong in their folder", "slipway template list").Runs(async run =>
        {
            var list = await run.Client.Templates(run.Cancel);
            run.Answer(list, ApiClientJson.Default.TemplateList, () =>
            {
                var table = run.WrappingTable("TEMPLATE", "VERSION", "FROM", ">SERVICES", "FOR", "DESCRIPTION");
                foreach (var one in list.Items)
                {
                    table.Row(
                        new(one.Name, Tone.Strong), one.Version, one.Origin, one.Services > 0 ? one.Services.ToString() : "", new(one.Rollout ?? "", Tone.Warn),
                        one.Deprecated is { } deprecated ? new Cell($"{char.ToUpperInvariant(deprecated[0])}{deprecated[1..]}", Tone.Warn) : one.Description);
                }

                table.WriteTo(run.Out);
                foreach (var fault in list.Faults)
                {
                    run.Out.WriteLine();
                    run.Out.WriteLine(run.Ink.Paint($"templates/{fault.Path} cannot be used: {fault.Instead}.", Tone.Bad));
                    foreach (var problem in fault.Problems)
                    {
                        run.Out.WriteLine($"  {problem.File}:{problem.Line}:{problem.Column}: {problem.Message}{(problem.Suggestion is { } way ? $" ({way})" : "")}");
                    }
                }
            });
        });
}
