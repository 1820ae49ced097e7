using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

/// <summary>How lines of logs are printed.</summary>
/// <param name="Grep">Only lines with this text in them, whatever its case; null: all.</param>
/// <param name="Times">Each with its time.</param>
internal sealed record LogStyle(string? Grep, bool Times);

/// <summary>Prints one log, line by line: groups indented, steps under their names on a terminal, a document for each line with <c>--json</c>. Used by one at a time.</summary>
/// <param name="label">Stands before each line, to tell logs apart; empty: there is only one.</param>
/// <param name="document">Prints the document of a line of an attempt.</param>
internal sealed partial class LogPrinter(Invocation run, string label, LogStyle style, Action<JobLogEvent.Line, int> document)
{
    private const int MostLevels = 8;
    private const string Indent = "  ", Reset = "\e[0m";
    private int step = -1;
    private int level;
    private string look = "";

    /// <param name="steps">The names of the steps, as far as they are known.</param>
    public void Print(JobLogEvent.Line line, int attempt, IReadOnlyList<string> steps)
    {
        if (line.Step != step)
        {
            (step, level, look) = (line.Step, 0, "");
            if (run.Ink.Enabled && style.Grep is null && step >= 0 && !run.Json)
            {
                run.Out.WriteLine($"{Label()}{run.Ink.Paint($"── {(step < steps.Count ? steps[step] : $"step {step + 1}")}", Tone.Strong)}");
            }
        }

        var plain = ForeignText.Clean(line.Text, colours: false);
        var isWanted = style.Grep is not { } wanted || plain.Contains(wanted, StringComparison.OrdinalIgnoreCase);
        if (run.Json)
        {
            if (isWanted)
            {
                document(line, attempt);
            }

            return;
        }

        if (plain.StartsWith("::endgroup::", StringComparison.Ordinal))
        {
            level = Math.Max(0, level - 1);
            return;
        }

        var at = style.Times ? run.Ink.Paint($"{line.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} ", Tone.Quiet) : "";
        var before = $"{Label()}{at}{string.Concat(Enumerable.Repeat(Indent, Math.Min(level, MostLevels)))}";
        if (plain.StartsWith(GroupMark, StringComparison.Ordinal))
        {
            level++;
            if (isWanted)
            {
                run.Out.WriteLine($"{before}{run.Ink.Paint(plain[GroupMark.Length..], Tone.Strong)}");
            }

            return;
        }

        var text = run.Ink.Enabled ? Looking(ForeignText.Clean(line.Text, colours: true)) : plain;
        if (isWanted)
        {
            run.Out.WriteLine(before.Length == 0 ? text : $"{before}{text}");
        }
    }

    private const string GroupMark = "::group::";

    private string Label() => label.Length == 0 ? "" : run.Ink.Paint(label, Tone.Quiet);

    /// <summary>A look that a line has set goes on in the step's next lines, and nowhere else.</summary>
    private string Looking(string text)
    {
        var begins = look;
        foreach (var match in Looks().EnumerateMatches(text))
        {
            var sequence = text.AsSpan(match.Index, match.Length);
            // What a program sets over and over without an end is not all kept.
            look = sequence is "\e[m" or "\e[0m" ? "" : look.Length < 64 ? $"{look}{sequence}" : sequence.ToString();
        }

        return begins.Length == 0 && look.Length == 0 ? text : $"{begins}{text}{(look.Length > 0 ? Reset : "")}";
    }

    [GeneratedRegex("\e\\[[0-9;:]*m", RegexOptions.NonBacktracking)]
    private static partial Regex Looks();
}
