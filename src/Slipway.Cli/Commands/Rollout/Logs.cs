using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Run;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

/// <summary>What the scripts of a rollout wrote: those of verifications and of hooks, the last try of each.</summary>
internal static class Logs
{
    /// <summary>Each try is a command of its own, which has one attempt.</summary>
    private const int CommandAttempt = 1;

    /// <param name="Step">Of a hook that was asked about a step: its title, and its number.</param>
    private sealed record Script(string Name, string? Point, bool HasLog, string? Step = null, int? StepNumber = null, DateTimeOffset? Since = null)
    {
        public string Label => Point is null ? Name : $"{Name} ({Point})";

        public bool IsAbout(string step) => Step is not null && (Step == step || StepNumber?.ToString(CultureInfo.InvariantCulture) == step);
    }

    public static Command From(CommandContext context)
    {
        var id = Common.Id("rollout");
        var name = new Argument<string?>("NAME") { Description = "One verification's or hook's alone", Arity = ArgumentArity.ZeroOrOne };
        var point = new Option<string?>("--point") { HelpName = "POINT", Description = "Of a hook that is asked at several points: the one meant" };
        var step = new Option<string?>("--step") { HelpName = "STEP", Description = "Of a hook that is asked about several steps: the one meant, by its title or its number from 1 (default: the newest)" };
        var grep = new Option<string?>("--grep") { HelpName = "TEXT", Description = "Only lines with this text, whatever its case" };
        var times = new Option<bool>("--times") { Description = "Each line with its time, in UTC" };
        return new CliCommand(context, "logs", "Print what the scripts of verifications and hooks wrote", "slipway rollout logs storefront-prod-7", "slipway rollout logs storefront-prod-7 smoke")
            .Taking(id, name, point, step, grep, times).Runs(async run =>
            {
                var rollout = await RolloutFacts.Read(run, run.Get(id));
                var meant = Meant(rollout, run.Get(name), run.Get(point), run.Get(step));
                foreach (var script in meant)
                {
                    await Print(run, rollout, script, new(run.Get(grep), run.Get(times)), meant);
                }
            });
    }

    private static List<Script> Meant(RolloutView rollout, string? name, string? point, string? step)
    {
        List<Script> all = [.. rollout.Verifications.Select(v => new Script(v.Name, null, v.Log is not null)), .. rollout.Hooks.Select(h => new Script(h.Name, h.Point, h.Log is not null, h.Step, h.StepNumber, h.Since))];
        var meant = all.Where(each => (name is null || each.Name == name) && (point is null || each.Point == point) && (step is null || each.IsAbout(step))).ToList();
        if (step is null)
        {
            // Of the same question at several steps, the newest.
            meant = [.. meant.GroupBy(each => (each.Name, each.Point)).Select(group => group.MaxBy(each => each.Since ?? DateTimeOffset.MinValue)!)];
        }

        if (meant.Count == 0 && (name is not null || point is not null || step is not null))
        {
            var what = name is null ? $"asked no hook{(point is null ? "" : $" at {point}")}{(step is null ? "" : $" about the step {step}")}" : $"has not asked '{name}'{(point is null ? "" : $" at {point}")}{(step is null ? "" : $" about the step {step}")}";
            throw new CliException(ExitCodes.NotFound, $"{rollout.Id} {what}.", all.Count == 0 ? "It has asked nobody so far." : $"It has asked: {string.Join(", ", all.Select(each => each.Label).Distinct())}.");
        }

        // Who names a request is told that it has none; else requests are passed over.
        var scripts = meant.Where(each => each.HasLog).ToList();
        return scripts.Count == 0 && name is not null ? meant[..1]
            : scripts.Count > 0 ? scripts
            : throw new CliException(ExitCodes.NotFound, $"{rollout.Id} has run no script so far.", $"slipway rollout show {rollout.Id}");
    }

    private static async Task Print(Invocation run, RolloutView rollout, Script script, LogStyle style, List<Script> meant)
    {
        Stream log;
        try
        {
            log = script.Point is null
                ? await run.Client.RolloutLog(rollout.Id, script.Name, cancel: run.Cancel) : await run.Client.RolloutLog(rollout.Id, null, script.Name, script.Point, script.StepNumber?.ToString(CultureInfo.InvariantCulture), run.Cancel);
        }
        catch (SlipwayApiException none) when (meant.Count > 1 && none.Status == HttpStatusCode.NotFound)
        {
            // No agent has begun it yet.
            return;
        }

        var label = meant.Count == 1 ? "" : $"{script.Label.PadRight(meant.Max(each => each.Label.Length))} │ ";
        var printer = new LogPrinter(run, label, style, (line, _) => run.StreamUnflushed(new RolloutLogLine(rollout.Id, script.Name, script.Point, line.At, line.Text), RolloutLogLineJson.Default.RolloutLogLine));
        await using (log)
        {
            using var lines = new StreamReader(log);
            while (await lines.ReadLineAsync(run.Cancel) is { } line)
            {
                printer.Print(JobLogEvent.Line.Parse(line), CommandAttempt, [script.Name]);
            }
        }
    }
}

/// <summary>A line as <c>--json</c> prints it.</summary>
/// <param name="Point">Of a hook; null: a verification's.</param>
internal sealed record RolloutLogLine(string Rollout, string Name, string? Point, DateTimeOffset At, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RolloutLogLine))]
internal sealed partial class RolloutLogLineJson : JsonSerializerContext;
