using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Bench;

var benchmarks = Assembly.GetExecutingAssembly().GetTypes()
    .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBenchmark)))
    .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
    .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)
    .ToArray();
var json = args.Contains("--json");
var names = args.Where(argument => !argument.StartsWith('-')).ToArray();
var unknownOptions = args.Where(argument => argument.StartsWith('-') && argument != "--json").ToArray();
if (names.Length == 0 && unknownOptions.Length == 0)
{
    List(Console.Out);
    return 0;
}

var chosen = names.Length == 1 && unknownOptions.Length == 0 ? Array.Find(benchmarks, benchmark => benchmark.Name == names[0]) : null;
if (chosen is null)
{
    Console.Error.WriteLine(unknownOptions.Length > 0 ? $"Unknown option {unknownOptions[0]}." : names.Length > 1 ? "One benchmark at a time." : $"There is no benchmark {names[0]}.");
    List(Console.Error);
    return 2;
}

using var cancel = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancel.Cancel();
};
Outcome outcome;
try
{
    outcome = await chosen.RunAsync(cancel.Token);
}
catch (OperationCanceledException) when (cancel.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("Stopped.");
    return 1;
}

if (json)
{
    Console.WriteLine(JsonSerializer.Serialize(BenchReport.Of(chosen.Name, outcome), BenchJson.Default.BenchReport));
}
else
{
    Print(chosen, outcome);
}

return outcome.Met ? 0 : 1;

void List(TextWriter to)
{
    to.WriteLine("bench/run NAME [--json], NAME one of:");
    foreach (var benchmark in benchmarks)
    {
        to.WriteLine($"  {benchmark.Name,-14} {benchmark.Summary}");
    }
}

static void Print(IBenchmark benchmark, Outcome outcome)
{
    Console.WriteLine($"{benchmark.Name}: {benchmark.Summary}");
    var width = outcome.Figures.Select(figure => figure.Name.Length).DefaultIfEmpty().Max();
    foreach (var figure in outcome.Figures)
    {
        Console.WriteLine($"  {figure.Name.PadRight(width)}  {figure.Value,14:#,0.##} {figure.Unit}");
    }

    if (outcome.Comparison is { } comparison)
    {
        Console.WriteLine($"  {comparison.Title}");
        string[][] lines = [["", .. comparison.Columns], .. comparison.Rows.Select(row => (string[])[row.Name, .. row.Figures.Select(figure => $"{figure.Value:#,0.##} {figure.Unit}")])];
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
        {
            Console.WriteLine($"    {line[0].PadRight(widths[0])}  {string.Join("  ", line.Skip(1).Select((cell, i) => cell.PadLeft(widths[i + 1])))}");
        }
    }

    foreach (var goal in outcome.Goals)
    {
        var bound = goal.AtMost is { } most ? $"at most {most:#,0.##}" : $"at least {goal.AtLeast:#,0.##}";
        Console.WriteLine($"  {(goal.Met ? "met   " : "MISSED")}  {goal.Name}: {goal.Seen:#,0.##}, wanted {bound}");
    }
}

namespace Slipway.Bench
{
    /// <summary>What <c>--json</c> prints. A figure that is not finite is null.</summary>
    internal sealed record BenchReport(string Name, IReadOnlyDictionary<string, double?> Figures, IReadOnlyList<GoalReport> Goals, bool Met)
    {
        public static BenchReport Of(string name, Outcome outcome) => new(
            name,
            outcome.AllFigures.ToDictionary(figure => $"{figure.Name} ({figure.Unit})", figure => Finite(figure.Value)),
            [.. outcome.Goals.Select(goal => new GoalReport(goal.Name, goal.AtMost, goal.AtLeast, Finite(goal.Seen), goal.Met))],
            outcome.Met);

        private static double? Finite(double value) => double.IsFinite(value) ? value : null;
    }

    internal sealed record GoalReport(string Name, double? AtMost, double? AtLeast, double? Seen, bool Met);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
    [JsonSerializable(typeof(BenchReport))]
    internal sealed partial class BenchJson : JsonSerializerContext;
}
