using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Init;

/// <summary>What a person is told of a definition: what was found, guessed and must be checked, and what comes next.</summary>
internal static class InitText
{
    public static void Print(Invocation run, InitDocument document)
    {
        // The definition alone goes to where it may be piped; what is said about it must not be in it.
        var output = document.Written ? run.Out : run.Shell.Error;
        var ink = document.Written ? run.Ink : run.Shell.ErrorInk;
        output.WriteLine($"{ink.Paint(document.Service, Tone.Strong)}: {document.Kind}{(document.Path.Length == 0 ? "" : $", in {document.Path}")}");
        Part(output, ink, run.Width, "Found", Tone.Good, document.Found);
        Part(output, ink, run.Width, "Guessed", Tone.Warn, document.Guessed);
        Part(output, ink, run.Width, "Check", Tone.Warn, document.Check);
        if (!document.Written)
        {
            run.Out.Write(document.Definition);
            return;
        }

        output.WriteLine(ink.Paint($"Wrote {Path.GetRelativePath(run.Shell.Directory, document.File)}.", Tone.Good));
        output.WriteLine("Next:");
        foreach (var next in document.Next)
        {
            output.WriteLine($"  {next}");
        }
    }

    private static void Part(TextWriter output, Ink ink, int? width, string title, Tone tone, IReadOnlyList<InitRemark> remarks)
    {
        if (remarks.Count == 0)
        {
            return;
        }

        output.WriteLine(ink.Paint(title, tone));
        foreach (var remark in remarks)
        {
            var text = remark.File is { } file ? $"{file}: {remark.Text}" : remark.Text;
            var lines = width is { } columns and > 40 ? Wrapping.Lines(text, columns - 4).ToArray() : [text];
            foreach (var line in lines.Select((line, at) => at == 0 ? $"  {line}" : $"    {line}"))
            {
                output.WriteLine(line);
            }
        }
    }
}
