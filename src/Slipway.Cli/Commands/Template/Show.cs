using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Template;

internal static class Show
{
    /// <summary>What the sentence begins with, and the fact's name says.</summary>
    private const string Deprecated = "deprecated ";

    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME[@V]") { Description = "The template; without a version or a range of them, the newest" };
        var text = new Option<bool>("--definition") { Description = "Its template.yaml, and nothing else" };
        return new CliCommand(context, "show", "Show a template: what it takes, and where it can be added to", "slipway template show node", "slipway template show node@1.0.0 --definition").Taking(name, text).Runs(async run =>
        {
            var (wanted, version) = run.Get(name).Split('@', 2) is [var before, var after] ? (before, after) : (run.Get(name), null);
            var detail = await run.Client.Template(wanted, version, run.Cancel);
            run.Answer(detail, ApiClientJson.Default.TemplateDetail, () =>
            {
                if (run.Get(text))
                {
                    run.Out.WriteLine(detail.Definition.TrimEnd());
                }
                else
                {
                    Print(run, detail);
                }
            });
        });
    }

    private static void Print(Invocation run, TemplateDetail detail)
    {
        var template = detail.Template;
        new Facts(run.Ink)
            .Add("template", $"{template.Name}@{template.Version}", Tone.Strong)
            .Add("what it is", template.Description)
            .Add("from", template.Origin == "slipway" ? "Slipway itself" : "the platform folder")
            .Add("versions", string.Join(", ", detail.Versions))
            .Add("for", template.Rollout is { } some ? $"{some} so far" : null, Tone.Warn)
            .Add("deprecated", template.Deprecated is { } said && said.StartsWith(Deprecated, StringComparison.Ordinal) ? said[Deprecated.Length..] : template.Deprecated, Tone.Warn)
            .Add("jobs", string.Join(", ", detail.Jobs))
            .Add("services", template.Services > 0 ? $"{template.Services}: slipway template usage {template.Name}" : "none uses this version")
            .WriteTo(run.Out);
        if (detail.Inputs.Count > 0)
        {
            run.Out.WriteLine();
            var inputs = run.WrappingTable("INPUT", "TYPE", "DEFAULT", "WHAT IT IS");
            foreach (var input in detail.Inputs)
            {
                inputs.Row(new(input.Name, Tone.Strong), input.Type, input.Default is null ? new Cell("needed", Tone.Warn) : input.Default, string.Join(' ', new[] { input.Description, input.Rule is null ? null : $"({input.Rule})" }.OfType<string>()));
            }

            inputs.WriteTo(run.Out);
        }

        if (detail.Extensions.Count > 0)
        {
            run.Out.WriteLine();
            var points = run.WrappingTable("EXTEND AT", "WITH", "WHAT MAY BE ADDED");
            foreach (var point in detail.Extensions)
            {
                points.Row(new(point.Name, Tone.Strong), point.Adds, point.Description);
            }

            points.WriteTo(run.Out);
        }

        run.Out.WriteLine();
        run.Out.WriteLine($"In slipway.yaml: pipeline: {{ uses: {template.Name}@{template.Version.Split('.')[0]} }}");
    }
}
