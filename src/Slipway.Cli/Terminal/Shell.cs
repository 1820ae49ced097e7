using System.Text;

namespace Slipway.Cli.Terminal;

/// <summary>Where the program runs: its streams, variables and clock.</summary>
internal sealed record Shell
{
    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }
    public required TextReader In { get; init; }
    public required bool OutIsTerminal { get; init; }
    public required bool ErrorIsTerminal { get; init; }
    public required bool InIsTerminal { get; init; }
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Relative paths start here.</summary>
    public required string Directory { get; init; }
    public required TimeProvider Time { get; init; }
    public required Interruption Interruption { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public required Func<int> MeasureWidth { get; init; }

    public int Width => MeasureWidth();

    public Ink ErrorInk => new(ErrorIsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR")));

    public string FullPath(string path) => Path.GetFullPath(path, Directory);

    /// <summary>The process's own. Standard output is buffered: whoever prints while something goes on flushes.</summary>
    public static Shell OfThisProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true };
        return new()
        {
            Out = new StreamWriter(Console.OpenStandardOutput(), utf8),
            Error = error,
            In = Console.In,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            InIsTerminal = !Console.IsInputRedirected,
            Variable = Environment.GetEnvironmentVariable,
            Directory = Environment.CurrentDirectory,
            Time = TimeProvider.System,
            Interruption = new Interruption(error, TimeProvider.System),
            MeasureWidth = () => Console.WindowWidth is > 20 and var width ? width : 100,
        };
    }
}
