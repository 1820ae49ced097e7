using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service;

internal static class Judge
{
    private const int MostAlarms = 5;

    public static Command From(CommandContext context)
    {
        var name = Common.Service();
        return new CliCommand(context, "judge", "Show how often the judge blamed a version compared with itself", "slipway service judge storefront").Taking(name).Runs(async run =>
        {
            var judge = await run.Client.Judge(run.Get(name), run.Cancel);
            run.Answer(judge, ApiClientJson.Default.JudgeView, () => Print(run, judge));
        });
    }

    private static void Print(Invocation run, JudgeView judge)
    {
        if (judge.Environments.Count == 0)
        {
            run.Out.WriteLine($"Nothing of {judge.Service} is stable anywhere yet, so there is nothing to compare with itself.");
            return;
        }

        if (judge.Environments.All(lane => lane.Worker))
        {
            run.Out.WriteLine($"{judge.Service} is a worker: its instances serve no requests by which one half of them could be compared with the other. While a version rolls out, the judge goes by what metric sources say.");
            return;
        }

        var table = run.WrappingTable("ENVIRONMENT", ">HOURS", ">WINDOWS", ">ALARMS", ">AN HOUR", "PROMISED", "NOW");
        foreach (var lane in judge.Environments)
        {
            table.Row(
                new(lane.Environment, Tone.Strong), lane.Hours.ToString("0.0"), lane.BrokenOff == 0 ? lane.Windows.ToString() : $"{lane.Windows} (+{lane.BrokenOff} broken off)",
                new(lane.Alarms.ToString(), lane.Alarms == 0 ? Tone.Plain : Tone.Warn), lane.AlarmsPerHour?.ToString("0.####") ?? "", lane.Promised, lane.Now ?? "");
        }

        table.WriteTo(run.Out);
        foreach (var (lane, alarm) in judge.Environments.SelectMany(lane => lane.LastAlarms.Take(MostAlarms).Select(alarm => (lane, alarm))))
        {
            run.Out.WriteLine($"{lane.Environment}, {Words.When(alarm.At, run.Now)} ({Words.Exact(alarm.At)}), {alarm.Version}: {alarm.Text}");
        }

        run.Out.WriteLine(run.Ink.Paint(
            "Between rollouts one half of stable's instances is judged against the other, hour by hour. Both run the same: what is blamed here is chance, or trouble of single instances.", Tone.Quiet));
    }
}
