using Slipway.Cli.Terminal;
using Slipway.Tests;

namespace Slipway.Cli.Tests;

/// <summary>What a command line came to, run in this process with streams, variables and a home directory of its own.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>The moment at which every command of a test runs.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public string All => $"exit {ExitCode}\n{Out}{(Error.Length > 0 ? $"--- stderr\n{Error}" : "")}";

    public static Task<CliRun> Of(FakeServer server, params string[] arguments) => Of(arguments, Toward(server));

    /// <summary>The variables that lead a command to a server.</summary>
    public static Dictionary<string, string> Toward(FakeServer server) => new() { ["SLIPWAY_SERVER"] = server.Url.AbsoluteUri, ["SLIPWAY_TOKEN"] = "slp_test" };

    public static async Task<CliRun> Of(string[] arguments, Dictionary<string, string>? variables = null, string? directory = null, bool terminal = false, CancellationToken? cancel = null, SpokenOutput? output = null,
        TimeProvider? time = null)
    {
        output ??= new SpokenOutput();
        var error = new StringWriter();
        var shell = new Shell
        {
            Out = output.Writer,
            Error = error,
            In = TextReader.Null,
            OutIsTerminal = terminal,
            ErrorIsTerminal = false,
            InIsTerminal = false,
            Variable = name => variables?.GetValueOrDefault(name),
            Directory = directory ?? Path.GetTempPath(),
            Time = time ?? new StandingClock(),
            Interruption = new Interruption(error, TimeProvider.System),
            MeasureWidth = () => 100,
        };
        var exitCode = await CommandTree.Run(arguments, shell, cancel ?? TestContext.Current.CancellationToken);
        return new(exitCode, output.SoFar, error.ToString());
    }

    /// <summary>As every command's clock, but what it measures is a hundred times as long.</summary>
    public static TimeProvider Hurried() => new HurriedClock();

    /// <summary>Shows one time for ever; its timers run as the system's do.</summary>
    private class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class HurriedClock : StandingClock
    {
        public override long GetTimestamp() => base.GetTimestamp() * 100;
    }
}
