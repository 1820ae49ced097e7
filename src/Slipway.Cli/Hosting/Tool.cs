using System.ComponentModel;
using System.Diagnostics;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Hosting;

/// <summary>A program of this machine that is run to its end.</summary>
internal static class Tool
{
    /// <summary>How much of what it said is repeated when it fails.</summary>
    private const int LinesRepeated = 12;

    /// <returns>Its standard output, without the last line's end.</returns>
    /// <exception cref="CliException">It is not installed, or it failed; with what it said.</exception>
    public static async Task<string> Run(string program, IReadOnlyList<string> arguments, string directory, CancellationToken cancel)
    {
        using var process = Start(program, arguments, directory);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var said = await output;
        return process.ExitCode == 0
            ? said.TrimEnd()
            : throw new CliException(
                ExitCodes.Failed, $"`{program} {string.Join(' ', arguments)}` ended with status {process.ExitCode}:\n{LastLines($"{said}\n{await error}")}", $"Try it by hand in {directory}.");
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, string directory)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception)
        {
            throw new CliException(ExitCodes.Failed, $"'{program}' is needed and is not on the PATH.", "Install it, then start again.");
        }
    }

    private static string LastLines(string text) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(LinesRepeated).Select(line => $"  {line}"));
}
