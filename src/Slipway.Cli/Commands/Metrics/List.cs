using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Metrics;

internal static class List
{
    public static Command From(CommandContext context) =>
        new CliCommand(context, "list", "List the metric sources that platform.yaml declares", "slipway metrics list").Runs(async run =>
        {
            var list = await run.Client.MetricSources(run.Cancel);
            run.Answer(list, ApiClientJson.Default.MetricSourceList, () =>
            {
                if (list.Items.Count == 0)
                {
                    run.Out.WriteLine($"No metric sources. `metrics` in platform.yaml declares them{Hint.Behind("slipway docs platform")}");
                    return;
                }

                var table = run.WrappingTable("SOURCE", "KIND", "TIMEOUT", ">RETRIES", "URL");
                foreach (var source in list.Items)
                {
                    table.Row(new(source.Name, Tone.Strong), source.Kind, source.Timeout, source.Retries.ToString(), source.Run is { } script ? script.Trim().Split('\n')[0] : source.Url);
                }

                table.WriteTo(run.Out);
            });
        });
}
