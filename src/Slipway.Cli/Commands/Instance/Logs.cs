using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands.Instance;

internal static class Logs
{
    private const int TailBytes = 64 * 1024, Mark = 4096;

    public static Command From(CommandContext context)
    {
        var id = Common.Id("instance");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as more comes, until Ctrl-C" };
        return new CliCommand(context, "logs", "Print the end of an instance's output", "slipway instance logs ID --follow", "slipway instance logs AGENT/ID").Taking(id, follow).Runs(async run =>
        {
            var text = await run.Client.InstanceLogs(run.Get(id), TailBytes, run.Cancel);
            Print(run, run.Get(id), text);
            while (run.Get(follow))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), run.Shell.Time, run.Cancel);
                var next = await run.Client.InstanceLogs(run.Get(id), TailBytes, run.Cancel);
                Print(run, run.Get(id), WhatIsNew(text, next));
                text = next;
            }
        });
    }

    /// <summary>What stands in a later tail and not in an earlier one. Both end where the output ended then; if they do not overlap, more came than a tail holds.</summary>
    public static string WhatIsNew(string earlier, string later)
    {
        if (later.StartsWith(earlier, StringComparison.Ordinal))
        {
            return later[earlier.Length..];
        }

        // The end of the earlier one, found again as late as possible: output may repeat itself, and then a line less is better than one twice.
        var mark = earlier.Length <= Mark ? earlier : earlier[^Mark..];
        var at = later.LastIndexOf(mark, StringComparison.Ordinal);
        return at >= 0 ? later[(at + mark.Length)..] : later;
    }

    private static void Print(Invocation run, string instance, string text)
    {
        if (run.Json)
        {
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                run.Stream(new LogLine(instance, line), LogLineJson.Default.LogLine, "");
            }

            return;
        }

        run.Out.Write(text);
        run.Out.Flush();
    }
}

internal sealed record LogLine(string Instance, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogLineJson : JsonSerializerContext;
