using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Rollout;

/// <summary>What the judge would have said with other settings.</summary>
internal static class Rejudge
{
    public static Command From(CommandContext context)
    {
        var id = Common.Id("rollout");
        var ring = Explain.Ring();
        var tolerate = Shares.Option("--tolerate", "How much worse than stable is still fine, such as 5%");
        var absolute = Shares.Option("--tolerate-absolute", "Never an alarm on rates that differ by less, such as 0.1%");
        var latency = Durations.Option("--tolerate-latency", "Latencies that are longer by less than this are as well as before, such as 20ms", orNone: true);
        var warmUp = Durations.Option("--warm-up", "For so long after each rise of the weight a request is slow only when it took a second longer than otherwise, such as 30s", orNone: true);
        var rate = Shares.Option("--false-alarm-rate", "How often a version that is no worse may fail, such as 1%");
        var check = new Option<string?>("--check") { HelpName = "NAME", Description = "The check that --acceptable and --detectable are meant for, by its name in slipway.yaml, such as latency" };
        var acceptable = Shares.Option("--acceptable", "A bad rate of its own below which it passes, such as 1%");
        var detectable = Shares.Option("--detectable", "A worsening that would have been seen, such as 100%");
        return new CliCommand(context, "rejudge", "Judge a rollout again from what was counted, with other settings; it changes nothing", "slipway rollout rejudge ID --tolerate 5%")
            .Taking(id, ring, tolerate, absolute, latency, warmUp, rate, check, acceptable, detectable)
            .Runs(async run =>
            {
                var body = new RejudgeRollout
                {
                    Ring = run.Get(ring), Tolerate = run.Get(tolerate), TolerateAbsolute = run.Get(absolute), TolerateLatency = Text(run.Get(latency)), WarmUp = Text(run.Get(warmUp)),
                    FalseAlarmRate = run.Get(rate), Check = run.Get(check), Acceptable = run.Get(acceptable), Detectable = run.Get(detectable),
                };
                var judged = await run.Client.Rejudge(run.Get(id), body, run.Cancel);
                run.Answer(judged, ApiClientJson.Default.RejudgementView, () => Print(run, judged));
            });
    }

    private static void Print(Invocation run, RejudgementView judged)
    {
        var told = new Told();
        if (judged.Ring is { } ring)
        {
            run.Out.WriteLine($"in the ring {ring}");
        }

        if (judged.Then is { } then)
        {
            Print(run, "then", judged.StepsThen, then, judged, told);
            run.Out.WriteLine();
        }

        Print(run, "now", judged.StepsNow, judged.Now, judged, told);
    }

    /// <summary>What was said of the steps is named first, as it was said first; of a rollout that is judged in one part alone that goes without a name.</summary>
    private static void Print(Invocation run, string when, JudgementView? steps, JudgementView last, RejudgementView judged, Told told)
    {
        var inParts = judged.StepsThen is not null || judged.StepsNow is not null;
        var first = steps ?? last;
        PrintPart(run, when, inParts ? "analysis of the steps " : "", first);
        PrintSettings(run, first);
        PrintChecks(run, first, told);
        if (steps is not null)
        {
            PrintPart(run, "", judged.Ring is null ? "watch after 100 % " : "soak after 100 % ", last);
            PrintChecks(run, last, told);
        }
    }

    private static void PrintPart(Invocation run, string when, string part, JudgementView judgement)
    {
        var decided = judgement.DecidedAt is { } at ? $", decided {at.UtcDateTime:HH:mm:ss}" : "";
        run.Out.WriteLine($"{when,-5} {part}{run.Ink.Paint(Words.Of(judgement.Verdict), Tones.Of(judgement.Verdict))} ({judgement.Guarantee}){decided}");
    }

    private static void PrintSettings(Invocation run, JudgementView judgement) =>
        run.Out.WriteLine($"      tolerate {judgement.Tolerate * 100:0.###} %, at least {judgement.TolerateAbsolute * 100:0.###} points, latency {judgement.TolerateLatencyMillis:0.###} ms and {judgement.WarmUpSeconds:0.###} s to warm up, false alarms {judgement.FalseAlarmRate:0.######}");

    private static void PrintChecks(Invocation run, JudgementView judgement, Told told)
    {
        foreach (var check in judgement.Checks)
        {
            var text = told.Once(check.Text, [check.Text], RolloutFacts.Above);
            run.Out.WriteLine($"      {run.Ink.Paint(Words.Of(check.Verdict), Tones.Of(check.Verdict))}{(check.DryRun ? " (decides nothing)" : "")}: {(text == RolloutFacts.Above ? $"{check.Name}, {text}" : text)}");
        }
    }

    private static string? Text(TimeSpan? duration) => duration is { } known ? $"{known.TotalMilliseconds:0}ms" : null;
}
