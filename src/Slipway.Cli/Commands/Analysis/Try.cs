using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Core.Analysis;
using Slipway.Core.Rollouts;
using Words = Slipway.Cli.Terminal.Words;

namespace Slipway.Cli.Commands.Analysis;

internal static class Try
{
    public static Command From(CommandContext context)
    {
        var file = new Argument<string>("FILE.csv") { Description = $"Columns {AnalysisFile.Header}" };
        var check = new Option<string>("--check") { HelpName = "errors|latency", Description = "What a bad request is", DefaultValueFactory = _ => "errors" };
        check.OneOf("errors", "latency");
        var rate = new Option<double>("--falseAlarmRate") { HelpName = "RATE", Description = "How often a version that is no worse may fail", CustomParser = Rate, DefaultValueFactory = _ => 0.01 };
        var tolerate = new Option<double>("--tolerate") { HelpName = "PERCENT", Description = "How much worse than stable is still fine, such as 10%", CustomParser = Percent, DefaultValueFactory = _ => 0 };
        return new CliCommand(context, "try", "Judge given counts offline, as a rollout would", "slipway analysis try counts.csv --check errors --tolerate 10% --json")
            .Taking(file, check, rate, tolerate)
            .Runs(async run =>
            {
                var path = run.Shell.FullPath(run.Get(file));
                if (!File.Exists(path))
                {
                    throw CliException.Usage($"There is no file {run.Get(file)}.", $"Its columns are {AnalysisFile.Header}.");
                }

                var parsed = AnalysisFile.Parse(await File.ReadAllTextAsync(path, run.Cancel), run.Get(file));
                if (parsed.Problems.Count > 0)
                {
                    Failures.Write(run.Shell, $"{run.Get(file)} is not valid.", null, [.. parsed.Problems.Select(problem => new FileProblem(problem.File, problem.Line, problem.Column, problem.Message, problem.Suggestion))]);
                    return ExitCodes.Usage;
                }

                var result = AnalysisFile.Try(parsed.Bins, new TrySettings
                {
                    Check = run.Get(check) == "latency" ? CheckKind.Latency : CheckKind.Errors,
                    FalseAlarmRate = run.Get(rate),
                    Tolerate = run.Get(tolerate),
                });
                var verdict = Words.Of(result.Verdict);
                run.Answer(
                    new TryDocument(verdict, result.DecidedAtSecond, result.Ratio, Finite(result.RatioLow), Finite(result.RatioHigh), result.Reason), TryJson.Default.TryDocument,
                    () => run.Out.WriteLine($"{run.Ink.Paint(verdict, result.Verdict switch { Verdict.Passed => Tone.Good, Verdict.Failed => Tone.Bad, _ => Tone.Warn })}: {result.Reason}"));
                return ExitCodes.Done;
            });
    }

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static double Rate(ArgumentResult result)
    {
        const string Least = "0.000001", Most = "0.5";
        var text = result.Tokens[0].Value;
        if (Shares.Read(text) is { } rate and >= 0.000001 and <= 0.5)
        {
            return rate;
        }

        result.AddError($"--falseAlarmRate: '{text}' is no share from {Least} to {Most}.");
        return 0;
    }

    private static double Percent(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Shares.Read(text) is { } share and <= 10)
        {
            return share;
        }

        result.AddError(Shares.Problem("--tolerate", text));
        return 0;
    }
}

/// <param name="DecidedAtSecond">Null: it was not decided.</param>
internal sealed record TryDocument(string Verdict, long? DecidedAtSecond, double? Ratio, double? RatioLow, double? RatioHigh, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TryDocument))]
internal sealed partial class TryJson : JsonSerializerContext;
