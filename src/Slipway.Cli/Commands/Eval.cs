using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Core.Expressions;

namespace Slipway.Cli.Commands;

internal static class Eval
{
    public static Command From(CommandContext context)
    {
        var text = new Argument<string>("EXPRESSION") { Description = "In the language of `slipway docs expressions`" };
        var input = new Option<string?>("--input") { HelpName = "FILE.json", Description = "A JSON object whose names are the variables; - reads standard input" };
        return new CliCommand(context, "eval", "Evaluate an expression, offline", "slipway eval \"[1, 2, 3].all(x, x < 4)\"", "slipway eval \"build.team in ['shop', 'web']\" --input build.json")
            .Taking(text, input)
            .Runs(async run =>
            {
                using var document = run.Get(input) is { } file ? await Read(run, file) : null;
                JsonProperty[] variables = document is null ? [] : [.. document.RootElement.EnumerateObject()];
                var environment = new ExpressionEnvironment([.. variables.Select(v => new ExpressionVariable(v.Name, ExpressionType.Dyn))]);
                var read = environment.Read(run.Get(text));
                if (read.Expression is not { } expression)
                {
                    foreach (var problem in read.Problems)
                    {
                        await Tell(run, run.Get(text), problem.Line, problem.Column, problem.ToString());
                    }

                    return ExitCodes.Usage;
                }

                var inputs = environment.Inputs();
                foreach (var variable in variables)
                {
                    inputs.With(variable.Name, variable.Value);
                }

                var result = expression.Evaluate(inputs);
                if (result.Error is { } error)
                {
                    await Tell(run, run.Get(text), error.Line, error.Column, error.ToString());
                    return ExitCodes.Failed;
                }

                run.Answer(new EvalDocument(ValueJson.Of(result.Value)), EvalJson.Default.EvalDocument, () => run.Out.WriteLine(result.Value.ToString()));
                return ExitCodes.Done;
            });
    }

    /// <summary>What is wrong, and the line of the expression with a caret under the place.</summary>
    private static async Task Tell(Invocation run, string text, int line, int column, string message)
    {
        var ink = run.Shell.ErrorInk;
        var shown = text.Split('\n')[line - 1].Replace('\t', ' ').TrimEnd('\r');
        await run.Shell.Error.WriteLineAsync(message);
        await run.Shell.Error.WriteLineAsync($"  {shown}");
        await run.Shell.Error.WriteLineAsync($"  {new string(' ', column - 1)}{ink.Paint("^", Tone.Bad)}");
    }

    private static async Task<JsonDocument> Read(Invocation run, string file)
    {
        var path = run.Shell.FullPath(file);
        if (file != "-" && !File.Exists(path))
        {
            throw CliException.Usage($"There is no file {file}.", "Name a file with a JSON object, or - for standard input.");
        }

        var text = file == "-" ? await run.Shell.In.ReadToEndAsync(run.Cancel) : await File.ReadAllTextAsync(path, run.Cancel);
        try
        {
            var read = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return read.RootElement.ValueKind == JsonValueKind.Object ? read : throw CliException.Usage($"{file} holds no JSON object.", "The names of the object are the variables: { \"build\": { … } }.");
        }
        catch (JsonException e)
        {
            throw CliException.Usage($"{file} is no JSON: {e.Message}");
        }
    }
}

/// <param name="Value">As JSON.</param>
internal sealed record EvalDocument(JsonNode? Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EvalDocument))]
internal sealed partial class EvalJson : JsonSerializerContext;
