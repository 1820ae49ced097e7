using System.CommandLine;
using System.Globalization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Metrics;

internal static class Try
{
    public static Command From(CommandContext context)
    {
        var source = new Argument<string>("SOURCE") { Description = "A metric source of platform.yaml: slipway metrics list" };
        var query = new Argument<string?>("QUERY") { Description = "PromQL, with placeholders such as {{version}}; of an http source further parameters of its url, or nothing", Arity = ArgumentArity.ZeroOrOne };
        var set = Arguments();
        var range = Durations.Option("--range", "Values over so long up to now, such as 5m, instead of one value");
        var step = Durations.Option("--step", "Between two values, such as 30s (the default); one value is stale when it is older than two");
        var value = new Option<string?>("--value") { HelpName = "EXPR", Description = "Of an http source: takes the number out of the answer, such as body.errors / body.requests" };
        return new CliCommand(
                context, "try", "Ask a metric source through the server, to see what a query gives",
                "slipway metrics try prom 'sum(rate(http_requests_total{version=\"{{version}}\",code=~\"5..\"}[1m]))' --set version=1.2.3",
                "slipway metrics try orders --set version=1.2.3 --value \"body.failed / body.all\"",
                "slipway metrics try prom 'sum(up)' --range 5m --step 30s --json")
            .Taking(source, query, set, range, step, value)
            .Runs(async run =>
            {
                var answer = await run.Client.AskMetric(
                    run.Get(source),
                    new AskMetric
                    {
                        Query = run.Get(query), Arguments = run.Get(set), Range = Text(run.Get(range)), Step = Text(run.Get(step)), Value = run.Get(value),
                    },
                    run.Cancel);
                run.Answer(answer, ApiClientJson.Default.MetricAnswerView, () => Print(run, answer));
                return answer.Outcome is MetricOutcomeView.Value or MetricOutcomeView.Values ? ExitCodes.Done : ExitCodes.Failed;
            });
    }

    private static Option<Dictionary<string, string>?> Arguments() => new("--set")
    {
        HelpName = "NAME=VALUE",
        Description = "What a placeholder stands for; may be given several times",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var text in result.Tokens.Select(t => t.Value))
            {
                if (text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at))
                {
                    result.AddError($"--set: '{text}' is not written like version=1.2.3.");
                }
                else if (!arguments.TryAdd(text[..at], text[(at + 1)..]))
                {
                    result.AddError($"--set: {text[..at]} is given twice.");
                }
            }

            return arguments;
        },
    };

    private static string? Text(TimeSpan? span) => span is { } given ? string.Create(CultureInfo.InvariantCulture, $"{(long)given.TotalMilliseconds}ms") : null;

    private static void Print(Invocation run, MetricAnswerView answer)
    {
        switch (answer.Outcome)
        {
            case MetricOutcomeView.Value:
                run.Out.WriteLine(run.Ink.Paint(Number(answer.Value!.Value), Tone.Strong));
                break;
            case MetricOutcomeView.Values:
                var table = run.Table("AT", ">VALUE");
                foreach (var point in answer.Values!)
                {
                    table.Row(point.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFF 'UTC'", CultureInfo.InvariantCulture), Number(point.Value));
                }

                table.WriteTo(run.Out);
                break;
            default:
                var tone = answer.Outcome == MetricOutcomeView.NoData ? Tone.Warn : Tone.Bad;
                run.Out.WriteLine($"{run.Ink.Paint(Words.Prose(answer.Outcome), tone)}: {ForeignText.Clean(answer.Why ?? "", colours: false)}");
                break;
        }

        // One try that did well says nothing new.
        if (answer.Tries.Count > 1 || answer.Outcome is MetricOutcomeView.NoData or MetricOutcomeView.Failed)
        {
            for (var i = 0; i < answer.Tries.Count; i++)
            {
                var (_, took, text) = answer.Tries[i];
                run.Out.WriteLine(run.Ink.Paint(string.Create(CultureInfo.InvariantCulture, $"  try {i + 1}, {took:0} ms: {(text == answer.Why ? "as above" : ForeignText.Clean(text, colours: false))}"), Tone.Quiet));
            }
        }
    }

    /// <summary>So that it can be read back as it is.</summary>
    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
