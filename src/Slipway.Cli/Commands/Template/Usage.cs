using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Template;

internal static class Usage
{
    public static Command From(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The template" };
        return new CliCommand(context, "usage", "List the services whose newest run came from a template", "slipway template usage node").Taking(name).Runs(async run =>
        {
            var page = await Pages.Read(after => run.Client.TemplateUsage(run.Get(name), after, cancel: run.Cancel));
            run.Answer(page, ApiClientJson.Default.PageTemplateUserView, () =>
            {
                if (page.Items.Count == 0)
                {
                    run.Out.WriteLine($"No service's newest run came from {run.Get(name)}.");
                    return;
                }

                var table = run.WrappingTable("SERVICE", "JOB", "ASKS FOR", "GOT", "NEXT", "RUN", "BEGAN", "WHY");
                foreach (var user in page.Items)
                {
                    var use = user.Use;
                    var next = user.Problem is null ? new(user.Next ?? "the same", user.Next is null ? Tone.Quiet : Tone.Warn) : new Cell("none", Tone.Bad);
                    table.Row(new(user.Service, Tone.Strong), use.Job, use.Asked, new(use.Version, use.Deprecated is null ? Tone.Plain : Tone.Warn), next, user.Run, Words.When(user.At, run.Now),
                        string.Join("; ", new[] { use.Reason, use.Deprecated, user.Problem }.OfType<string>()));
                }

                table.WriteTo(run.Out);
            });
        });
    }
}
